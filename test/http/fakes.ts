/** The service over use cases that only remember what they were asked, so that a test sees HTTP and nothing else. */
import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { makePageLoader } from '../../src/adapters/page/page-files.ts';
import { makeApp } from '../../src/http/app.ts';
import type { AppNeeds } from '../../src/http/app.ts';
import { parseTokens } from '../../src/http/tokens.ts';
import type { Holders } from '../../src/http/tokens.ts';
import type { Build, BuildEvent } from '../../src/schemas/build.ts';
import type { Worker } from '../../src/schemas/worker.ts';
import type { Health } from '../../src/schemas/health.ts';
import { compareReports } from '../../src/core/report/compare.ts';
import type { HistoryEntry } from '../../src/schemas/project.ts';
import type { BuildOptions } from '../../src/schemas/options.ts';
import type { AnalyzeContextInput } from '../../src/use-cases/analyze-context.ts';
import type { AnalyzeInput } from '../../src/use-cases/analyze-dockerfile.ts';
import { AppError } from '../../src/use-cases/errors.ts';
import type { BuildFilter } from '../../src/use-cases/store-port.ts';
import { makeFollowBuild } from '../../src/use-cases/follow-build.ts';
import { makeListChecks } from '../../src/use-cases/list-checks.ts';
import { analysis, verification } from '../formats/reports.ts';
import { webhooks } from './fake-webhooks.ts';

/** Limits small enough for a test to exceed. */
export const limits = { maxDockerfileBytes: 1000, maxUploadBytes: 100_000 };

/** Tokens of the right length, by the name of their holder. */
export const tokens: ReadonlyMap<string, string> = new Map([
  ['ci', 'c'.repeat(32)],
  ['dashboard', 'd'.repeat(40)],
]);

/** A build as the store would tell it. */
export const build: Build = {
  id: 'b1',
  state: 'queued',
  attempt: 1,
  project: null,
  createdAt: '2026-11-21T06:00:00.000Z',
  startedAt: null,
  finishedAt: null,
  progress: { phase: 'build', step: null, done: 0, total: 0 },
  links: {
    self: '/build-verify/b1',
    report: '/build-verify/b1/report',
    events: '/build-verify/b1/events',
    log: '/build-verify/b1/log',
  },
};

const health: Health = {
  status: 'degraded',
  version: '0.1.0',
  database: { status: 'ok', detail: '' },
  disk: { status: 'ok', detail: '' },
  sweep: null,
  engine: { status: 'down', version: null, detail: 'No worker has been seen lately.' },
  queue: { queued: 0, running: 0, limit: 100, bytes: 0, bytesLimit: 10_000 },
};

const worker: Worker = {
  ...{ id: 'drydock-1', state: 'alive', lastSeenAt: build.createdAt },
  ...{ engine: '28.5.2', problem: '', concurrency: 2, running: 1 },
};

const entry: HistoryEntry = {
  ...{ id: 'a1', kind: 'analysis', createdAt: '2026-11-21T06:00:00.000Z' },
  ...{ verdict: 'ready', score: 94, toolVersion: '0.1.0' },
};

/** What a use case was asked, with the archive read to its end. */
type Asked =
  | { readonly use: 'analyzeDockerfile'; readonly input: Omit<AnalyzeInput, 'access'> }
  | {
      readonly use: 'analyzeContext';
      readonly input: Omit<AnalyzeContextInput, 'archive' | 'access'>;
      readonly archive: Buffer;
    }
  | {
      readonly use: 'builds';
      readonly filter: BuildFilter;
      readonly before: string | undefined;
      readonly limit: number;
    }
  | {
      readonly use: 'submit';
      readonly options: BuildOptions;
      readonly key: string | undefined;
      readonly archive: Buffer;
    };

/** By whom it comes is the business of other tests. */
function withoutAccess<T extends { readonly access: unknown; readonly requestId?: unknown }>(
  input: T,
): Omit<T, 'access' | 'requestId'> {
  const { access: _, requestId: __, ...rest } = input;
  return rest;
}

/** What a test may change. */
export interface Changes {
  readonly useCases?: Partial<AppNeeds['useCases']>;
  readonly limits?: AppNeeds['limits'];
  readonly tokens?: ReadonlyMap<string, string>;
  /** Instead of them: a file that changes. */
  readonly holders?: () => Holders;
  /** What stands behind each token of the file. */
  readonly limitsOf?: string;
  readonly ratePerMinute?: number;
  readonly isStopping?: () => boolean;
}

/** The service, what its use cases were asked, and what it logged. */
export interface Faked {
  readonly app: FastifyInstance;
  readonly asked: readonly Asked[];
  /** What was counted of each request. */
  readonly counted: readonly Parameters<AppNeeds['metrics']['requestAnswered']>[0][];
  readonly log: () => string;
  /** Its lines at info and above. */
  readonly lines: () => readonly Record<string, unknown>[];
}

