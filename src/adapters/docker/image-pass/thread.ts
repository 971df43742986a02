/**
 * The pass over an image in a thread of its own, so that the process goes on answering: this file is both ends of it.
 *
 * A plain worker of Node and no pool: one pass is one long stream with its own back-pressure, at most as many run as there are
 * builds at a time, and a thread that is in the middle of a stranger's gigabytes can only be stopped by ending it.
 */
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { ImageSeen } from '../../../core/image/seen.ts';
import type { PassInput, PassOrder, PassOutput } from './order.ts';
import { readImage } from './read-image.ts';

/** Bytes that go to the thread at a time: a message costs more than a copy. */
const BATCH_BYTES = 128 * 1024;
/** Batches under way. */
const MOST_BATCHES = 8;
/** Memory of the thread for what it keeps in mind; the limits of the pass stay below it. */
const MEMORY_MB = 512;

/**
 * Reads the stream in a thread of its own. Throws what the stream throws. Whoever aborts the signal gets no answer any more, and the
 * thread is gone.
 */
export async function passInThread(
  stream: AsyncIterable<Uint8Array>,
  order: PassOrder,
  signal: AbortSignal,
): Promise<ImageSeen> {
  signal.throwIfAborted();
  const thread = new Worker(new URL(import.meta.url), {
    workerData: { imagePass: order },
    // What this process was started with is of no use there.
    execArgv: [],
    // Little room for the young: what streams by is garbage at once, and would pile up.
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: 2 },
  });
  const ending = Promise.withResolvers<ImageSeen>();
  const flow = { underWay: 0, isOver: false };
  const onEnd = (): void => {
    flow.isOver = true;
  };
  ending.promise.then(onEnd, onEnd);
  let isTaken = Promise.withResolvers<void>();
  const onAbort = (): void => ending.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  thread.on('message', (message: PassOutput) => {
    if (message.kind === 'seen') return ending.resolve(message.image);
    flow.underWay -= 1;
    isTaken.resolve();
  });
  thread.on('error', (error: Error & { readonly code?: string }) => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      ending.resolve({ seen: 'unseen', reason: 'it holds more than can be kept in mind' });
    } else ending.reject(error);
  });
  thread.on('exit', () => ending.reject(new Error('The thread of an image pass ended without an answer.')));
  const send = async (bytes: Uint8Array<ArrayBuffer> | undefined): Promise<void> => {
    // The answer may come before the end of the stream, and then nobody takes anything any more.
    while (flow.underWay >= MOST_BATCHES && !flow.isOver) {
      isTaken = Promise.withResolvers<void>();
      await Promise.race([isTaken.promise, ending.promise]);
    }
    if (flow.isOver) throw new Error('The pass is over.');
    flow.underWay += 1;
    thread.postMessage({ bytes } satisfies PassInput, bytes === undefined ? [] : [bytes.buffer]);
  };
  try {
    const fed = feed(stream, send);
    fed.catch((error: unknown) => ending.reject(error));
    return await ending.promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await thread.terminate();
  }
}

/** The stream in batches, and the mark of its end. Copied, because a batch is given away and chunks share their memory. */
async function feed(
  stream: AsyncIterable<Uint8Array>,
  send: (bytes: Uint8Array<ArrayBuffer> | undefined) => Promise<void>,
): Promise<void> {
  let batch = new Uint8Array(BATCH_BYTES);
  let filled = 0;
  for await (const chunk of stream) {
    for (let from = 0; from < chunk.length;) {
      const part = chunk.subarray(from, from + BATCH_BYTES - filled);
      batch.set(part, filled);
      filled += part.length;
      from += part.length;
      if (filled < BATCH_BYTES) continue;
      await send(batch);
      batch = new Uint8Array(BATCH_BYTES);
      filled = 0;
    }
  }
  // A view over the rest would give away the whole batch, and that is all right.
  if (filled > 0) await send(batch.slice(0, filled));
  await send(undefined);
}

/** The thread's end: what comes in, as chunks; each is acknowledged when the next one is asked for. */
async function serve(port: NonNullable<typeof parentPort>, order: PassOrder): Promise<void> {
  const waiting: PassInput[] = [];
  let isThere = Promise.withResolvers<void>();
  port.on('message', (message: PassInput) => {
    waiting.push(message);
    isThere.resolve();
  });
  async function* chunks(): AsyncGenerator<Buffer> {
    for (;;) {
      const next = waiting.shift();
      if (next === undefined) {
        isThere = Promise.withResolvers<void>();
        await isThere.promise;
        continue;
      }
      port.postMessage({ kind: 'taken' } satisfies PassOutput);
      if (next.bytes === undefined) return;
      yield Buffer.from(next.bytes.buffer, next.bytes.byteOffset, next.bytes.byteLength);
    }
  }
  port.postMessage({ kind: 'seen', image: await readImage(chunks(), order) } satisfies PassOutput);
}

/** What a thread of this file was started with; other threads of the process have other data. */
function orderOf(data: unknown): PassOrder | undefined {
  if (typeof data !== 'object' || data === null || !('imagePass' in data)) return undefined;
  // Only `passInThread` starts a thread with data of that name.
  return data.imagePass as PassOrder;
}

const order = orderOf(workerData);
if (!isMainThread && parentPort !== null && order !== undefined) await serve(parentPort, order);
