/**
 * Keeps the pages of other sites away. A service on loopback without tokens can be reached by any page that the developer's
 * browser has open, directly or by a name that is made to point at 127.0.0.1 (DNS rebinding), and it starts builds.
 * Clients that are not browsers send none of these headers and notice nothing.
 */
import { isIP } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../use-cases/errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Pages of other sites may link to it or show it: it is the same for everybody, and asking for it changes nothing. */
    isLinked?: boolean;
  }
}

/**
 * Why a request has to be refused, for the log; `undefined` when nothing speaks against it.
 * Source: Fetch Metadata Request Headers (W3C), section 2.3; RFC 6454, section 7.
 */
export function crossOriginReason(
  headers: IncomingHttpHeaders,
  { hasTokens, isLinked = false }: { readonly hasTokens: boolean; readonly isLinked?: boolean },
): string | undefined {
  const { host, origin, 'sec-fetch-site': site } = headers;
  if (!isLinked) {
    if (site === 'cross-site' || site === 'same-site') return `sec-fetch-site is ${site}`;
    if (origin !== undefined && !isOriginOf(origin, host)) return 'origin is not this host';
  }
  // A rebound name arrives as the browser wrote it. With tokens it gains nothing: the page does not have one.
  if (!hasTokens && host !== undefined && !isLocalOrAddress(host)) return 'host is a name';
  return undefined;
}

/** Refuses what crossOriginReason finds. */
export function refuseOtherOrigins(app: FastifyInstance, hasTokens: boolean): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { isLinked = false } = request.routeOptions.config;
    const reason = crossOriginReason(request.headers, { hasTokens, isLinked });
    if (reason === undefined) {
      done();
      return;
    }
    request.refusal = reason;
    done(
      new AppError(
        'cross-origin-refused',
        'This request came from a page of another site, or by a host name that this service does not go by. ' +
          'Call it from a program, or by localhost or its address; by another name it needs DRYDOCK_TOKENS_FILE.',
      ),
    );
  });
}

function isOriginOf(origin: string, host: string | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: from } = new URL(origin);
  const here = `${protocol}//${host ?? ''}`;
  // Read as a URL, both lose the default port.
  return URL.canParse(here) && new URL(here).host === from && from !== '';
}

function isLocalOrAddress(host: string): boolean {
  if (!URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}
