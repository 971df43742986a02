/**
 * Who may ask: tokens from the operator's file, compared in constant time. Without tokens everybody who reaches the
 * service may, which config.ts allows on loopback only.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import bearerAuth from '@fastify/bearer-auth';
import type { FastifyInstance } from 'fastify';

import { AppError, ConfigError } from '../use-cases/errors.ts';

/** Tokens by the name of their holder. */
export type Tokens = ReadonlyMap<string, string>;

const SHORTEST_TOKEN = 32;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without a token. */
    isOpen?: boolean;
  }
}

/**
 * Reads a token file: one `name token` per line, blank lines and `#` comments left out.
 * Throws ConfigError that names the line and never shows a token.
 */
export function parseTokens(text: string): Tokens {
  const tokens = new Map<string, string>();
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  lines.forEach((line, index) => {
    const [name = '', token, ...rest] = line.trim().split(/\s+/);
    if (name === '' || name.startsWith('#')) return;
    const wrong = (what: string): ConfigError =>
      new ConfigError(`DRYDOCK_TOKENS_FILE, line ${index + 1}: ${what} Each line is one name, a space and its token.`);
    if (!/^[\w.@-]{1,64}$/.test(name))
      throw wrong('the name may hold letters, digits and . _ - @, at most 64 of them.');
    if (token === undefined) throw wrong('the token is missing.');
    if (rest.length > 0) throw wrong('there is something after the token.');
    if (token.length < SHORTEST_TOKEN) {
      throw wrong(
        `the token has ${token.length} characters and needs at least ${SHORTEST_TOKEN}; \`openssl rand -hex 32\` makes a good one.`,
      );
    }
    if (!/^[!-~]+$/.test(token)) throw wrong('the token may hold printable ASCII only, as it travels in a header.');
    if (tokens.has(name)) throw wrong(`the name ${name} stands in the file twice.`);
    if ([...tokens.values()].includes(token)) throw wrong('the token belongs to another name already.');
    tokens.set(name, token);
  });
  if (tokens.size === 0) {
    throw new ConfigError('DRYDOCK_TOKENS_FILE holds no token. Write one line with a name, a space and its token.');
  }
  return tokens;
}

/** Refuses requests without a token of the list, except on routes with `config: { isOpen: true }`. */
export async function requireToken(app: FastifyInstance, tokens: Tokens): Promise<void> {
  const holders = [...tokens].map(([name, token]) => ({ name, digest: digest(token) }));
  await app.register(bearerAuth, {
    keys: new Set<string>(),
    addHook: false,
    specCompliance: 'rfc6749',
    verifyErrorLogLevel: 'debug',
    auth: (token, request) => {
      const given = digest(token);
      // Every token is compared, so the time says nothing of which one it was.
      for (const { name, digest } of holders) if (timingSafeEqual(given, digest)) request.tokenName = name;
      return request.tokenName !== null;
    },
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.isOpen === true || app.verifyBearerAuth === undefined) {
      done();
      return;
    }
    app.verifyBearerAuth(request, reply, (refused) => {
      if (refused === undefined) {
        done();
        return;
      }
      request.refusal = request.headers.authorization === undefined ? 'no token' : 'unknown token';
      done(new AppError('unauthorized', 'Send `Authorization: Bearer <token>` with a token of this service.'));
    });
  });
}

/** Of equal length whatever the token is, as a comparison in constant time needs. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
