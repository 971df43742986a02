/** What EXPOSE takes: `[[address:]host:]port[-port][/protocol]`, as docker/go-connections reads it. */
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const protocols = new Set(['', 'tcp', 'udp', 'sctp']);

/** True when the builder takes the text as a port of EXPOSE. */
export function isPort(text: string): boolean {
  const parts = text.split(':');
  const last = parts.pop() ?? '';
  const host = parts.pop() ?? '';
  const ip = parts.join(':');
  const slash = last.indexOf('/');
  const protocol = slash < 0 ? '' : last.slice(slash + 1).toLowerCase();
  const ports = rangeOf(slash < 0 ? last : last.slice(0, slash));
  if (ports === undefined || !protocols.has(protocol) || (ip !== '' && !isAddress(ip))) return false;
  if (host === '') return true;
  const hostPorts = rangeOf(host);
  // A range in the container wants one of the same length on the host.
  return hostPorts !== undefined && (ports.count === 1 || ports.count === hostPorts.count);
}

/** An address of either kind, without a zone. */
function isAddress(text: string): boolean {
  const address = text.replace(/^\[(.*)\]$/, '$1');
  return address.includes(':') ? URL.canParse(`http://[${address}]/`) : IPV4.test(address);
}

function rangeOf(text: string): { readonly count: number } | undefined {
  const match = /^(\+?\d+)(?:-(\+?\d+))?$/.exec(text);
  if (match?.[1] === undefined) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return first <= last && last <= 65_535 ? { count: last - first + 1 } : undefined;
}
