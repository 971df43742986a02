/**
 * How long a verification takes beside its critical path: build, image pass, slowest run, stop and second build, none of which can be
 * left out. Parts that go side by side slow each other down, so the same is done once more with one thing at a time; and then the
 * steps one after another by a shell script and the docker command (verify.sh). All take turns on the same engine, and of each the
 * fastest round counts: what is slower was somebody else's doing.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { pack } from 'tar-stream';
import { dockerConnection } from '../../src/adapters/docker/connection.ts';
import { makeDockerEngine } from '../../src/adapters/docker/engine.ts';
import { openKeyFile } from '../../src/adapters/seal/key-file.ts';
import { makeDiskLogs } from '../../src/adapters/logs/disk-logs.ts';
import { makeDiskSpool } from '../../src/adapters/spool/disk-spool.ts';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import { makeThinker } from '../../src/adapters/threads/thinker.ts';
import { readConfig } from '../../src/config.ts';
import { threadFile } from '../../src/thread.ts';
import { everybody } from '../../src/use-cases/access.ts';
import { makeAnalyzeDockerfile } from '../../src/use-cases/analyze-dockerfile.ts';
import type { Engine } from '../../src/use-cases/engine-port.ts';
import type { Clock, Log } from '../../src/use-cases/ports.ts';
import { makeQueue } from '../../src/use-cases/queue-room.ts';
import { traceOf } from '../../src/use-cases/origin.ts';
import { makeRunBuild } from '../../src/use-cases/run-build.ts';
import { makeSubmitBuild } from '../../src/use-cases/submit-build.ts';

const silent = (): void => undefined;
const complain = (fields: object, message: string): void => console.error(message, fields);
const log: Log = { debug: silent, info: silent, warn: complain, error: complain };
const clock: Clock = {
  now: () => new Date().toISOString(),
  elapsed: () => performance.now(),
  newId: () => randomUUID(),
};

/** Milliseconds. */
type Parts = Map<string, number>;
const CRITICAL = ['build', 'image pass', 'slowest run', 'stop', 'second build'] as const;

