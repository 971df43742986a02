/**
 * Whatever went wrong -> an RFC 9457 answer. The only place that knows the status of an error; what a problem means
 * stands in schemas/problem.ts. Inner errors go to the log under `err` and never into an answer.
 */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { problems } from '../schemas/problem.ts';
import type { Problem, ProblemCode } from '../schemas/problem.ts';
import { AppError } from '../use-cases/errors.ts';
import { dataHeaders } from './security-headers.ts';

/** Media type of every problem. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/**
 * The status of each problem. 400: cannot be read; 422: was read and cannot be worked on; 429 and 503 pass by themselves
 * and say when to come back.
 */
export const statuses = {
  'body-empty': 400,
  'body-invalid': 400,
  'media-type-unsupported': 415,
  'dockerfile-not-text': 400,
  'dockerfile-too-large': 413,
  'dockerfile-missing': 422,
  'dockerfile-ambiguous': 422,
  'dockerignore-unreadable': 422,
  'project-file-invalid': 422,
  'analysis-too-costly': 422,
  'analysis-queue-full': 503,
  'upload-too-large': 413,
  'archive-broken': 400,
  'archive-unsafe': 422,
  'not-found': 404,
  'method-not-allowed': 405,
  'range-not-satisfiable': 416,
  'report-not-ready': 409,
  unauthorized: 401,
  'scope-missing': 403,
  'project-forbidden': 403,
  'rate-limited': 429,
  'cross-origin-refused': 403,
  'engine-unavailable': 503,
  'build-queue-full': 429,
  'idempotency-key-reused': 422,
  'webhook-target-refused': 422,
  'webhooks-full': 409,
  'shutting-down': 503,
  'storage-unavailable': 503,
  internal: 500,
} as const satisfies Record<ProblemCode, number>;

/** Seconds after which trying again makes sense, where the error does not say it itself. */
const RETRY_AFTER_SECONDS: Partial<Record<ProblemCode, number>> = {
  'engine-unavailable': 30,
  'build-queue-full': 60,
  'analysis-queue-full': 10,
  'shutting-down': 5,
  'storage-unavailable': 10,
};

/** Problems that an operator has to act upon: the log gets the error itself, not only the code. */
const WORTH_AN_ERROR: ReadonlySet<ProblemCode> = new Set(['internal', 'storage-unavailable']);

/** What Fastify refuses before a route is asked. Everything else it refuses with a 4xx is `body-invalid`. */
const FRAMEWORK: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  // Where a body is wanted its type has been looked at before.
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'body-invalid',
    'The Content-Type cannot be read, and this address takes no body. Leave both out.',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: ['upload-too-large', 'The body is larger than the limit of this address.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [
    'body-empty',
    'The Content-Type says JSON and there is no body. Send {"dockerfile": "..."}.',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: ['body-invalid', 'The body is not valid JSON.'],
  FST_ERR_BAD_URL: ['not-found', 'The address is not a valid URL. Check its percent signs.'],
  FST_ERR_MAX_PARAM_LENGTH: ['not-found', 'No id is that long. Ids come from the Location header of an answer.'],
};

/** Anything thrown -> the error that is told. What has no name is `internal`, with the error as its cause. */
function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { code, statusCode }: Partial<FastifyError> = error instanceof Error ? error : {};
  const known = code === undefined ? undefined : FRAMEWORK[code];
  if (known !== undefined) return new AppError(known[0], known[1], { cause: error });
  if (code?.startsWith('FST_') === true && statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new AppError('body-invalid', 'The request cannot be read. GET /openapi.yaml says what belongs there.', {
      cause: error,
    });
  }
  return new AppError(
    'internal',
    'The request could not be answered. The log holds the reason under this request id.',
    {
      cause: error,
    },
  );
}

/** The problem document of an error. */
export function problemOf(error: AppError, requestId: string): Problem {
  return {
    type: `/problems/${error.code}`,
    title: problems[error.code].title,
    status: statuses[error.code],
    detail: error.message.slice(0, 2000),
    instance: `urn:uuid:${requestId}`,
    ...(error.fields.length === 0 ? {} : { errors: error.fields.slice(0, 100).map((field) => ({ ...field })) }),
  };
}

/** Answers a request with the problem of an error. The error handler of the service. */
export function answerProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = asAppError(thrown);
  request.problemCode = error.code;
  if (WORTH_AN_ERROR.has(error.code)) request.log.error({ err: thrown }, 'request failed');
  const retryAfter = error.retryAfterSeconds ?? RETRY_AFTER_SECONDS[error.code];
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  if (error.code === 'unauthorized') void reply.header('www-authenticate', 'Bearer realm="drydock"');
  if (error.code === 'shutting-down') void reply.header('connection', 'close');
  void reply
    .headers(dataHeaders)
    .code(statuses[error.code])
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(problemOf(error, request.id)));
}

/**
 * Answers what is not even HTTP: there is no request, so the problem is about the status alone (`about:blank`).
 * Nothing is logged; scanners send such things all day.
 */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const body = blankProblem(
    status,
    'The request is not HTTP/1.1 as this service reads it, came too slowly, or has headers that are too large.',
  );
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\n` +
      Object.entries(dataHeaders)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('') +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Answers what Node itself refuses for its `Expect`. Whether its body comes is not known, so the connection ends. */
export function answerExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const body = blankProblem(417, 'Of the header Expect only 100-continue can be met. Leave the header out.');
  response.writeHead(417, { ...dataHeaders, connection: 'close', 'content-type': PROBLEM_MEDIA_TYPE }).end(body);
}

function blankProblem(status: number, detail: string): string {
  return JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status] ?? '',
    status,
    detail,
    instance: `urn:uuid:${randomUUID()}`,
  } satisfies Problem);
}
