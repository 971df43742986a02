/**
 * What a browser may do with an answer: with data, nothing at all. The one place where these headers are set, on every answer there
 * is, also on those that are made before a route is asked.
 *
 * A ROUTE THAT ANSWERS A PAGE says so here and nowhere else: `config: { contentSecurityPolicy: "default-src 'none'; script-src 'self'; …" }`.
 * `frame-ancestors 'none'` is added to whatever it says. Its problems are data again, and go out under the strictest policy.
 *
 * Left out on purpose:
 * - `strict-transport-security`: TLS ends in the proxy before the service, which alone knows whether a host has it; over plain HTTP
 *   browsers ignore the header, and a wrong one locks people out for months.
 * - every `access-control-*`: no other origin may read an answer, so none is ever named (cross-origin.ts).
 * - `server`, `x-powered-by`: nobody needs to know what answers.
 */
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For a page or a picture, in place of the policy that allows nothing. */
    contentSecurityPolicy?: string;
    /** Pages of other sites may show it. */
    isEmbeddable?: boolean;
  }
}

/** How an answer differs from plain data. */
interface Exceptions {
  readonly contentSecurityPolicy?: string | undefined;
  readonly isEmbeddable?: boolean | undefined;
}

/** The headers of an answer. Sources: Content Security Policy Level 3; Fetch, section 3.7; HTML Living Standard, section 7.1.3. */
export function securityHeaders({
  contentSecurityPolicy = "default-src 'none'",
  isEmbeddable = false,
}: Exceptions = {}): Readonly<Record<string, string>> {
  return {
    'x-content-type-options': 'nosniff',
    'content-security-policy': `${contentSecurityPolicy}; frame-ancestors 'none'`,
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': isEmbeddable ? 'cross-origin' : 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
  };
}

/** Those of data; made once, as nearly every answer has them. */
export const dataHeaders: Readonly<Record<string, string>> = securityHeaders();

/** Sets them on every request, before anything can refuse it. */
export function setSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { contentSecurityPolicy, isEmbeddable } = request.routeOptions.config;
    const isData = contentSecurityPolicy === undefined && isEmbeddable !== true;
    void reply.headers(isData ? dataHeaders : securityHeaders({ contentSecurityPolicy, isEmbeddable }));
    done();
  });
}
