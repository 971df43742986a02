/**
 * Looks into a built image: has the engine save it, and reads the stream as it comes (image-pass/). Nothing touches the disk here.
 * An image that cannot be looked at is `unseen`, with the reason; an engine that falls silent is an AppError.
 */
import { EngineRefusal } from '../../use-cases/errors.ts';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { NOTHING_DECLARED } from '../../core/image/declared.ts';
import { needlesOf } from '../../core/image/needles.ts';
import { mostOwnLayers } from '../../core/image/own-steps.ts';
import type { ImageSeen } from '../../core/image/seen.ts';
import type { ImageScanRequest } from '../../use-cases/engine-port.ts';
import { watchEngine } from './build.ts';
import { inOurWords } from './call.ts';
import type { Client } from './client.ts';
import { dialStream } from './dial.ts';
import { USUAL_LIMITS } from './image-pass/order.ts';
import type { PassOrder } from './image-pass/order.ts';
import { passInThread } from './image-pass/thread.ts';
import { plainText } from './plain-text.ts';

/** Deadline of a whole pass. */
const SCAN_MS = 300_000;

const Inspected = z.object({ RootFS: z.object({ Layers: z.array(z.string()).nullish() }) });

/** Looks. Throws the signal's reason, and AppError `engine-unavailable` when the engine goes away. */
export async function scanImage(client: Client, request: ImageScanRequest, signal: AbortSignal): Promise<ImageSeen> {
  const { imageId, steps, canaries, declared = NOTHING_DECLARED, timeoutMs = SCAN_MS } = request;
  const { RootFS } = await client.ask({ to: 'describe an image', reads: Inspected, signal }, () =>
    client.docker.getImage(imageId).inspect(),
  );
  const layers = RootFS.Layers ?? [];
  const own = mostOwnLayers(steps);
  const upper = new Set(layers.slice(Math.max(0, layers.length - own)));
  const order: PassOrder = {
    steps,
    needles: needlesOf(canaries),
    declared,
    baseLayers: layers.slice(0, Math.max(0, layers.length - own)).filter((digest) => !upper.has(digest)),
    limits: { ...USUAL_LIMITS, ...request.limits },
  };
  const limit = AbortSignal.timeout(timeoutMs);
  const ended = new AbortController();
  const hangUp = AbortSignal.any([signal, limit, ended.signal]);
  const pass = async (): Promise<ImageSeen> =>
    passInThread(wordsOf(await save(client, imageId, hangUp)), order, hangUp);
  try {
    const given = Promise.withResolvers<never>();
    given.promise.catch(() => undefined);
    hangUp.addEventListener('abort', () => given.reject(hangUp.reason), { once: true });
    const passing = pass();
    passing.catch(() => undefined);
    // A long silence may be the engine gathering the image, or its death: only asking tells them apart.
    return await Promise.race([passing, watchEngine(client, hangUp), given.promise]);
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return unseen(`looking into it did not end within ${Math.round(timeoutMs / 1000)} seconds`);
    if (error instanceof EngineRefusal) return unseen(`the engine would not save it: ${plainText(error.said)}`);
    throw error;
  } finally {
    ended.abort(new Error('The pass is over.'));
  }
}

async function save(client: Client, imageId: string, signal: AbortSignal): Promise<Readable> {
  const path = `/images/${encodeURIComponent(imageId)}/get?`;
  const stream = await dialStream(client.docker, { to: 'save an image', method: 'GET', path, query: {}, signal });
  // It is let go together with the request, and then nobody waits for it.
  signal.addEventListener('abort', () => stream.destroy(), { once: true });
  return stream;
}

/** The stream's chunks; what it throws, as an error of this project. */
async function* wordsOf(stream: Readable): AsyncGenerator<Uint8Array> {
  try {
    // A stream of bytes.
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    throw inOurWords(error, 'save an image');
  }
}

function unseen(reason: string): ImageSeen {
  return { seen: 'unseen', reason: reason.slice(0, 500) };
}
