/**
 * Asks the real docker client which files of a folder it would send to be built.
 *
 * With `DOCKER_BUILDKIT=0` the client itself applies the ignore file, by moby/patternmatcher, and uploads what is left. A
 * stand-in for the engine keeps that upload; nothing is built, so an answer takes a few hundredths of a second.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { homedir, tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';

/** What the client sends, or why it sends nothing. */
export type Sent = { readonly files: ReadonlySet<string> } | { readonly refused: string };

/** A client with its engine. End it with `close`. */
export interface ClassicBuilder {
  /** Writes the ignore file into the folder and asks what is sent of it. One question at a time. */
  readonly sent: (folder: string, ignoreFile: string) => Promise<Sent>;
  readonly close: () => void;
}

/** Starts the stand-in and finds the client. Throws when there is no client. */
export async function openClassicBuilder(): Promise<ClassicBuilder> {
  const client = findClient();
  // The path of a socket has at most 107 letters, so it cannot lie in a test's own folder.
  const home = mkdtempSync(join(tmpdir(), 'classic-'));
  const socket = join(home, 's');
  let upload: Buffer | undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('Api-Version', '1.50');
      response.setHeader('OSType', 'linux');
      if (request.url?.includes('/build') === true) upload = Buffer.concat(chunks);
      response.end(request.url?.includes('/_ping') === true ? 'OK' : '{}\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const env = { PATH: process.env['PATH'], HOME: home, DOCKER_BUILDKIT: '0', DOCKER_HOST: `unix://${socket}` };
  return {
    sent: async (folder, ignoreFile) => {
      writeFileSync(join(folder, '.dockerignore'), ignoreFile);
      upload = undefined;
      const said = await promisify(execFile)(client, ['build', '--quiet', folder], { env, timeout: 20_000 }).then(
        () => '',
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      // The stand-in gives no image, which the client may complain of once it has sent everything.
      return upload === undefined ? { refused: said } : { files: await filesOf(upload) };
    },
    close: () => {
      server.close();
      rmSync(home, { recursive: true });
    },
  };
}

async function filesOf(upload: Buffer): Promise<ReadonlySet<string>> {
  const files = new Set<string>();
  const reader = extract();
  reader.end(upload[0] === 0x1f ? gunzipSync(upload) : upload);
  for await (const entry of reader) {
    if (entry.header.type === 'file') files.add(entry.header.name);
    entry.resume();
  }
  return files;
}

/** The client that engine.sh would take: the one that came with its engine, else the machine's own. */
function findClient(): string {
  const ownHome =
    userInfo().uid === 0
      ? '/var/lib/drydock-engine'
      : join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'drydock-engine');
  const folders = [
    join(process.env['ENGINE_HOME'] ?? ownHome, 'bin'),
    ...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''),
  ];
  const client = folders.map((folder) => join(folder, 'docker')).find((path) => isExecutable(path));
  if (client === undefined) {
    throw new Error('this test needs a docker client: run `bash test/engine/engine.sh`, or put one on the PATH');
  }
  return client;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
