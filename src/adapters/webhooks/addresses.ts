/**
 * Which addresses may be reached: those of the public internet, and what the operator allows. What is not known to be public
 * is refused, so that a new kind of address is refused until somebody looks at it.
 * Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates).
 */
import { BlockList, isIP } from 'node:net';
import { ConfigError } from '../../use-cases/errors.ts';

/** Not public, of IPv4. */
const SPECIAL_V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4'],
];
/** All that is public of IPv6: loopback, mapped, translated, link-local, local, multicast and documentation addresses are not in it. */
const GLOBAL_V6 = ['2000::/3'];
/** Not public of that: protocol assignments with Teredo, documentation (two), 6to4, which carries an address of IPv4. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** Decides. */
export interface Reachable {
  /** True for an address, of either version, that may be connected to. */
  address(address: string): boolean;
  /** True for a name that may be connected to wherever it leads. */
  host(name: string): boolean;
}

/**
 * Makes the decision from the operator's list of hosts, addresses and networks (CIDR), separated by commas.
 * Throws ConfigError that names the entry which is none of them.
 */
export function makeReachable(allow: string): Reachable {
  const allowed = new BlockList();
  const hosts = new Set<string>();
  for (const entry of allow.split(',').map((one) => one.trim().toLowerCase())) {
    if (entry === '') continue;
    if (isIP(entry.split('/')[0] ?? '') !== 0) addNetwork(allowed, entry);
    else if (/^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/.test(entry)) hosts.add(entry);
    else throw wrong(entry);
  }
  const specialV4 = listOf(SPECIAL_V4);
  const globalV6 = listOf(GLOBAL_V6);
  const specialV6 = listOf(SPECIAL_V6);
  return {
    host: (name) => hosts.has(plainName(name)),
    address: (address) => {
      const version = isIP(address);
      if (version === 4) return allowed.check(address, 'ipv4') || !specialV4.check(address, 'ipv4');
      if (version !== 6) return false;
      if (allowed.check(address, 'ipv6')) return true;
      return globalV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6');
    },
  };
}

/** Small letters, without the dot at the end that stands for the root. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) addNetwork(list, network);
  return list;
}

function addNetwork(list: BlockList, network: string): void {
  const [address = '', prefix, ...more] = network.split('/');
  const version = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const most = version === 'ipv6' ? 128 : 32;
  const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : most + 1;
  if (more.length > 0 || bits > most || address.includes('%')) throw wrong(network);
  list.addSubnet(address, bits, version);
}

function wrong(entry: string): ConfigError {
  return new ConfigError(
    `DRYDOCK_WEBHOOK_ALLOW cannot be used: ${entry} is no host, no address and no network. Separate them by commas, such as hooks.example, 10.1.2.3 or 10.0.0.0/8.`,
  );
}
