/** The operator's logins of registries, in the form that `docker login` writes: `auths` of config.json. */
import { z } from 'zod';
import { RegistryCredentials, RegistryHost } from '../schemas/options.ts';
import { ConfigError } from './errors.ts';
import type { RegistryLogins } from './engine-port.ts';

const DockerConfig = z.object({
  auths: z
    .record(
      z.string(),
      z.object({ auth: z.string().optional(), username: z.string().optional(), password: z.string().optional() }),
    )
    .optional(),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
});

/**
 * Reads the file. Hosts come out as image names begin with them, Docker Hub as `docker.io`.
 * Throws ConfigError that names the entry and never its content.
 */
export function readRegistriesFile(text: string): RegistryLogins {
  const config = DockerConfig.safeParse(json(text));
  if (!config.success) {
    throw wrong('It has to be JSON with `auths`, as the docker command writes it.');
  }
  const { auths = {}, credsStore, credHelpers } = config.data;
  if (credsStore !== undefined || credHelpers !== undefined) {
    throw wrong('It names a credential helper, and Drydock starts no programs for that. Put the logins into `auths`.');
  }
  return Object.fromEntries(
    Object.entries(auths).map(([address, entry]) => {
      const host = hostOf(address);
      const [username, password] = pairIn(entry.auth) ?? [entry.username, entry.password];
      const login = RegistryCredentials.safeParse({ username, password });
      if (!RegistryHost.safeParse(host).success) throw wrong(`${address.slice(0, 200)} is not the host of a registry.`);
      if (!login.success) throw wrong(`The entry ${host} has no user name and password that can be read.`);
      return [host, login.data];
    }),
  );
}

/** Docker's file calls Docker Hub `https://index.docker.io/v1/`. */
function hostOf(address: string): string {
  const host = address.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return ['index.docker.io', 'registry-1.docker.io'].includes(host) ? 'docker.io' : host;
}

function pairIn(auth: string | undefined): readonly [string, string] | undefined {
  const pair = Buffer.from(auth ?? '', 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : [pair.slice(0, colon), pair.slice(colon + 1)];
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wrong(why: string): ConfigError {
  return new ConfigError(`DRYDOCK_REGISTRIES_FILE cannot be used. ${why}`);
}
