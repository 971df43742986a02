/** A log as an answer: whole and as it grows, or a range of what is there. Source: RFC 9110, section 14. */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { AppError } from '../use-cases/errors.ts';
import type { StoredLog } from '../use-cases/look-up.ts';

/** What was asked for of so many bytes. `undefined`: all of them; `null`: none that is there. */
export type Range = { readonly from: number; readonly to: number } | undefined | null;

/** Reads a Range header. Several ranges, other units and what is none are no question, so all is answered. */
export function rangeIn(header: string | undefined, bytes: number): Range {
  const [, first = '', last = ''] = /^bytes=(\d{0,30})-(\d{0,30})$/i.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '')
    return Number(last) === 0 || bytes === 0 ? null : { from: Math.max(0, bytes - Number(last)), to: bytes };
  if (last !== '' && Number(last) < Number(first)) return undefined;
  if (Number(first) >= bytes) return null;
  return { from: Number(first), to: last === '' ? bytes : Math.min(bytes, Number(last) + 1) };
}

/** Answers a part. Throws `range-not-satisfiable` where there is none. The length of a log that still grows is not known, and told as such. */
export function answerRange(reply: FastifyReply, log: StoredLog, range: NonNullable<Range> | null): FastifyReply {
  const length = log.isWhole ? String(log.bytes) : '*';
  if (range === null) {
    void reply.header('content-range', `bytes */${log.bytes}`);
    throw new AppError(
      'range-not-satisfiable',
      `The log has ${log.bytes} bytes so far. Ask again with a range within them.`,
    );
  }
  const { from, to } = range;
  return headed(reply)
    .code(206)
    .header('content-range', `bytes ${from}-${to - 1}/${length}`)
    .header('content-length', String(to - from))
    .send(Readable.from(log.read(from, to), { objectMode: false }));
}

/** Answers the log from its beginning; what comes later follows, until `chunks` end. */
export function answerLog(reply: FastifyReply, chunks: AsyncGenerator<Buffer>): FastifyReply {
  return headed(reply).send(Readable.from(chunks, { objectMode: false }));
}

function headed(reply: FastifyReply): FastifyReply {
  return (
    reply
      .type('text/plain; charset=utf-8')
      .header('accept-ranges', 'bytes')
      .header('x-accel-buffering', 'no')
      // The stream may end because the service does, and a connection that is kept would hold it up.
      .header('connection', 'close')
  );
}
