/** Wiring only: picks the adapters, makes the use cases, returns what main.ts starts and stops. No decision is taken here. */
import { randomUUIDv7 } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { dockerConnection } from './adapters/docker/connection.ts';
import { makeDockerEngine } from './adapters/docker/engine.ts';
import { makeDiskLogs } from './adapters/logs/disk-logs.ts';
import { openInstanceFile } from './adapters/instance/instance-file.ts';
import { makeDoorbell } from './adapters/queue/doorbell.ts';
import { makePrometheus } from './adapters/metrics/prometheus.ts';
import { makePageLoader } from './adapters/page/page-files.ts';
import { openKeyFile } from './adapters/seal/key-file.ts';
import { makeDiskSpool } from './adapters/spool/disk-spool.ts';
import { lockDataFolder } from './adapters/store/data-lock.ts';
import { openSqliteStore } from './adapters/store/sqlite.ts';
import { makeThinker } from './adapters/threads/thinker.ts';
import { watchFile } from './adapters/watched-file/watched-file.ts';
import { makeReachable } from './adapters/webhooks/addresses.ts';
import { makeHttpSender } from './adapters/webhooks/http-sender.ts';
import type { Config } from './config.ts';
import { makeApp } from './http/app.ts';
import { parseTokens } from './http/tokens.ts';
import type { Holders } from './http/tokens.ts';
import { threadFile } from './thread.ts';
import { makeAnalyzeContext } from './use-cases/analyze-context.ts';
import { makeAnalyzeDockerfile } from './use-cases/analyze-dockerfile.ts';
import { makeCancelBuild } from './use-cases/cancel-build.ts';
import { readAuthorities } from './use-cases/build-surroundings.ts';
import type { BuildSurroundings } from './use-cases/build-surroundings.ts';
import { makeCheckHealth } from './use-cases/check-health.ts';
import { makeWebhookDelivery } from './use-cases/deliver-webhooks.ts';
import type { WebhookDelivery } from './use-cases/deliver-webhooks.ts';
import { makeFollowBuild } from './use-cases/follow-build.ts';
import { makeListChecks } from './use-cases/list-checks.ts';
import { makeListWorkers } from './use-cases/list-workers.ts';
import { makeLookUp } from './use-cases/look-up.ts';
import type { Engine } from './use-cases/engine-port.ts';
import { ConfigError } from './use-cases/errors.ts';
import { measuredEngine } from './use-cases/measured-engine.ts';
import { makeTellMetrics } from './use-cases/tell-metrics.ts';
import type { Clock } from './use-cases/ports.ts';
import { readPolicyFile } from './use-cases/policy-file.ts';
import { makeProjects } from './use-cases/projects.ts';
import { makeQueue } from './use-cases/queue-room.ts';
import { readRegistriesFile } from './use-cases/registries-file.ts';
import { makeRunBuild } from './use-cases/run-build.ts';
import { MAX_CRASHES, makeWorker } from './use-cases/run-worker.ts';
import type { Worker } from './use-cases/run-worker.ts';
import { makeStorageSweep } from './use-cases/sweep-storage.ts';
import type { StorageSweep } from './use-cases/sweep-storage.ts';
import { makeSubmitBuild } from './use-cases/submit-build.ts';
import { makeWebhooks } from './use-cases/webhooks.ts';

/** The service, made and not yet started. */
export interface Drydock {
  readonly app: FastifyInstance;
  readonly worker: Worker;
  readonly storageSweep: StorageSweep;
  readonly webhookDelivery: WebhookDelivery;
  /** Closes what has to be closed last: threads, the connection to the engine, the database. */
  readonly close: () => Promise<void>;
}

/** An engine, and how to let go of it. */
export type ClosableEngine = Engine & { close(): void };

/** Time as it is. */
const clock: Clock = {
  now: () => new Date().toISOString(),
  elapsed: () => performance.now(),
  newId: () => randomUUIDv7(),
};

