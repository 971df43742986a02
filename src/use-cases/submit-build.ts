/**
 * Use case: an uploaded context, or a Dockerfile alone, in; an accepted build out. Way A of the data: hear, spool, analyse, insert, ring.
 * Never talks to Docker: whether an engine is there it reads from the row that the worker keeps.
 */
import type { Readable } from 'node:stream';
import { maskOf, maskReport } from '../core/secrets/mask.ts';
import type { Build } from '../schemas/build.ts';
import type { BuildOptions } from '../schemas/options.ts';
import { projectFor } from './access.ts';
import type { Access } from './access.ts';
import type { AnalyzeDockerfile } from './analyze-dockerfile.ts';
import { AppError } from './errors.ts';
import { namesInLog } from './origin.ts';
import type { Origin } from './origin.ts';
import type { Clock, Doorbell, Log, ReceivedContext, Sealer, Spool } from './ports.ts';
import type { IdempotencyKey, SealedInputs, Store } from './store-port.ts';
import { projectFileOf } from './project-file.ts';
import type { Place, Queue } from './queue-room.ts';
import { readContext } from './read-context.ts';
import { WORKER_STALE_MS } from './run-worker.ts';

/** For how long a submission can be repeated under its key. */
const KEY_LIFE_MS = 24 * 3600 * 1000;

const HOW_TO_GET_ONE =
  'Start a Docker engine of version 23 or newer on this machine, or point DOCKER_HOST at one, and try again.';

/** Accepts builds. */
export interface SubmitBuild {
  /**
   * Throws `storage-unavailable`, `engine-unavailable` or `build-queue-full` when a build could not be taken now: ask before reading an upload. A full
   * queue is no reason where the key is known: the build may be in it already.
   */
  check(about: { readonly key: string | undefined; readonly announcedBytes: number }): Promise<void>;
  /**
   * Takes an upload in. With a key, the same content brings the first build once more, for a day; other content is refused as
   * `idempotency-key-reused`. Throws what `check` throws, and the AppErrors of the spool and of readContext.
   */
  submit(
    upload: Readable | LoneDockerfile,
    options: BuildOptions,
    by: { readonly key: string | undefined; readonly access: Access; readonly origin: Origin },
  ): Promise<Submitted>;
}

/** The build of a submission. */
export interface Submitted {
  readonly build: Build;
  /** It was submitted before, under the same key. */
  readonly isRepeated: boolean;
}

/** A Dockerfile without a context: nothing stands beside it. */
export interface LoneDockerfile {
  readonly dockerfile: Buffer;
}

/** Makes the use case. */
export function makeSubmitBuild(needs: {
  readonly store: Pick<Store, 'insertBuild' | 'isKeyKnown' | 'build' | 'worker' | 'check'>;
  readonly spool: Pick<Spool, 'receive' | 'keepFile' | 'remove'>;
  readonly doorbell: Pick<Doorbell, 'ring'>;
  readonly analyzeDockerfile: AnalyzeDockerfile;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info'>;
  readonly queue: Queue;
  readonly sealer: Pick<Sealer, 'fingerprint'>;
  readonly maxDockerfileBytes: number;
}): SubmitBuild {
  const { store, spool, doorbell, analyzeDockerfile, clock, log, queue, sealer, maxDockerfileBytes } = needs;
  const keysSince = (): string => new Date(Date.parse(clock.now()) - KEY_LIFE_MS).toISOString();

  const checkEngine = async (): Promise<void> => {
    const worker = await store.worker();
    if (worker === undefined || Date.parse(clock.now()) - Date.parse(worker.seenAt) > WORKER_STALE_MS) {
      throw new AppError('engine-unavailable', 'No worker has been seen lately. GET /health says more.');
    }
    if (worker.engine === null) throw new AppError('engine-unavailable', `${worker.problem} ${HOW_TO_GET_ONE}`);
  };
  /** `undefined`: the key is known, so the build may be in the queue already, however full that is. */
  const enter = async (key: string | undefined, announcedBytes: number): Promise<Place | undefined> => {
    if (key !== undefined && (await store.isKeyKnown(key, keysSince()))) return undefined;
    // Before the worker is: without a database it cannot be seen either.
    await store.check();
    await checkEngine();
    return await queue.enter(announcedBytes);
  };

  const submit: SubmitBuild['submit'] = async (upload, options, { key, access, origin }) => {
    const place = await enter(key, 0);
    let context: ReceivedContext;
    try {
      context =
        'dockerfile' in upload
          ? await spool.keepFile(options.dockerfile ?? 'Dockerfile', upload.dockerfile)
          : await spool.receive(upload, (bytes) => place?.take(bytes));
    } catch (error) {
      place?.leave();
      throw error;
    }
    let isKept = false;
    try {
      const read = await readContext(context, options.dockerfile, maxDockerfileBytes);
      const { profile: _, policy: __, ...fromFile } = projectFileOf(read.files);
      const { buildArgs, env, secrets, registries, services, ...open } = { ...fromFile, ...options };
      const project = projectFor(access, open.project);
      const sealed: SealedInputs = {
        ...(buildArgs === undefined ? {} : { buildArgs }),
        ...(env === undefined ? {} : { env }),
        ...(secrets === undefined ? {} : { secrets }),
        ...(registries === undefined ? {} : { registries }),
        ...(services === undefined ? {} : { services }),
      };
      const report = await analyzeDockerfile({
        ...read,
        target: open.target,
        buildArgs,
        project,
        access,
        profile: options.profile,
        policy: options.policy,
        store: false,
        withSource: true,
        requestId: origin.requestId,
      });
      const id = clock.newId();
      const accepted = await store.insertBuild(
        {
          id,
          project: project ?? null,
          createdAt: clock.now(),
          contextId: context.id,
          contextBytes: context.sizeBytes,
          ...(key === undefined ? {} : { key: keyOf(key, context.digest, options) }),
          options: { ...open, dockerfile: read.path },
          sealed,
          report: maskReport(report, maskOf({ ...sealed, secretBuildArgs: open.secretBuildArgs })),
          origin,
        },
        queue.room,
      );
      if (accepted.was === 'full') throw await queue.full(context.sizeBytes);
      if (accepted.was === 'other') throw keyReused();
      if (accepted.was === 'new') {
        isKept = true;
        doorbell.ring();
        const about = { buildId: id, project: project ?? null };
        log.info({ ...namesInLog(origin), audit: true, who: access.holder, did: 'submit', ...about }, 'audit');
      }
      const build = await store.build(accepted.was === 'known' ? accepted.id : id);
      if (build === undefined)
        throw new AppError('storage-unavailable', 'The build was stored and cannot be read back.');
      return { build, isRepeated: accepted.was === 'known' };
    } finally {
      // From here on the row counts, or nothing does.
      place?.leave();
      if (!isKept) await spool.remove(context.id);
    }
  };

  const keyOf = (name: string, digest: string, options: BuildOptions): IdempotencyKey => ({
    name,
    // Options hold secrets, so their fingerprint is made with the key of the installation.
    fingerprint: sealer.fingerprint(JSON.stringify([digest, canonical(options)])),
    since: keysSince(),
  });

  const check: SubmitBuild['check'] = async ({ key, announcedBytes }) => {
    (await enter(key, announcedBytes))?.leave();
  };
  return { check, submit };
}

/** Objects with their names in order: the same options are the same text, however the client wrote them. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .map(([name, one]) => [name, canonical(one)] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function keyReused(): AppError {
  return new AppError(
    'idempotency-key-reused',
    'The same Idempotency-Key was used for a build with another context or other options. Use a new key for each build, and the same only to repeat it.',
  );
}
