/**
 * What the operator gives to every build so that RUN reaches something from his network: proxies, and certificates.
 *
 * Proxies go as the build arguments that every builder knows: they are set for RUN, and stand neither in the history nor in the
 * key of the cache, as long as the Dockerfile does not declare them. Certificates go as a secret that a RUN may mount.
 */
import { ConfigError } from './errors.ts';

/** Given to every build. */
export interface BuildSurroundings {
  /** By the names in capital letters: `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`. */
  readonly proxies: Readonly<Record<string, string>>;
  /** Certificates of authorities, as PEM. */
  readonly authorities: string | undefined;
}

/** Id of the secret that holds the certificates. */
const AUTHORITIES = 'extra_ca';
/** A whole store of authorities has about 250 kB. */
const MOST_CHARACTERS = 500_000;

/** The build arguments of a request with the proxies beside them; a name that the request gives, in either case, is left to it. */
export function withProxies(
  given: Readonly<Record<string, string>>,
  { proxies }: BuildSurroundings,
): Readonly<Record<string, string>> {
  const taken = new Set(Object.keys(given).map((name) => name.toUpperCase()));
  const added = Object.entries(proxies).filter(([name]) => !taken.has(name));
  // Programs disagree about the case: wget reads small letters, others both.
  return {
    ...Object.fromEntries(
      added.flatMap(([name, value]) => [
        [name, value],
        [name.toLowerCase(), value],
      ]),
    ),
    ...given,
  };
}

/** The secrets of a request with the certificates beside them; one of that id in the request wins. */
export function withAuthorities(
  given: Readonly<Record<string, string>>,
  { authorities }: BuildSurroundings,
): Readonly<Record<string, string>> {
  return authorities === undefined ? given : { [AUTHORITIES]: authorities, ...given };
}

/** Every form in which a program may repeat the login of a proxy; none for a proxy without one. */
export function proxySecrets(proxies: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.values(proxies).flatMap((value) => {
    const url = value === undefined ? null : URL.parse(value);
    if (value === undefined || url === null || url.password === '') return [];
    const pair = `${decoded(url.username)}:${decoded(url.password)}`;
    return [
      value,
      ...[url.href, url.password, `${url.username}:${url.password}`],
      ...[decoded(url.password), pair, Buffer.from(pair).toString('base64')],
    ];
  });
}

/** Reads the operator's certificates. Throws ConfigError, which never repeats what the file holds. */
export function readAuthorities(text: string): string {
  if (/PRIVATE KEY-----/.test(text)) throw wrong('It holds a private key, and every build may read it.');
  if (!/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(text))
    throw wrong('It holds no certificate as PEM.');
  if (text.length > MOST_CHARACTERS) throw wrong(`It has ${text.length} characters; ${MOST_CHARACTERS} are taken.`);
  return text;
}

function wrong(why: string): ConfigError {
  return new ConfigError(`DRYDOCK_BUILD_CA_FILE cannot be used. ${why}`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