/** Makes the service from its configuration, on `otherEngine` where one is given. Throws ConfigError for a file that the operator has to mend. */
export async function compose(
  config: Config,
  log: Logger,
  version: string,
  isStopping: () => boolean,
  otherEngine?: ClosableEngine,
): Promise<Drydock> {
  const data = config.DRYDOCK_DATA_DIR;
  const reachable = makeReachable(config.DRYDOCK_WEBHOOK_ALLOW);
  await forOperator('DRYDOCK_DATA_DIR', data, mkdir(data, { recursive: true, mode: 0o700 }));
  const unlock = lockDataFolder(data);
  const tokens =
    config.DRYDOCK_TOKENS_FILE === undefined ? undefined : await watchedTokens(config.DRYDOCK_TOKENS_FILE, log);
  const sealer = await openKeyFile(config.DRYDOCK_KEY_FILE ?? join(data, 'key'));
  const store = await openSqliteStore({ path: join(data, 'drydock.sqlite'), sealer });
  const spool = await makeDiskSpool({
    folder: join(data, 'spool'),
    limits: {
      maxUploadBytes: config.DRYDOCK_MAX_UPLOAD_BYTES,
      maxExpandedBytes: config.DRYDOCK_MAX_EXPANDED_BYTES,
      maxEntries: config.DRYDOCK_MAX_ENTRIES,
      maxPathBytes: 4096,
    },
    newId: () => clock.newId(),
  });
  const logs = await makeDiskLogs({ folder: join(data, 'logs'), maxBytes: config.DRYDOCK_MAX_LOG_BYTES, log });
  const doorbell = makeDoorbell();
  const instance = await openInstanceFile(join(data, 'instance'));
  const maxContainerBytes = config.DRYDOCK_MAX_CONTAINER_BYTES;
  const engine =
    otherEngine ?? makeDockerEngine({ host: dockerConnection(config), instance, log, clock, maxContainerBytes });

  const metrics = makePrometheus();
  const sender = makeHttpSender({ reachable, version });

  const maxDockerfileBytes = config.DRYDOCK_MAX_DOCKERFILE_BYTES;
  const room = { builds: config.DRYDOCK_QUEUE_LIMIT, bytes: config.DRYDOCK_QUEUE_BYTES };
  const operatorPolicy =
    config.DRYDOCK_POLICY_FILE === undefined
      ? undefined
      : readPolicyFile(await textFor('DRYDOCK_POLICY_FILE', config.DRYDOCK_POLICY_FILE));
  const registryLogins =
    config.DRYDOCK_REGISTRIES_FILE === undefined
      ? {}
      : readRegistriesFile(await textFor('DRYDOCK_REGISTRIES_FILE', config.DRYDOCK_REGISTRIES_FILE));
  const surroundings: BuildSurroundings = {
    proxies: given({
      HTTP_PROXY: config.DRYDOCK_BUILD_HTTP_PROXY,
      HTTPS_PROXY: config.DRYDOCK_BUILD_HTTPS_PROXY,
      NO_PROXY: config.DRYDOCK_BUILD_NO_PROXY,
    }),
    authorities:
      config.DRYDOCK_BUILD_CA_FILE === undefined
        ? undefined
        : readAuthorities(await textFor('DRYDOCK_BUILD_CA_FILE', config.DRYDOCK_BUILD_CA_FILE)),
  };
  const thinker = makeThinker({ threadFile, timeoutMs: config.DRYDOCK_ANALYSIS_TIMEOUT_SECONDS * 1000, log });
  const analyzeDockerfile = makeAnalyzeDockerfile({
    store,
    thinker,
    clock,
    log,
    version,
    operatorPolicy,
  });
  const storageSweep = makeStorageSweep({
    store,
    logs,
    keep: {
      days: config.DRYDOCK_KEEP_DAYS,
      builds: config.DRYDOCK_KEEP_BUILDS,
      analyses: config.DRYDOCK_KEEP_ANALYSES,
      bytes: config.DRYDOCK_KEEP_BYTES,
    },
    clock,
    log,
  });
  const app = await makeApp({
    useCases: {
      analyzeDockerfile,
      analyzeContext: makeAnalyzeContext({ spool, analyzeDockerfile, maxDockerfileBytes }),
      submitBuild: makeSubmitBuild({
        store,
        spool,
        doorbell,
        analyzeDockerfile,
        clock,
        log,
        sealer,
        queue: makeQueue({
          store,
          room,
          concurrency: config.DRYDOCK_CONCURRENCY,
        }),
        maxDockerfileBytes,
      }),
      followBuild: makeFollowBuild({ store, logs, clock }),
      cancelBuild: makeCancelBuild({ store, spool, logs, clock, log }),
      lookUp: makeLookUp({ store, logs }),
      projects: makeProjects({ store }),
      webhooks: makeWebhooks({ store, sender, clock, log }),
      tellMetrics: makeTellMetrics({ store, metrics, clock }),
      listChecks: makeListChecks({ operatorPolicy }),
      listWorkers: makeListWorkers({ store, clock, concurrency: config.DRYDOCK_CONCURRENCY }),
      checkHealth: makeCheckHealth({ store, spool, clock, log, version, room, lastSweep: () => storageSweep.last() }),
    },
    limits: { maxDockerfileBytes, maxUploadBytes: config.DRYDOCK_MAX_UPLOAD_BYTES },
    tokens: tokens?.now,
    ratePerMinute: config.DRYDOCK_RATE_LIMIT,
    metrics,
    page: makePageLoader(import.meta.url),
    version,
    logger: log,
    isStopping,
  });
  const worker = makeWorker({
    id: hostname(),
    store,
    spool,
    engine,
    doorbell,
    runBuild: makeRunBuild({
      store,
      spool,
      logs,
      metrics,
      engine: measuredEngine(engine, { clock, metrics }),
      thinker,
      clock,
      log,
      version,
      maxDockerfileBytes,
      buildTimeoutMs: config.DRYDOCK_BUILD_TIMEOUT_SECONDS * 1000,
      verificationTimeoutMs: config.DRYDOCK_VERIFICATION_TIMEOUT_SECONDS * 1000,
      maxCrashes: MAX_CRASHES,
      operatorPolicy,
      registryLogins,
      surroundings,
    }),
    clock,
    log,
    concurrency: config.DRYDOCK_CONCURRENCY,
  });
  return {
    app,
    worker,
    storageSweep,
    webhookDelivery: makeWebhookDelivery({
      ...{ store, sender, clock, log, metrics },
      publicUrl: config.DRYDOCK_PUBLIC_URL ?? '',
      chance: Math.random,
    }),
    close: async () => {
      tokens?.end();
      await thinker.close();
      engine.close();
      await store.close();
      unlock();
    },
  };
}

