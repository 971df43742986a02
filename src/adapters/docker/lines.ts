/** A stream of bytes -> its lines, bounded. */
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Longest line that is believed: BuildKit sends at most 200 KiB of output at a time. */
const MAX_LINE = 16 * 1024 * 1024;

/** Yields each line that is not empty. Throws what the stream throws, and RangeError when a line does not end. */
export async function* linesOf(stream: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder();
  let parts: string[] = [];
  let held = 0;
  for await (const chunk of stream) {
    const pieces = decoder.write(chunk).split('\n');
    const rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      const line = [...parts, piece].join('').trim();
      parts = [];
      held = 0;
      if (line !== '') yield line;
    }
    parts.push(rest);
    held += rest.length;
    if (held > MAX_LINE) throw new RangeError(`A line of more than ${MAX_LINE} characters does not end.`);
  }
  const last = parts.join('').trim();
  if (last !== '') yield last;
}
