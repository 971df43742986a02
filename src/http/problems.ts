/**
 * Whatever went wrong -> an RFC 9457 answer. The only place that knows the status of an error; what a problem means
 * stands in schemas/problem.ts. Inner errors go to the log under `err` and never into an answer.
 */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES, ServerResponse, maxHeaderSize } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { problems } from '../schemas/problem.ts';
import type { Problem, ProblemCode } from '../schemas/problem.ts';
import { AppError } from '../use-cases/errors.ts';
import { HEAD_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from './message-head.ts';
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
  'transfer-coding-unsupported': 501,
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

const LENGTH =
  'Content-Length has to be one whole number, to be there once, and not beside Transfer-Encoding. Leave one out.';
const FIRST_LINE = 'The first line of a request is `GET /path HTTP/1.1`, and ends with CRLF, as each line of its head.';

/** What Node cannot read, by the code of its parser: the status, what happened, and what to do. */
const UNREADABLE: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [
    408,
    `The request came too slowly: its headers may take ${HEAD_TIMEOUT_MS / 1000} seconds, and all of it ${REQUEST_TIMEOUT_MS / 1000}. ` +
      'Send it again with less in it, or over a faster connection.',
  ],
  HPE_HEADER_OVERFLOW: [
    431,
    `The address and the headers of the request come to more than ${maxHeaderSize} bytes. Shorten them; options may go into the body.`,
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [400, 'The chunks of the body have too many extensions. Send them without any.'],
  HPE_INVALID_CHUNK_SIZE: [
    400,
    'The body is not in chunks, as its Transfer-Encoding says: before each stands its length in base 16. Send it anew, or with a Content-Length.',
  ],
  HPE_INVALID_TRANSFER_ENCODING: [
    400,
    'Transfer-Encoding has to end with `chunked`, there once and without parameters. Send it so, or a Content-Length in its place.',
  ],
  HPE_INVALID_CONTENT_LENGTH: [400, LENGTH],
  HPE_UNEXPECTED_CONTENT_LENGTH: [400, LENGTH],
  HPE_INVALID_METHOD: [
    400,
    'The request does not begin with a method of HTTP. This port speaks HTTP and not HTTPS: send GET, POST or DELETE to http://.',
  ],
  HPE_INVALID_URL: [
    400,
    'The address of the request has characters that none may have. Write them with percent signs.',
  ],
  HPE_INVALID_VERSION: [400, `The request says no version of HTTP that is read here. ${FIRST_LINE}`],
  HPE_INVALID_CONSTANT: [400, `The request does not begin as one of HTTP. ${FIRST_LINE}`],
  HPE_INVALID_HEADER_TOKEN: [
    400,
    'A header of the request has a character that none may have. Each is a line `Name: value`, with neither blanks in its name nor control characters.',
  ],
  HPE_INVALID_EOF_STATE: [400, 'The connection ended before the request did. Send it again, whole.'],
};

/**
 * Answers what is not even HTTP: there is no request, so the problem is about the status alone (`about:blank`).
 * Nothing is logged; scanners send such things all day.
 */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error);
    return;
  }
  // Node's own field: the answer that is under way here. Whoever reads it would take another one for a part of it.
  const answer: unknown = Reflect.get(socket, '_httpMessage');
  if (answer instanceof ServerResponse && answer.headersSent) {
    if (answer.writableEnded) socket.end();
    else socket.destroy(error);
    return;
  }
  const [status, detail] = UNREADABLE[error.code ?? ''] ?? [
    400,
    'The request cannot be read as HTTP/1.1. A client such as curl makes one that can.',
  ];
  const body = blankProblem(status, detail);
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
