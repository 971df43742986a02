/** The service as a stranger runs it: `node src/main.ts` as a process of its own, on a free port, with a data folder of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { readdirSync } from 'node:fs';
import { pack } from 'tar-stream';
import { readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** A running service. */
export interface Service {
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything it logged so far. */
  readonly log: () => string;
  /** Sends a signal and answers the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts the service and waits until it listens. Rejects with its last words when it ends instead.
 * @param program  another one that serves (scripts/soak/service.ts)
 */
export async function startService(env: Readonly<Record<string, string>>, program = 'src/main.ts'): Promise<Service> {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, DRYDOCK_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      log += `${line}\n`;
      const listening = /Server listening at (http:\/\/[^"]+)/.exec(line)?.[1];
      if (listening !== undefined) resolve(listening);
    });
    void exited.then((code) => reject(new Error(`ended with code ${code}: ${log}`)));
  });
  return {
    url,
    process: child,
    log: () => log,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null) child.kill(signal);
      return await exited;
    },
  };
}

/** A folder as a gzipped tar, the way `tar -C FOLDER -cz .` makes it. */
export async function contextOf(folder: string): Promise<Buffer> {
  const archive = pack();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = `${folder}/${name}`;
    const stat = statSync(path);
    if (stat.isDirectory()) archive.entry({ name: `./${name}/`, type: 'directory', mode: 0o755 });
    else archive.entry({ name: `./${name}`, mode: stat.mode & 0o777 }, readFileSync(path));
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer); // a tar stream yields Buffers
  return gzipSync(Buffer.concat(chunks));
}
