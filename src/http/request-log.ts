/**
 * One log line per request, and nothing of what was sent: no body, no header, no query (it may name files), no token.
 * The name of the token, the code of the problem and the reason of a refusal are enough to follow a request.
 */
import type { IncomingMessage } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Bindings, ChildLoggerOptions, Logger } from 'pino';
import type { ProblemCode } from '../schemas/problem.ts';
import { traceOf } from '../use-cases/origin.ts';
import type { Origin, Trace } from '../use-cases/origin.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its requests are logged at debug. */
    isQuiet?: boolean;
  }
  interface FastifyRequest {
    /** Whose token it was; `null` without tokens. */
    tokenName: string | null;
    problemCode: ProblemCode | null;
    /** Why a security check refused it: exact here, vague in the answer. */
    refusal: string | null;
    isLogged: boolean;
    /** One of many alike, of which the log has enough. */
    isToldAlready: boolean;
  }
}

/** Who was kept from what. */
const REFUSALS: ReadonlySet<ProblemCode> = new Set([
  'unauthorized',
  'scope-missing',
  'project-forbidden',
  'cross-origin-refused',
  'rate-limited',
]);

/** What must not reach a log line, whoever writes it. */
const REDACTED = [
  'headers',
  'body',
  'query',
  'authorization',
  'token',
  'dockerfile',
  'options',
  'buildArgs',
  'env',
  'secrets',
  'registries',
  'files',
];

/** The logger that Fastify and the routes get: requests and answers shortened, foreign data blotted out. */
export function quietLogger(logger: Logger): FastifyBaseLogger {
  return logger.child(
    {},
    {
      serializers: {
        req: (request: FastifyRequest) => ({ method: request.method, path: pathOf(request) }),
        res: (reply: FastifyReply) => ({ status: reply.statusCode }),
      },
      redact: { paths: [...REDACTED, ...REDACTED.map((name) => `*.${name}`)], censor: '[redacted]' },
    },
  );
}

/** Of each request, read once: the logger is made before there is a request of Fastify's. */
const traces = new WeakMap<IncomingMessage, Trace>();

function traceIn(raw: IncomingMessage): Trace {
  const known = traces.get(raw);
  if (known !== undefined) return known;
  const { traceparent, tracestate } = raw.headers;
  // Two of the first come joined by a comma, and are none; two of the second are one list.
  const trace = traceOf(textOf(traceparent), textOf(tracestate));
  traces.set(raw, trace);
  return trace;
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}

/** Makes the logger of a request: each of its lines says which request, and which trace it is part of. */
export function requestLogger(
  logger: FastifyBaseLogger,
  bindings: Bindings,
  options: ChildLoggerOptions,
  raw: IncomingMessage,
): FastifyBaseLogger {
  const { traceId, spanId, parentId } = traceIn(raw);
  return logger.child({ ...bindings, traceId, spanId, ...(parentId === null ? {} : { parentId }) }, options);
}

/** What the work is known by that this request asks for. */
export function originOf(request: FastifyRequest): Origin {
  return { requestId: request.id, trace: traceIn(request.raw) };
}

/** Writes the line when the answer is out, or when the client is gone before. */
export function logRequests(app: FastifyInstance): void {
  app.decorateRequest('tokenName', null);
  app.decorateRequest('problemCode', null);
  app.decorateRequest('refusal', null);
  app.decorateRequest('isLogged', false);
  app.decorateRequest('isToldAlready', false);
  app.addHook('onResponse', (request, reply, done) => {
    logRequest(request, reply, false);
    done();
  });
  app.addHook('onRequestAbort', (request, done) => {
    // The status is not known to the client, so it is not told here either.
    logRequest(request, undefined, true);
    done();
  });
}

/** The line itself, once per request. */
export function logRequest(request: FastifyRequest, reply: FastifyReply | undefined, isAborted: boolean): void {
  if (request.isLogged) return;
  request.isLogged = true;
  const { tokenName, problemCode, refusal, isToldAlready } = request;
  // A page is many files, and none of them tells anything of the service. Whoever guesses must not be able to fill the log.
  const isQuiet = request.routeOptions.config?.isQuiet === true && problemCode === null;
  const level = isQuiet || isToldAlready ? 'debug' : 'info';
  request.log[level](
    {
      method: request.method,
      path: pathOf(request),
      ...(reply === undefined ? {} : { status: reply.statusCode, durationMs: Math.round(reply.elapsedTime) }),
      ...(isAborted ? { isAborted } : {}),
      ...(tokenName === null ? {} : { tokenName }),
      ...(problemCode === null ? {} : { problem: problemCode }),
      ...(refusal === null ? {} : { refusal }),
      ...(problemCode !== null && REFUSALS.has(problemCode) ? { audit: true } : {}),
    },
    'request',
  );
}

function pathOf(request: FastifyRequest): string {
  return (request.url.split('?')[0] ?? '').slice(0, 200);
}
