/** What HTTP has for those who follow a build: entity tags, and server-sent events. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Build } from '../schemas/build.ts';
import type { BuildNews } from '../use-cases/follow-build.ts';

/** The entity tag of a build: another one whenever any of it differs. */
export function etagOf(build: Build): string {
  return `"${createHash('sha256').update(JSON.stringify(build)).digest('base64url').slice(0, 22)}"`;
}

/** True when `If-None-Match` names that tag, weakened on the way or not. Source: RFC 9110, section 13.1.2. */
export function isKnown(header: string, etag: string): boolean {
  return header.split(',').some((one) => ['*', etag].includes(one.trim().replace(/^W\//, '')));
}

/** Aborts when the client has gone away, or the service stops. */
export function whileListened(reply: FastifyReply, stopping: AbortSignal): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
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
