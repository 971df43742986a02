/**
 * Who may ask: tokens from the operator's file, compared in constant time, and what each may do. Without tokens everybody who
 * reaches the service may do everything, which config.ts allows on loopback only.
 */
import { timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import bearerAuth from '@fastify/bearer-auth';
import type { FastifyInstance } from 'fastify';
import { everybody, may, scopeMissing } from '../use-cases/access.ts';
import type { Access, Scope } from '../use-cases/access.ts';
import { AppError } from '../use-cases/errors.ts';
import type { CountRefused } from './rate-limit.ts';
import { digestOf } from './tokens.ts';
import type { Holder, Holders } from './tokens.ts';

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
    /** False as soon as its token is gone from the file, or bound otherwise. For answers that last. */
    isInForce: () => boolean;
  }
}

/**
 * Refuses requests without a token of the list, and those that it is not for; routes with `config: { isOpen: true }` answer anybody.
 * @param holders  those of this moment; `undefined`: nobody needs a token
 * @param countRefused  told of whoever has none: after too many of an address its error is the answer
 */
export async function requireToken(
  app: FastifyInstance,
  holders: (() => Holders) | undefined,
  countRefused: CountRefused,
): Promise<void> {
  app.decorateRequest('access');
  app.decorateRequest('isInForce', () => true);
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
      let found: Holder | undefined;
      // Every token is compared, so the time says nothing of which one it was.
      for (const holder of holders()) if (timingSafeEqual(given, holder.digest)) found = holder;
      if (found === undefined) return false;
      const known = found;
      request.access = known.access;
      request.tokenName = known.access.holder;
      request.isInForce = () => holders().some((one) => isDeepStrictEqual(one, known));
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
        done(isFor ? undefined : scopeMissing(scopes));
        return;
      }
      request.refusal = request.headers.authorization === undefined ? 'no token' : 'unknown token';
      // A valid token is never counted here: it works also from the address of somebody who guesses.
      countRefused(request).then((tooMany) => done(tooMany ?? unauthorized()), done);
    });
  });
}

/** There is no such token, or not any more. */
export function unauthorized(): AppError {
  return new AppError('unauthorized', 'Send `Authorization: Bearer <token>` with a token of this service.');
}
