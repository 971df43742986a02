/** How much one client may ask within a minute: each token, and beyond loopback each address that has none, or guesses. */
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../use-cases/errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** May be asked for as often as anybody likes: what watches the service must not be kept away. */
    isUncounted?: boolean;
  }
}

/** Counts a request that is refused for its token; the error, once too many came from its address. */
export type CountRefused = (request: FastifyRequest) => Promise<AppError | undefined>;

/**
 * Counts requests, each by its token or else by its address. Those that are refused for their token never come that far: whoever
 * refuses them counts them with what is returned. They have a count of their own, so that guessing costs a neighbour nothing.
 */
export async function limitRates(app: FastifyInstance, perMinute: number): Promise<CountRefused> {
  await app.register(rateLimit, {
    max: perMinute,
    timeWindow: 60_000,
    // Whoever is counted: far more than there are tokens and offices.
    cache: 10_000,
    hook: 'onRequest',
    // Whoever has one address of IPv6 has the whole /64.
    keyGenerator: (request) =>
      request.tokenName === null ? `address ${normalizeIP(request.ip)}` : `token ${request.tokenName}`,
    allowList: (request) => isUncounted(request),
    // Nobody is told how often a stranger may knock.
    addHeaders: {
      'x-ratelimit-limit': false,
      'x-ratelimit-remaining': false,
      'x-ratelimit-reset': false,
      'retry-after': false,
    },
    errorResponseBuilder: (_request, limit) => tooMany('requests', limit),
  });
  const count = app.createRateLimit({
    keyGenerator: ({ ip }) => normalizeIP(ip),
    allowList: ({ ip }) => isLoopback(ip),
    // Not refused otherwise, but known: the second one too many, and all behind it.
    ban: 1,
  });
  return async (request) => {
    const counted = await count(request);
    if (counted.isAllowed || !counted.isExceeded) return undefined;
    request.isToldAlready = counted.isBanned;
    return tooMany('requests without a valid token', counted);
  };
}

function tooMany(what: string, { max, ttl }: { readonly max: number; readonly ttl: number }): AppError {
  const seconds = Math.max(1, Math.ceil(ttl / 1000));
  return new AppError('rate-limited', `More than ${max} ${what} came within a minute. Try again in ${seconds} s.`, {
    retryAfterSeconds: seconds,
  });
}

function isUncounted(request: FastifyRequest): boolean {
  if (request.routeOptions.config.isUncounted === true) return true;
  return request.tokenName === null && isLoopback(request.ip);
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}
