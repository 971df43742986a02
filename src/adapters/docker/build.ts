/**
 * Builds an image with the engine's BuildKit and tells every step.
 *
 * The library's own build call is not used: it opens a session that hands one password to any registry, and its reading
 * of the progress loses timings. Here the request is dialled directly, with a session of our own (session.ts).
 * An image that cannot be built is a result. A build that is given up leaves nothing: the builder is told to cancel, its
 * stream is awaited to the end, and an image that was finished in that moment is removed.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '../../use-cases/errors.ts';
import type { ImageBuildRequest, ImageBuildResult } from '../../use-cases/engine-port.ts';
import { inOurWords, nothing } from './call.ts';
import { dialStream } from './dial.ts';
import { removeImages } from './clean-up.ts';
import type { Client } from './client.ts';
import { imageTagOf, labelsOf } from './labels.ts';
import { linesOf } from './lines.ts';
import { openSession } from './session.ts';
import type { Session } from './session.ts';
import { makeTrace } from './trace.ts';
import type { Trace } from './trace.ts';

/** How long the builder may take to end a build that it was told to cancel. */
const CANCEL_MS = 5000;
/** News is collected for so long before it is told: hundreds of messages may come in one moment. */
const TELL_AFTER_MS = 100;

/**
 * Builds. Throws the signal's reason when it aborts, AppError `engine-unavailable` when the engine goes away or refuses
 * the request as such.
 */
export async function buildImage(
  client: Client,
  request: ImageBuildRequest,
  signal: AbortSignal,
): Promise<ImageBuildResult> {
  const begun = client.clock.elapsed();
  const trace = makeTrace(request.lineOf, request.onLines);
  // It may break before anybody reads it; `send` tells of it.
  request.context.on('error', () => undefined);
  const end = await runBuild(client, request, trace, signal);
  const durationMs = Math.round(client.clock.elapsed() - begun);
  const steps = trace.steps();
  request.onStep(steps);
  const warnings = trace.warnings();
  if (end.error !== undefined) {
    return { steps, warnings, durationMs, image: undefined, failure: trace.failure(end.error) };
  }
  if (end.imageId === undefined) {
    throw new AppError(
      'engine-unavailable',
      'The Docker engine ended the build without an image and without a reason.',
    );
  }
  const { imageId: id } = end;
  try {
    const { Size } = await client.ask(
      { to: 'describe the built image', reads: z.object({ Size: z.int().min(0) }), signal },
      () => client.docker.getImage(id).inspect(),
    );
    return { steps, warnings, durationMs, image: { id, sizeBytes: Size }, failure: undefined };
  } catch (error) {
    if (signal.aborted) await discard(client, request.buildId);
    throw error;
  }
}

/** What is known of the build's end. */
interface End {
  /** The engine has begun to answer. */
  isBegun: boolean;
  imageId: string | undefined;
  /** The builder's last word. */
  error: string | undefined;
}

async function runBuild(client: Client, request: ImageBuildRequest, trace: Trace, signal: AbortSignal): Promise<End> {
  const handle = randomUUID();
  const hangUp = new AbortController();
  const end: End = { isBegun: false, imageId: undefined, error: undefined };
  const given = aborted(signal);
  let session: Session | undefined;
  try {
    signal.throwIfAborted();
    // The library would wait for the rest of a stream that is gone.
    if (request.context.errored !== null) throw request.context.errored;
    session = await openSession(client, request, signal);
    const reading = follow(client, request, trace, { handle, session: session.id }, hangUp.signal, end);
    const pulse = watchEngine(client, hangUp.signal);
    const isOver = await Promise.race([reading.then(() => true), pulse, given.promise.then(() => false)]);
    if (isOver) return end;
    if (end.isBegun && (await cancel(client, handle))) {
      const patience = sleep(CANCEL_MS, undefined, { signal: hangUp.signal });
      await Promise.race([reading, pulse, patience]).catch(() => undefined);
      hangUp.abort();
      await discard(client, request.buildId);
    }
    throw signal.reason;
  } finally {
    given.forget();
    hangUp.abort();
    session?.close();
    request.context.destroy();
  }
}

/** Removes the image of a build that was given up when it was all but done. Whoever gave it up will clean up as well. */
async function discard(client: Client, buildId: string): Promise<void> {
  await removeImages(client, buildId).catch((err: unknown) =>
    client.log.warn({ err }, 'image of an abandoned build not removed'),
  );
}

