/**
 * Use case: an uploaded context, or a Dockerfile alone, in; an accepted build out. Way A of the data: hear, spool, analyse, insert, ring.
 * Never talks to Docker: whether an engine is there it reads from the row that the worker keeps.
 */
import type { Readable } from 'node:stream';
import { maskOf, maskReport } from '../core/mask.ts';
import type { Build } from '../schemas/build.ts';
import type { BuildOptions } from '../schemas/options.ts';
import type { AnalyzeDockerfile } from './analyze-dockerfile.ts';
import { AppError } from './errors.ts';
import type { Clock, Doorbell, SealedInputs, Spool, Store } from './ports.ts';
import { projectFileOf } from './project-file.ts';
import { readContext } from './read-context.ts';
import { WORKER_STALE_MS } from './run-worker.ts';

const HOW_TO_GET_ONE =
  'Start a Docker engine of version 23 or newer on this machine, or point DOCKER_HOST at one, and try again.';

/** Accepts builds. */
export interface SubmitBuild {
  /** Throws `engine-unavailable` or `build-queue-full` when a build could not be taken now: ask before reading an upload. */
  check(): Promise<void>;
  /** Takes an upload in. Throws what `check` throws, and the AppErrors of the spool and of readContext. */
  submit(upload: Readable | LoneDockerfile, options: BuildOptions): Promise<Build>;
}

/** A Dockerfile without a context: nothing stands beside it. */
export interface LoneDockerfile {
  readonly dockerfile: Buffer;
}

/** Makes the use case. */
export function makeSubmitBuild(needs: {
  readonly store: Pick<Store, 'insertBuild' | 'build' | 'counts' | 'worker'>;
  readonly spool: Pick<Spool, 'receive' | 'keepFile' | 'remove'>;
  readonly doorbell: Pick<Doorbell, 'ring'>;
  readonly analyzeDockerfile: AnalyzeDockerfile;
  readonly clock: Clock;
  readonly maxDockerfileBytes: number;
  readonly queueLimit: number;
}): SubmitBuild {
  const { store, spool, doorbell, analyzeDockerfile, clock, maxDockerfileBytes, queueLimit } = needs;

  const check = async (): Promise<void> => {
    const worker = await store.worker();
    if (worker === undefined || Date.parse(clock.now()) - Date.parse(worker.seenAt) > WORKER_STALE_MS) {
      throw new AppError('engine-unavailable', 'No worker has been seen lately. GET /health says more.');
    }
    if (worker.engine === null) throw new AppError('engine-unavailable', `${worker.problem} ${HOW_TO_GET_ONE}`);
    if ((await store.counts()).queued >= queueLimit) throw queueFull(queueLimit);
  };

  const submit = async (upload: Readable | LoneDockerfile, options: BuildOptions): Promise<Build> => {
    await check();
    const context =
      'dockerfile' in upload
        ? await spool.keepFile(options.dockerfile ?? 'Dockerfile', upload.dockerfile)
        : await spool.receive(upload);
    let isKept = false;
    try {
      const read = await readContext(context, options.dockerfile, maxDockerfileBytes);
      const { profile: _, policy: __, ...fromFile } = projectFileOf(read.files);
      const { buildArgs, env, secrets, registries, services, ...open } = { ...fromFile, ...options };
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
        project: open.project,
        profile: options.profile,
        policy: options.policy,
        store: false,
      });
      const id = clock.newId();
      const accepted = await store.insertBuild(
        {
          id,
          project: open.project ?? null,
          createdAt: clock.now(),
          contextId: context.id,
          options: { ...open, dockerfile: read.path },
          sealed,
          report: maskReport(report, maskOf({ ...sealed, secretBuildArgs: open.secretBuildArgs })),
        },
        queueLimit,
      );
      if (!accepted) throw queueFull(queueLimit);
      isKept = true;
      doorbell.ring();
      const build = await store.build(id);
      if (build === undefined)
        throw new AppError('storage-unavailable', 'The build was stored and cannot be read back.');
      return build;
    } finally {
      if (!isKept) await spool.remove(context.id);
    }
  };

  return { check, submit };
}

function queueFull(limit: number): AppError {
  return new AppError('build-queue-full', `${limit} builds are waiting, which is the limit. Try again in a minute.`, {
    retryAfterSeconds: 60,
  });
}
