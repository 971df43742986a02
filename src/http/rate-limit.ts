/** How much one client may ask: each token, and beyond loopback each address, within a minute. */
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../use-cases/errors.ts';

/** Counts requests; registered after the tokens are looked at. Open addresses (health, help, the contract) are not counted. */
export async function limitRates(app: FastifyInstance, perMinute: number): Promise<void> {
  await app.register(rateLimit, {
    max: perMinute,
    timeWindow: 60_000,
    // Whoever is counted: far more than there are tokens and offices.
    cache: 10_000,
    hook: 'onRequest',
    keyGenerator: (request) => (request.tokenName === null ? `address ${request.ip}` : `token ${request.tokenName}`),
    allowList: (request) => isUncounted(request),
    // Nobody is told how often a stranger may knock.
    addHeaders: {
      'x-ratelimit-limit': false,
      'x-ratelimit-remaining': false,
      'x-ratelimit-reset': false,
      'retry-after': false,
    },
    errorResponseBuilder: (_request, { ttl, max }) => {
      const seconds = Math.max(1, Math.ceil(ttl / 1000));
      return new AppError(
        'rate-limited',
        `More than ${max} requests came within a minute. Try again in ${seconds} s.`,
        {
          retryAfterSeconds: seconds,
        },
      );
    },
  });
}

function isUncounted(request: FastifyRequest): boolean {
  if (request.routeOptions.config.isOpen === true) return true;
  return request.tokenName === null && isLoopback(request.ip);
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}
