/** A server as a child process that tells how much processor time it took and how much memory it holds: what http, upload and start measure. */
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { buffer } from 'node:stream/consumers';

/** What a child tells of itself. */
export interface Usage {
  /** Milliseconds of processor time since it began, of all its threads. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** A server that runs. */
export interface Served {
  readonly url: string;
  readonly usage: () => Promise<Usage>;
  /** The most memory that it held since the last time this was asked. Source: proc(5), VmHWM and clear_refs. */
  readonly peakRssBytes: () => number;
  readonly stop: () => Promise<void>;
}

/** For the child: answers the question for its usage, and says where it listens. */
export function answerUsage(url: string): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() } satisfies Usage);
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ url });
}

/** Starts the service, with the options of Node that `npm start` has. */
export async function startDrydock(env: Readonly<Record<string, string>>): Promise<Served> {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly scripts: { readonly start: string };
  };
  return await startServed(
    'drydock.ts',
    env,
    scripts.start.split(' ').filter((word) => word.startsWith('--')),
  );
}

/** Starts a program of this folder that calls `answerUsage`. What it writes is read and thrown away. Rejects when it ends instead. */
export async function startServed(
  program: string,
  env: Readonly<Record<string, string>> = {},
  execArgv: readonly string[] = [],
): Promise<Served> {
  const child = fork(new URL(program, import.meta.url), {
    execArgv: [...execArgv],
    env: { ...process.env, DRYDOCK_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  child.stdout?.resume();
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const told = async <T>(): Promise<T> =>
    await new Promise<T>((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`${program} ended with code ${code}`));
      child.once('exit', onExit);
      child.once('message', (message) => {
        child.off('exit', onExit);
        // Both sides are in this file.
        resolve(message as T);
      });
    });
  const { url } = await told<{ readonly url: string }>();
  return {
    url,
    usage: async () => {
      const answer = told<Usage>();
      child.send('usage');
      return await answer;
    },
    peakRssBytes: () => {
      const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      writeFileSync(`/proc/${child.pid}/clear_refs`, '5');
      return Number(kilobytes) * 1024;
    },
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

const agent = new Agent({ keepAlive: true });

/** A POST on a connection that is kept; throws for any answer but a good one. */
export async function post(
  url: string,
  headers: OutgoingHttpHeaders,
  body: string | Readable,
): Promise<{ readonly bytes: number; readonly text: () => string }> {
  const asked = request(url, { agent, method: 'POST', headers });
  const answered = new Promise<Buffer>((resolve, reject) => {
    asked.once('error', reject);
    asked.once('response', (response) => {
      buffer(response).then((answer) => {
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve(answer);
        else reject(new Error(`${url} answered ${status}: ${answer.toString().slice(0, 500)}`));
      }, reject);
    });
  });
  if (typeof body === 'string') asked.end(body);
  else await Promise.race([pipeline(body, asked), answered]);
  const answer = await answered;
  return { bytes: answer.length, text: () => answer.toString() };
}

/** Runs `work` for each number below `count`, so many at a time. */
export async function inTurns(count: number, atATime: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: atATime }, one));
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
