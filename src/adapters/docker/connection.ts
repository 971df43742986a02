/** Where the engine is: the three variables of the docker command -> plain data. Reads no environment and no file. */

import { ConfigError } from '../../use-cases/errors.ts';

/** Address of an engine. The files of `tls` are read when the engine is made (client.ts). */
export type DockerHost =
  | { readonly kind: 'socket'; readonly socketPath: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly tls:
        | {
            /** Folder with ca.pem, cert.pem and key.pem; `undefined`: no certificate of our own, the usual authorities. */
            readonly certPath: string | undefined;
          }
        | undefined;
    };

/** The environment of the docker command, as far as it says where the engine is. */
export interface DockerEnvironment {
  readonly DOCKER_HOST?: string | undefined;
  readonly DOCKER_TLS_VERIFY?: string | undefined;
  readonly DOCKER_CERT_PATH?: string | undefined;
}

const DEFAULT_SOCKET = '/var/run/docker.sock';
const KNOWN = 'Use unix:///path/to/docker.sock, tcp://host:2375 or, with TLS, tcp://host:2376.';

/**
 * Reads the address of the engine as the docker command would. Pure; an empty variable counts as not set.
 * Throws ConfigError, which names the variable and says what can be used.
 * Source: Docker docs, "Environment variables" of the docker CLI; "Protect the Docker daemon socket".
 */
export function dockerConnection(env: DockerEnvironment): DockerHost {
  const address = env.DOCKER_HOST?.trim() ?? '';
  if (address === '') return { kind: 'socket', socketPath: DEFAULT_SOCKET };
  if (address.startsWith('unix://')) {
    const socketPath = address.slice('unix://'.length) || DEFAULT_SOCKET;
    if (!socketPath.startsWith('/')) {
      throw new ConfigError(`DOCKER_HOST=${address} does not name an absolute path. ${KNOWN}`);
    }
    return { kind: 'socket', socketPath };
  }
  return tcpHost(address, env);
}

function tcpHost(address: string, env: DockerEnvironment): DockerHost {
  const scheme = /^[a-z]+:/i.exec(address)?.[0].toLowerCase() ?? '';
  // Read as `tcp:`, because for http and https `new URL` drops a port that is their usual one.
  const plain = `tcp:${address.slice(scheme.length)}`;
  const url = URL.canParse(plain) ? new URL(plain) : undefined;
  if (url === undefined || !['tcp:', 'http:', 'https:'].includes(scheme) || url.hostname === '') {
    const ssh = address.startsWith('ssh:') ? ' An engine behind ssh can be reached through a forwarded socket.' : '';
    throw new ConfigError(`DOCKER_HOST=${address} is not an address that Drydock can use. ${KNOWN}${ssh}`);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new ConfigError(`DOCKER_HOST may hold a host and a port, nothing more. ${KNOWN}`);
  }
  if (url.pathname !== '' && url.pathname !== '/') {
    throw new ConfigError(`DOCKER_HOST=${address} holds a path; an engine behind a path is not supported. ${KNOWN}`);
  }
  const isSecure = scheme === 'https:' || (env.DOCKER_TLS_VERIFY ?? '') !== '';
  const certPath = (env.DOCKER_CERT_PATH ?? '') === '' ? undefined : env.DOCKER_CERT_PATH;
  if (isSecure && scheme !== 'https:' && certPath === undefined) {
    throw new ConfigError(
      'DOCKER_TLS_VERIFY is set, so DOCKER_CERT_PATH must name the folder of ca.pem, cert.pem and key.pem.',
    );
  }
  return {
    kind: 'tcp',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isSecure ? 2376 : 2375) : Number(url.port),
    tls: isSecure ? { certPath } : undefined,
  };
}
