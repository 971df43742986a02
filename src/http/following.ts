/** What HTTP has for those who follow a build: entity tags, and server-sent events. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Build } from '../schemas/build.ts';
import type { BuildNews } from '../use-cases/follow-build.ts';
import { unauthorized } from './auth.ts';

/** A header that is read here, as the contract tells it. */
export const IF_NONE_MATCH = {
  'If-None-Match': {
    description: 'The `ETag` of the answer that is known already.',
    example: '"nPqVzU0tUjoN6oTQbC3G1w"',
  },
};
/** Another one. */
export const LAST_EVENT_ID = {
  'Last-Event-ID': { description: 'Number of the last event that came; those behind it follow.', example: '2' },
};

/** The entity tag of a build: another one whenever any of it differs. */
export function etagOf(build: Build): string {
  return `"${createHash('sha256').update(JSON.stringify(build)).digest('base64url').slice(0, 22)}"`;
}

/** True when `If-None-Match` names that tag, weakened on the way or not. Source: RFC 9110, section 13.1.2. */
export function isKnown(header: string, etag: string): boolean {
  return header.split(',').some((one) => ['*', etag].includes(one.trim().replace(/^W\//, '')));
}

/** How often the token of an answer that lasts is looked at again. */
const LOOK_AGAIN_MS = 500;

/** Aborts when the client has gone away, or the service stops; with `unauthorized` as its reason when the token is not in force any more. */
export function whileListened(request: FastifyRequest, reply: FastifyReply, stopping: AbortSignal): AbortSignal {
  const gone = new AbortController();
  const looking = setInterval(() => {
    if (!request.isInForce()) gone.abort(unauthorized());
  }, LOOK_AGAIN_MS).unref();
  const leave = (): void => {
    clearInterval(looking);
    gone.abort();
  };
  if (reply.raw.closed) leave();
  else reply.raw.once('close', leave);
  return AbortSignal.any([gone.signal, stopping]);
}

/** How long a client waits before it comes back. */
const RETRY_MS = 2000;

/** Answers with the news as server-sent events. Source: HTML Living Standard, section 9.2. */
export function answerNews(reply: FastifyReply, news: AsyncGenerator<BuildNews>): FastifyReply {
  return (
    reply
      .type('text/event-stream; charset=utf-8')
      .header('x-accel-buffering', 'no')
      // The stream may end because the service does, and a connection that is kept would hold it up.
      .header('connection', 'close')
      .send(Readable.from(eventsOf(news)))
  );
}

async function* eventsOf(news: AsyncGenerator<BuildNews>): AsyncGenerator<string> {
  yield retryText;
  for await (const one of news) yield eventText(one);
}

/** What stands at the beginning of the stream. */
export const retryText = `retry: ${RETRY_MS}\n\n`;

/** One piece of news as it goes over the wire. */
export function eventText(one: BuildNews): string {
  switch (one.kind) {
    case 'state':
      return `id: ${one.event.seq}\nevent: state\ndata: ${JSON.stringify(one.event)}\n\n`;
    case 'build':
      return `event: build\ndata: ${JSON.stringify(one.build)}\n\n`;
    case 'quiet':
      return ': nothing has happened\n\n';
    default:
      return one satisfies never;
  }
}