/** Sends the context and reads to the end of the progress; what is learnt of the end goes into `end`. */
async function follow(
  client: Client,
  request: ImageBuildRequest,
  trace: Trace,
  ids: Ids,
  hangUp: AbortSignal,
  end: End,
): Promise<void> {
  const stream = await send(client, request, ids, hangUp);
  end.isBegun = true;
  let telling: NodeJS.Timeout | undefined;
  const tell = (): void => {
    telling = undefined;
    request.onStep(trace.steps());
  };
  try {
    for await (const line of linesOf(stream)) {
      const message = Message.parse(JSON.parse(line));
      if (message.id === 'moby.buildkit.trace') {
        trace.take(TracePayload.parse(message.aux));
        telling ??= setTimeout(tell, TELL_AFTER_MS);
      } else if (message.id === 'moby.image.id') {
        end.imageId = ImageId.parse(message.aux).ID;
      } else if (message.error !== undefined) {
        end.error = message.error;
      }
    }
  } catch (error) {
    throw inOurWords(error, 'build an image');
  } finally {
    clearTimeout(telling);
  }
}

/** One line of the progress; what carries another id is not of interest. */
const Message = z.object({ id: z.string().optional(), aux: z.unknown().optional(), error: z.string().optional() });
const TracePayload = z.string();
const ImageId = z.object({ ID: z.string().min(1) });

/** What the engine knows the build by: to cancel it, and to ask back. */
interface Ids {
  readonly handle: string;
  readonly session: string;
}

async function send(client: Client, request: ImageBuildRequest, ids: Ids, hangUp: AbortSignal): Promise<Readable> {
  // A frontend named by a build argument would be pulled and run just like one of a `# syntax=` line.
  const { BUILDKIT_SYNTAX: _frontend, ...buildArgs } = request.buildArgs;
  try {
    return await dialStream(client.docker, {
      to: 'build an image',
      method: 'POST',
      path: '/build?',
      query: {
        version: '2',
        buildid: ids.handle,
        session: ids.session,
        t: imageTagOf(request.buildId),
        dockerfile: request.dockerfile,
        ...(request.target === undefined ? {} : { target: request.target }),
        // Without it, the cache mounts of one project could be read by the builds of another.
        buildargs: JSON.stringify({ ...buildArgs, BUILDKIT_CACHE_MOUNT_NS: cacheSpace(client, request) }),
        ...(request.platform === undefined ? {} : { platform: request.platform }),
        // Ours last: by them everything is found again.
        labels: JSON.stringify({ ...request.labels, ...labelsOf(client, request.buildId) }),
        ...(request.noCache ? { nocache: '1' } : {}),
        // One of two words, never free text: `host` would give the build the network of the engine's machine.
        networkmode: request.network,
        forcerm: '1',
      },
      body: request.context,
      signal: hangUp,
    });
  } catch (error) {
    throw request.context.errored ?? error;
  }
}

/**
 * The builder puts the space before the id of a mount with a slash between them. A digest has none, so that the project `a/b`
 * with the mount `c` is not the project `a` with the mount `b/c`; and another installation has spaces of its own.
 */
function cacheSpace({ instance }: Client, { cacheNamespace }: ImageBuildRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([instance, cacheNamespace]))
    .digest('hex');
}

/** A long RUN may print nothing for minutes, and so does a dead engine: only asking tells them apart. Rejects, or never ends. */
export async function watchEngine(client: Client, hangUp: AbortSignal): Promise<never> {
  for (;;) {
    await sleep(client.pulseMs, undefined, { signal: hangUp });
    await client.ask({ to: 'give a sign of life', reads: nothing, signal: hangUp }, () => client.docker.ping());
  }
}

/** Tells the builder to end; `false` when the engine does not take it. Hanging up ends the build as well, but not in an instant. */
async function cancel(client: Client, handle: string): Promise<boolean> {
  const to = 'cancel a build';
  try {
    await client.ask({ to, reads: nothing, signal: undefined, timeoutMs: CANCEL_MS }, async (signal) => {
      const query = { id: handle };
      const answer = await dialStream(client.docker, { to, method: 'POST', path: '/build/cancel?', query, signal });
      answer.resume();
    });
    return true;
  } catch (err) {
    client.log.debug({ err }, 'build not cancelled');
    return false;
  }
}

/** A promise of the signal's abort, and how to let go of the signal. */
function aborted(signal: AbortSignal): { readonly promise: Promise<void>; readonly forget: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onAbort = (): void => resolve();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  return { promise, forget: () => signal.removeEventListener('abort', onAbort) };
}