/** `npm run bench verify -- [--context DIR] [--rounds N]` */
export async function run(args: readonly string[]): Promise<object | undefined> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      context: { type: 'string', default: 'examples/python-service' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const rounds = Number(values.rounds);
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
  try {
    const verify = await verifier(folder);
    const columns: readonly (readonly [string, () => Parts | Promise<Parts>, Parts[]])[] = [
      ['Drydock', () => verify(values.context, sideBySide), []],
      ['in turn', () => verify(values.context, oneByOne()), []],
      ['by hand', () => byHand(values.context), []],
    ];
    for (let round = 0; round < rounds; round++) {
      for (const [, measure, seen] of columns) seen.push(await measure());
    }
    const [ours, inTurn, theirs] = columns.map(([, , seen]) => fastest(seen));
    if (ours === undefined || inTurn === undefined || theirs === undefined) return undefined;
    console.log(`${values.context}, fastest of ${rounds} rounds\n`);
    console.log('seconds'.padEnd(20) + columns.map(([name]) => name.padStart(10)).join(''));
    for (const name of inTurn.keys()) {
      console.log(name.padEnd(20) + [ours, inTurn, theirs].map((parts) => cell(parts.get(name))).join(''));
    }
    const whole = ours.get('whole') ?? 0;
    const ratios = {
      'whole / critical path, as it went': whole / critical(ours),
      'whole / critical path, parts by turns': whole / critical(inTurn),
      'by hand / whole': (theirs.get('whole') ?? 0) / whole,
    };
    console.log('');
    for (const [name, ratio] of Object.entries(ratios)) console.log(`${name.padEnd(40)}${ratio.toFixed(2)}`);
    return ratios;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function critical(parts: Parts): number {
  return CRITICAL.reduce((sum, name) => sum + (parts.get(name) ?? 0), 0);
}

function fastest(rounds: readonly Parts[]): Parts {
  const sorted = rounds.toSorted((a, b) => (a.get('whole') ?? 0) - (b.get('whole') ?? 0));
  return sorted[0] ?? new Map();
}

function cell(ms: number | undefined): string {
  return (ms === undefined ? '' : (ms / 1000).toFixed(2)).padStart(10);
}

/** The way of a build through Drydock, from the upload to the last thing removed, with the engine's calls timed. */
async function verifier(folder: string): Promise<(context: string, turn: Turn) => Promise<Parts>> {
  const config = readConfig({ ...process.env, DRYDOCK_DATA_DIR: folder });
  const sealer = await openKeyFile(join(folder, 'key'));
  const store = await openSqliteStore({ path: join(folder, 'store'), sealer });
  const spool = await makeDiskSpool({
    folder: join(folder, 'spool'),
    limits: { maxUploadBytes: 1e8, maxExpandedBytes: 1e8, maxEntries: 1e4, maxPathBytes: 4096 },
    newId: () => clock.newId(),
  });
  const logs = await makeDiskLogs({ folder: join(folder, 'logs'), maxBytes: 1e7, log });
  const real = makeDockerEngine({ host: dockerConnection(config), instance: `bench-${randomUUID()}`, log, clock });
  const shared = { store, spool, clock, log, version: 'bench', maxDockerfileBytes: 1e6, operatorPolicy: undefined };
  const thinker = makeThinker({ threadFile, timeoutMs: 60_000, log });
  const analyzeDockerfile = makeAnalyzeDockerfile({ ...shared, thinker });
  const doorbell = { ring: silent };
  const submission = makeSubmitBuild({
    ...{ ...shared, doorbell, analyzeDockerfile, sealer, log: { info: silent } },
    queue: makeQueue({ store, room: { builds: 10, bytes: 1e9 }, concurrency: 1 }),
  });
  const { signal } = new AbortController();
  const { version: engine } = await real.describe(signal);
  return async (context, turn) => {
    await store.saveWorker({ id: 'bench', seenAt: clock.now(), engine, problem: '' });
    const parts: Parts = new Map();
    const runBuild = makeRunBuild({
      ...shared,
      thinker,
      engine: timed(real, parts, turn),
      buildTimeoutMs: 600_000,
      verificationTimeoutMs: 600_000,
      maxCrashes: 1,
      logs,
      metrics: { buildEnded: silent, engineLost: silent },
      registryLogins: {},
      surroundings: { proxies: {}, authorities: undefined },
    });
    const begun = clock.elapsed();
    const { build } = await submission.submit(
      contextOf(context),
      { noCache: true },
      { key: undefined, access: everybody, origin: { requestId: 'bench', trace: traceOf(undefined, undefined) } },
    );
    const claim = await store.claim(clock.now());
    if (claim === undefined) throw new Error('the build was not queued');
    await runBuild(claim, signal);
    parts.set('whole', clock.elapsed() - begun);
    const ended = await store.build(build.id);
    if (ended?.state !== 'passed') throw new Error(`not passed: ${JSON.stringify(ended)}`);
    return parts;
  };
}

/** Resolves when one may begin; what it hands out is called at the end. */
type Turn = () => Promise<() => void>;

const sideBySide: Turn = async () => silent;

function oneByOne(): Turn {
  let last: Promise<void> = Promise.resolve();
  return async () => {
    const before = last;
    const { promise, resolve } = Promise.withResolvers<void>();
    last = promise;
    await before;
    return resolve;
  };
}

/** The engine, with what takes time written down. A run lasts until it has been looked at, one of a variant until it is removed. */
function timed(engine: Engine, parts: Parts, turn: Turn): Engine {
  const took = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const end = await turn();
    const begun = clock.elapsed();
    const result = await work();
    parts.set(name, (parts.get(name) ?? 0) + clock.elapsed() - begun);
    end();
    return result;
  };
  return {
    ...engine,
    build: (request, signal) =>
      took(parts.has('build') ? 'second build' : 'build', () => engine.build(request, signal)),
    scan: (request, signal) => took('image pass', () => engine.scan(request, signal)),
    cleanUp: (buildId) => took('clean-up', () => engine.cleanUp(buildId)),
    run: async (request, signal) => {
      const end = await turn();
      const begun = clock.elapsed();
      const isVariant = request.variant !== undefined;
      const over = (): void => {
        const ms = clock.elapsed() - begun;
        const name = isVariant ? 'slowest variant' : 'ordinary run';
        parts.set(name, Math.max(parts.get(name) ?? 0, ms));
        parts.set('slowest run', Math.max(parts.get('slowest run') ?? 0, ms));
        end();
      };
      const made = await engine.run(request, signal);
      if (isVariant) return { ...made, discard: () => made.discard().finally(over) };
      // It stays up while all others take their turns.
      over();
      return { ...made, stop: () => took('stop', () => made.stop()) };
    },
  };
}

function contextOf(folder: string): Readable {
  const archive = pack();
  for (const name of readdirSync(folder)) archive.entry({ name, mode: 0o644 }, readFileSync(join(folder, name)));
  archive.finalize();
  return Readable.from(archive);
}

/** The same steps by the script, which prints a line `name milliseconds` for each. */
function byHand(context: string): Parts {
  const { status, stdout, stderr } = spawnSync('sh', [join(import.meta.dirname, 'verify.sh'), context], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`verify.sh ended with ${status}: ${stderr}`);
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1))] as const;
      }),
  );
}