/** The tokens of the file as it is now. One that cannot be used is told, and the one before stays in force. */
async function watchedTokens(
  path: string,
  log: Logger,
): Promise<{ readonly now: () => Holders; readonly end: () => void }> {
  const text = await textFor('DRYDOCK_TOKENS_FILE', path);
  let holders = parseTokens(text);
  const watch = watchFile(path, text, {
    changed: (now) => {
      try {
        holders = parseTokens(now);
        log.info({ tokens: holders.length }, 'tokens read anew');
      } catch (err) {
        log.error({ err }, 'tokens not read; those of before stay in force');
      }
    },
    failed: (err) => log.error({ err }, 'the file of tokens cannot be read; those of before stay in force'),
  });
  return { now: () => holders, end: () => watch.end() };
}

/** Those that are set. */
function given(values: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** What a variable names and the operating system refuses, as a sentence for the operator. */
async function textFor(variable: string, path: string): Promise<string> {
  return await forOperator(variable, path, readFile(path, 'utf8'));
}

async function forOperator<T>(variable: string, path: string, work: Promise<T>): Promise<T> {
  return await work.catch((cause: unknown) => {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new ConfigError(
      `${variable}=${path} cannot be used (${why}). Check that it is there and that Drydock may use it.`,
      {
        cause,
      },
    );
  });
}