async function all(archive: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The chunks of what a build was submitted with. */
export async function* chunksOf(
  upload: Parameters<AppNeeds['useCases']['submitBuild']['submit']>[0],
): AsyncGenerator<Buffer> {
  if ('dockerfile' in upload) yield upload.dockerfile;
  // A request yields Buffers.
  else for await (const chunk of upload) yield chunk as Buffer;
}

/** `b1` waits, `b2` has failed. */
function knownBuild(id: string): Build | undefined {
  if (id === 'b1') return build;
  if (id !== 'b2') return undefined;
  return { ...build, id, state: 'failed', progress: null, verdict: 'not-ready', finishedAt: build.createdAt };
}

const events: readonly BuildEvent[] = (['queued', 'building', 'failed'] as const).map((state, index) => ({
  seq: index + 1,
  at: build.createdAt,
  attempt: 1,
  state,
}));

const printed = Buffer.from('#1 [1/2] FROM busybox\n#1 CACHED\n');

/** The log of every build. */
export const logs = {
  sizeOf: async (): Promise<number> => printed.length,
  read: async function* (_: string, from: number, to: number): AsyncGenerator<Buffer> {
    if (to > from) yield printed.subarray(from, to);
  },
};

function holdersOf(given: ReadonlyMap<string, string>, limits: string): () => Holders {
  const holders = parseTokens([...given].map(([name, token]) => `${name} ${token} ${limits}`).join('\n'));
  return () => holders;
}

function missing(id: string): never {
  throw new AppError('not-found', `There is nothing called ${id}.`);
}

/** Makes the service. Ids that the fake store knows: analysis `a1`, webhook `w1`, builds `b1` (queued), `b2` (failed, with a report). */
export async function fakeApp(changes: Changes = {}): Promise<Faked> {
  const asked: Asked[] = [];
  const counted: Faked['counted'][number][] = [];
  let log = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      log += String(chunk);
      done();
    },
  });
  const app = await makeApp({
    useCases: {
      analyzeDockerfile: async (input) => {
        asked.push({ use: 'analyzeDockerfile', input: withoutAccess(input) });
        return analysis;
      },
      analyzeContext: async ({ archive, ...input }) => {
        asked.push({ use: 'analyzeContext', input: withoutAccess(input), archive: await all(archive) });
        return analysis;
      },
      submitBuild: {
        check: async () => {},
        submit: async (archive, options, { key }) => {
          asked.push({
            use: 'submit',
            options,
            key,
            archive: await all(chunksOf(archive)),
          });
          return { build, isRepeated: key === 'again' };
        },
      },
      lookUp: {
        analysis: async (id) => (id === 'a1' ? analysis : missing(id)),
        build: async (id) => knownBuild(id) ?? missing(id),
        builds: async (filter, before, limit) => {
          asked.push({ use: 'builds', filter, before, limit });
          return { builds: [build], hasMore: before === undefined };
        },
        buildReport: async (id) => {
          if (id === 'b2') return verification;
          if (id !== 'b1') return missing(id);
          throw new AppError('report-not-ready', 'The build is queued.', { retryAfterSeconds: 2 });
        },
        buildLog: async (id) => {
          const { finishedAt } = knownBuild(id) ?? missing(id);
          return { bytes: printed.length, isWhole: finishedAt !== null, read: (from, to) => logs.read(id, from, to) };
        },
      },
      followBuild: makeFollowBuild({
        logs,
        store: {
          build: async (id) => knownBuild(id),
          buildEvents: async (_, after) => events.filter(({ seq }) => seq > after),
        },
        clock: { elapsed: () => performance.now() },
      }),
      cancelBuild: async (id) =>
        id === 'b1' ? { ...build, state: 'cancelled' } : id === 'b2' ? undefined : missing(id),
      checkHealth: async () => health,
      projects: {
        all: async () => [
          {
            name: 'shop/api',
            reports: 2,
            latest: entry,
            links: { self: '/projects/shop%2Fapi', badge: '/projects/shop%2Fapi/badge.svg' },
          },
        ],
        history: async (name, before) =>
          name === 'shop/api' ? { reports: [entry], hasMore: before === undefined } : missing(name),
        latest: async (name) => (name === 'shop/api' ? entry : undefined),
        compare: async (base, head) =>
          base === 'a1' && head === 'b2' ? compareReports(analysis, verification) : missing(base),
      },
      webhooks,
      tellMetrics: async () => ({ mediaType: 'text/plain; version=0.0.4; charset=utf-8', text: 'up 1\n' }),
      listWorkers: async () => [worker],
      listChecks: makeListChecks({ operatorPolicy: undefined }),
      ...changes.useCases,
    },
    limits: changes.limits ?? limits,
    tokens: changes.tokens === undefined ? changes.holders : holdersOf(changes.tokens, changes.limitsOf ?? ''),
    metrics: { requestAnswered: (one) => void counted.push(one) },
    page: makePageLoader(new URL('../../src/compose.ts', import.meta.url).href),
    ratePerMinute: changes.ratePerMinute ?? 1000,
    version: '0.1.0',
    logger: pino({ level: 'debug' }, stream),
    isStopping: changes.isStopping ?? (() => false),
  });
  return {
    app,
    asked,
    counted,
    log: () => log,
    lines: () =>
      log
        .split('\n')
        .filter((line) => line !== '')
        .map((line): Record<string, unknown> => JSON.parse(line))
        .filter((line) => Number(line['level']) >= 30),
  };
}

/** One part of a form. */
export type Part = readonly [name: string, content: string | Buffer, more?: { filename?: string; type?: string }];

/** A multipart body, byte for byte as it goes over the wire. */
export function form(...parts: readonly Part[]): { payload: Buffer; headers: Record<string, string> } {
  const chunks = parts.flatMap(([name, content, more = {}]) => [
    Buffer.from(
      `--edge\r\nContent-Disposition: form-data; name="${name}"${more.filename === undefined ? '' : `; filename="${more.filename}"`}\r\n` +
        `${more.type === undefined ? '' : `Content-Type: ${more.type}\r\n`}\r\n`,
    ),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
  return {
    payload: Buffer.concat([...chunks, Buffer.from('--edge--\r\n')]),
    headers: { 'content-type': 'multipart/form-data; boundary=edge' },
  };
}
