/** The operator's file of tokens: whose each is, what it may do, and on which projects. */
import { createHash } from 'node:crypto';
import { scopes as all } from '../use-cases/access.ts';
import type { Access, Scope } from '../use-cases/access.ts';
import { ConfigError } from '../use-cases/errors.ts';

/** Whoever has a token. */
export interface Holder {
  /** SHA-256 of the token. */
  readonly digest: Buffer;
  readonly access: Access & { readonly holder: string };
}

/** Everybody who has one. */
export type Holders = readonly Holder[];

const SHORTEST_TOKEN = 32;
/** Whoever is not told otherwise may do everything on everything but what is the operator's. */
const USUAL: readonly Scope[] = ['analyze', 'build', 'read'];

/**
 * Reads a token file: one `name token [scopes=a,b] [projects=a,b/*]` per line, blank lines and `#` comments left out. A token stands
 * there as it is, or as `sha256:` and its digest in hex (`npm run token`).
 * Throws ConfigError that names the line and never shows a token.
 */
export function parseTokens(text: string): Holders {
  const holders = new Map<string, Holder>();
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  lines.forEach((line, index) => {
    const [name = '', token, ...more] = line.trim().split(/\s+/);
    if (name === '' || name.startsWith('#')) return;
    const wrong = (what: string): ConfigError =>
      new ConfigError(
        `DRYDOCK_TOKENS_FILE, line ${index + 1}: ${what} Each line is one name, a space and its token; \`scopes=\` and \`projects=\` may follow.`,
      );
    if (!/^[\w.@-]{1,64}$/.test(name))
      throw wrong('the name may hold letters, digits and . _ - @, at most 64 of them.');
    if (token === undefined) throw wrong('the token is missing.');
    const digest = digestIn(token, wrong);
    const limits = limitsIn(more, wrong);
    if (holders.has(name)) throw wrong(`the name ${name} stands in the file twice.`);
    if ([...holders.values()].some((one) => one.digest.equals(digest)))
      throw wrong('the token belongs to another name already.');
    holders.set(name, { digest, access: { holder: name, ...limits } });
  });
  if (holders.size === 0) {
    throw new ConfigError('DRYDOCK_TOKENS_FILE holds no token. Write one line with a name, a space and its token.');
  }
  return [...holders.values()];
}

/** Of equal length whatever the token is, as a comparison in constant time needs. */
export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

type Wrong = (what: string) => ConfigError;

function digestIn(token: string, wrong: Wrong): Buffer {
  const hex = /^sha256:(.*)$/.exec(token)?.[1];
  if (hex !== undefined) {
    if (!/^[\da-f]{64}$/.test(hex)) throw wrong('behind sha256: belong 64 digits of hex in small letters.');
    return Buffer.from(hex, 'hex');
  }
  if (token.length < SHORTEST_TOKEN) {
    throw wrong(
      `the token has ${token.length} characters and needs at least ${SHORTEST_TOKEN}; \`openssl rand -hex 32\` makes a good one.`,
    );
  }
  if (!/^[!-~]+$/.test(token)) throw wrong('the token may hold printable ASCII only, as it travels in a header.');
  return digestOf(token);
}

function limitsIn(words: readonly string[], wrong: Wrong): Pick<Access, 'scopes' | 'projects'> {
  let scopes = USUAL;
  let projects: readonly string[] | undefined;
  for (const word of words) {
    const [, key, list] = /^(scopes|projects)=(\S+)$/.exec(word) ?? [];
    const names = list?.split(',') ?? [];
    if (key === 'scopes') {
      const known = names.flatMap((name) => all.filter((scope) => scope === name));
      if (known.length !== names.length) throw wrong(`the scopes are ${all.join(', ')}.`);
      scopes = known;
    } else if (key === 'projects') {
      if (!names.every((name) => /^(?!(?:.*\/)?\.{1,2}(?:\/|$))(?:[\w.@/-]{1,200}\*?|\*)$/.test(name))) {
        throw wrong(
          'a project holds letters, digits and . _ - @ /, no part of it is . or .., and * at its end is any rest.',
        );
      }
      projects = names.includes('*') ? undefined : names;
    } else throw wrong('there is something after the token that is not known.');
  }
  return { scopes, projects };
}
