/**
 * What a large context does to the service: how much more memory it holds at the most, and how fast it takes the context in, beside a bare
 * server that pipes the same bytes into a file (disk-yardstick.ts). The context is made while it is sent and is nowhere in whole but in
 * the spool, which removes it.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { median, post, startDrydock, startServed } from './served.ts';
import type { Served } from './served.ts';

const MB = 1e6;
/** What it may hold more than before. */
const AIM_MB = 80;

/** A body and where it goes. */
interface Way {
  readonly path: string;
  readonly type: string;
  readonly body: (megabytes: number) => Readable;
}

const BOUNDARY = 'drydock-bench-boundary';
const ways: Readonly<Record<string, Way>> = {
  tar: { path: '/analyze?store=false', type: 'application/x-tar', body: context },
  'tar.gz': {
    path: '/analyze?store=false',
    type: 'application/gzip',
    body: (megabytes) => context(megabytes).pipe(createGzip({ level: 1 })),
  },
  form: {
    path: '/analyze?store=false',
    type: `multipart/form-data; boundary=${BOUNDARY}`,
    body: (megabytes) => Readable.from(form(megabytes), { objectMode: false }),
  },
  build: { path: '/build-verify?profile=job', type: 'application/x-tar', body: context },
};

interface Told {
  readonly seconds: number;
  readonly cpuMs: number;
  readonly sentBytes: number;
  readonly movedBytes: number;
}

/** `npm run bench upload -- [--megabytes N] [--rounds N] [--only tar]` */
export async function run(args: readonly string[]): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      megabytes: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '1' },
      only: { type: 'string' },
    },
  });
  const [megabytes, rounds] = [Number(values.megabytes), Number(values.rounds)];
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
  const told: Record<string, { readonly drydock: Told[]; readonly yardstick: Told[] }> = {};
  try {
    for (const [name, way] of Object.entries(ways))
      if (values.only === undefined || values.only === name)
        told[name] = await measured(way, join(folder, name), megabytes, rounds);
    console.log(`a context of ${megabytes} MB, ${rounds} rounds, node ${process.version}\n`);
    console.log('           MB sent   MB/s   of yardstick   its processor time   memory moved, MB');
    const result: Record<string, unknown> = {};
    for (const [name, { drydock: ours, yardstick: bare }] of Object.entries(told)) {
      const middle = (rows: readonly Told[], of: (one: Told) => number): number => median(rows.map(of));
      const speed = middle(ours, ({ sentBytes, seconds }) => sentBytes / MB / seconds);
      const bareSpeed = middle(bare, ({ sentBytes, seconds }) => sentBytes / MB / seconds);
      const cpu = middle(ours, ({ cpuMs }) => cpuMs) / middle(bare, ({ cpuMs }) => cpuMs);
      const moved = Math.max(...ours.map(({ movedBytes }) => movedBytes)) / MB;
      const sent = middle(ours, ({ sentBytes }) => sentBytes) / MB;
      result[name] = {
        megabytesSent: sent,
        megabytesPerSecond: speed,
        ofYardstick: speed / bareSpeed,
        cpuOfYardstick: cpu,
        movedMb: moved,
      };
      const cells = [sent.toFixed(0).padStart(7), speed.toFixed(0).padStart(6)];
      console.log(
        `${name.padEnd(10)} ${cells.join(' ')} ${`${((100 * speed) / bareSpeed).toFixed(0)} %`.padStart(14)} ${`${cpu.toFixed(1)} times`.padStart(20)} ${moved.toFixed(0).padStart(18)}`,
      );
    }
    console.log(`\nmemory moved, aim: less than ${AIM_MB} MB`);
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** On a service of its own each: what one upload has made of its memory, the next would find there. */
async function measured(
  way: Way,
  folder: string,
  megabytes: number,
  rounds: number,
): Promise<{ readonly drydock: Told[]; readonly yardstick: Told[] }> {
  const told = { drydock: [] as Told[], yardstick: [] as Told[] };
  mkdirSync(folder);
  const most = String(Math.ceil(megabytes * 1.1 * MB) + 64 * MB);
  for (let round = 0; round < rounds; round += 1) {
    const drydock = await startDrydock({
      DRYDOCK_DATA_DIR: folder,
      DRYDOCK_MAX_UPLOAD_BYTES: most,
      DRYDOCK_MAX_EXPANDED_BYTES: most,
      DRYDOCK_QUEUE_BYTES: String(Number(most) * 10),
      SOAK_WORLD: join(folder, 'world'),
    });
    const yardstick = await startServed('disk-yardstick.ts', { DRYDOCK_DATA_DIR: folder });
    try {
      // A small one first, so that what is loaded at the first use is there.
      for (const server of [yardstick, drydock]) await send(server, way, 1);
      told.yardstick.push(await send(yardstick, way, megabytes));
      told.drydock.push(await send(drydock, way, megabytes));
    } finally {
      await Promise.all([drydock.stop(), yardstick.stop()]);
    }
  }
  return told;
}

async function send(server: Served, { path, type, body }: Way, megabytes: number): Promise<Told> {
  let sentBytes = 0;
  const counted = body(megabytes)
    .on('data', (chunk: Buffer) => (sentBytes += chunk.length))
    .pause();
  const before = await server.usage();
  server.peakRssBytes();
  const begun = performance.now();
  await post(server.url + path, { 'content-type': type }, counted);
  const seconds = (performance.now() - begun) / 1000;
  const { cpuMs } = await server.usage();
  return {
    seconds,
    cpuMs: cpuMs - before.cpuMs,
    sentBytes,
    movedBytes: Math.max(0, server.peakRssBytes() - before.rssBytes),
  };
}

/** Half of it is noise, so that it can be packed to about half. */
const BLOCK = Buffer.concat([randomBytes(32 * 1024), Buffer.alloc(32 * 1024, 'a line of some file of some project\n')]);
const SIZES = [4, 64, 1024, 16 * 1024].map((kilobytes) => kilobytes * 1024);

/** A project of so many megabytes: small files and large ones, and a Dockerfile. */
function context(megabytes: number): Readable {
  const tar = pack();
  const fill = async (): Promise<void> => {
    tar.entry(
      { name: 'Dockerfile' },
      'FROM python:3.12-slim\nCOPY . /srv\nUSER 1001\nCMD ["python", "/srv/service.py"]\n',
    );
    let left = megabytes * MB;
    for (let n = 0; left > 0; n += 1) {
      const size = Math.min(SIZES[n % SIZES.length] ?? 0, left);
      const entry = tar.entry({ name: `src/part${n % 40}/file${n}.dat`, size });
      for (let at = 0; at < size; at += BLOCK.length) {
        if (!entry.write(BLOCK.subarray(0, Math.min(BLOCK.length, size - at)))) await once(entry, 'drain');
      }
      entry.end(undefined);
      left -= size;
    }
    tar.finalize();
  };
  fill().catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
  // What a tar-stream makes is no stream of Node's own.
  return Readable.from(tar, { objectMode: false });
}

async function* form(megabytes: number): AsyncGenerator<Buffer> {
  yield Buffer.from(
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="context"; filename="context.tar"\r\ncontent-type: application/x-tar\r\n\r\n`,
  );
  for await (const chunk of context(megabytes)) yield chunk as Buffer; // made of buffers
  yield Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
}
