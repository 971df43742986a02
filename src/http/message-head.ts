/**
 * What HTTP/1.1 demands of the head of a request and Node leaves to the service. What is doubtful here, two programs in a row read in two ways,
 * which is how one request is hidden in another.
 */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../use-cases/errors.ts';

/** A name or an address, with a port or without one; it may be empty. Source: RFC 9110 §7.2, RFC 3986 §3.2.2. */
const HOST = /^(?:\[[\w:.%~-]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d*)?$/i;

/** Longest time for the head of a request to come in. */
export const HEAD_TIMEOUT_MS = 60_000;
/** And for all of it; an upload of the default limit needs 3.5 Mbit/s. */
export const REQUEST_TIMEOUT_MS: number = 10 * HEAD_TIMEOUT_MS;

/** Refuses a request by its head, before anything else is made of it. */
export function refuseWrongHeads(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw }, reply, done) => {
    const transfer = transferRefusal(raw);
    // Where such a body ends is doubtful, so nothing that follows it is read.
    if (transfer?.code === 'body-invalid') void reply.header('connection', 'close');
    done(hostRefusal(raw) ?? transfer);
  });
}

/** Source: RFC 9112 §3.2. */
function hostRefusal({ headers, rawHeaders, httpVersion }: IncomingMessage): AppError | undefined {
  // Names and values take turns. Node keeps the first of several.
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
  if (hosts > 1) return new AppError('body-invalid', `The header Host is there ${hosts} times. Send it once.`);
  if (headers.host === undefined) {
    return httpVersion === '1.1' ? new AppError('body-invalid', 'HTTP/1.1 wants the header Host. Send it.') : undefined;
  }
  if (HOST.test(headers.host)) return undefined;
  return new AppError(
    'body-invalid',
    'The host of the request is no name or address, with its port. Mend the header Host, or the address.',
  );
}

/** Source: RFC 9112 §6.1 and §6.3. That `chunked` is there once, and not beside a Content-Length, Node sees to. */
function transferRefusal({ headers, httpVersion }: IncomingMessage): AppError | undefined {
  const header = headers['transfer-encoding'];
  if (header === undefined) return undefined;
  if (httpVersion === '1.0')
    return new AppError('body-invalid', 'HTTP/1.0 has no Transfer-Encoding. Send a Content-Length, or HTTP/1.1.');
  // Empty members of a list say nothing. Source: RFC 9110 §5.6.1.
  const codings = header
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  if (codings.at(-1) !== 'chunked')
    return new AppError(
      'body-invalid',
      'Transfer-Encoding does not end with `chunked`, so nobody knows where the body ends. Send it so, or a Content-Length.',
    );
  if (codings.length === 1) return undefined;
  return new AppError(
    'transfer-coding-unsupported',
    'Of Transfer-Encoding only `chunked` is understood. Send the body as it is; an archive may be packed by itself (Content-Type: application/gzip).',
  );
}
