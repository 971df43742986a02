/**
 * Who may ask: tokens from the operator's file, compared in constant time, and what each may do. Without tokens everybody who
 * reaches the service may do everything, which config.ts allows on loopback only.
 */
import { timingSafeEqual } from 'node:crypto';
import bearerAuth from '@fastify/bearer-auth';
import type { FastifyInstance } from 'fastify';
import { everybody, may } from '../use-cases/access.ts';
import type { Access, Scope } from '../use-cases/access.ts';
import { AppError } from '../use-cases/errors.ts';
import { digestOf } from './tokens.ts';
import type { Holders } from './tokens.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without a token. */
    isOpen?: boolean;
    /** A token has to be for one of these; every address has some, or is open. */
    scopes?: readonly Scope[];
  }
  interface FastifyRequest {
    /** By whom it comes. */
    access: Access;
  }
}

/**
 * Refuses requests without a token of the list, and those that it is not for; routes with `config: { isOpen: true }` answer anybody.
 * @param holders  those of this moment; `undefined`: nobody needs a token
 */
export async function requireToken(app: FastifyInstance, holders: (() => Holders) | undefined): Promise<void> {
  app.decorateRequest('access');
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.isOpen !== true && config?.scopes === undefined) {
      throw new Error(`${url} says neither that it is open nor which scopes it is for`);
    }
  });
  if (holders === undefined) {
    app.addHook('onRequest', (request, _reply, done) => {
      request.access = everybody;
      done();
    });
    return;
  }
  await app.register(bearerAuth, {
    keys: new Set<string>(),
    addHook: false,
    specCompliance: 'rfc6749',
    verifyErrorLogLevel: 'debug',
    auth: (token, request) => {
      const given = digestOf(token);
      let found: Access | undefined;
      // Every token is compared, so the time says nothing of which one it was.
      for (const { digest, access } of holders()) if (timingSafeEqual(given, digest)) found = access;
      if (found === undefined) return false;
      request.access = found;
      request.tokenName = found.holder;
      return true;
    },
  });
  app.addHook('onRequest', (request, reply, done) => {
    const { isOpen, scopes = [] } = request.routeOptions.config;
    if (isOpen === true || app.verifyBearerAuth === undefined) {
      done();
      return;
    }
    app.verifyBearerAuth(request, reply, (refused) => {
      if (refused === undefined) {
        // An address that is not there has none.
        const isFor = scopes.length === 0 || scopes.some((scope) => may(request.access, scope));
        done(isFor ? undefined : missing(scopes));
        return;
      }
      request.refusal = request.headers.authorization === undefined ? 'no token' : 'unknown token';
      done(new AppError('unauthorized', 'Send `Authorization: Bearer <token>` with a token of this service.'));
    });
  });
}

function missing(scopes: readonly Scope[]): AppError {
  return new AppError(
    'scope-missing',
    `This token may not do that: it needs the scope ${scopes.join(' or ')}. The operator of the service gives it one (DRYDOCK_TOKENS_FILE).`,
  );
}
