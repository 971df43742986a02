/** What a container printed: the engine's framing taken apart, bounded, presentable. */
import { z } from 'zod';
import type { Client } from './client.ts';
import { lastPart, plainText } from './plain-text.ts';

const MAX_LOG = 20_000;
/** The engine keeps 2 MiB at most (container.ts); this many lines are more than are shown. */
const LINES = 2000;

/** The last part of stdout and stderr, in the order of writing. Throws like `Ask`. */
export async function logTail(client: Client, containerId: string, signal: AbortSignal): Promise<string> {
  const bytes = await client.ask({ to: 'give a log', reads: z.instanceof(Buffer), signal }, (abortSignal) =>
    client.docker.getContainer(containerId).logs({ stdout: true, stderr: true, tail: LINES, abortSignal }),
  );
  return lastPart(plainText(unframed(bytes).toString()), MAX_LOG);
}

/** Each frame is a byte for the stream, three empty ones, four for the length, and the text. Source: Engine API, "Attach to a container". */
export function unframed(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + 8 <= bytes.length) {
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    parts.push(bytes.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(parts);
}
