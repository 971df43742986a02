/** Logs of builds in a folder: one file for each, which only grows, so that a reader can go on where it was. */
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildLogs, Log, LogWriter } from '../../use-cases/ports.ts';

/** Ids become names of files, so only what Clock.newId makes passes. */
const ID = /^[\w-]{1,64}$/;
const OURS = /^([\w-]{1,64})\.log$/;
const CHUNK_BYTES = 64 * 1024;
/** What has gathered is written together. */
const FLUSH_MS = 100;
const CUT = '\n-- The log has reached its limit (DRYDOCK_MAX_LOG_BYTES); what follows is not kept.\n';

/** Keeps logs in `folder`, which is made, for its owner only, when it is not there. */
export async function makeDiskLogs(needs: {
  readonly folder: string;
  /** Most that is kept of one build, over all its attempts. */
  readonly maxBytes: number;
  readonly log: Log;
}): Promise<BuildLogs> {
  const { folder, maxBytes, log } = needs;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pathOf = (id: string): string => join(folder, `${id}.log`);
  const sizeOf = async (id: string): Promise<number> =>
    ID.test(id) ? await stat(pathOf(id)).then(({ size }) => size, absent(0)) : 0;
  return {
    sizeOf,
    write: (id) => writer({ path: pathOf(id), id, maxBytes, log }),
    read: async function* (id, from, to) {
      if (!ID.test(id)) return;
      const file = await open(pathOf(id), 'r').catch(absent(undefined));
      if (file === undefined) return;
      try {
        yield* stretch(file, from, to);
      } finally {
        await file.close();
      }
    },
    remove: async (id) => {
      if (ID.test(id)) await rm(pathOf(id), { force: true });
    },
    all: async () => {
      const ids = (await readdir(folder)).flatMap((name) => OURS.exec(name)?.[1] ?? []);
      return await Promise.all(ids.map(async (id) => ({ id, bytes: await sizeOf(id) })));
    },
  };
}

/** Writes in the order in which it is told, a moment later. A log is a courtesy: where it cannot be written, that is said once. */
function writer(needs: {
  readonly path: string;
  readonly id: string;
  readonly maxBytes: number;
  readonly log: Log;
}): LogWriter {
  const { path, id, maxBytes, log } = needs;
  let waiting = '';
  let left: number | undefined;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const append = async (text: string): Promise<void> => {
    const file = await open(path, 'a', 0o600);
    try {
      left ??= maxBytes - (await file.stat()).size;
      const bytes = Buffer.from(text);
      isOver = bytes.length > left;
      await file.appendFile(isOver ? Buffer.concat([bytes.subarray(0, Math.max(0, left)), Buffer.from(CUT)]) : bytes);
      left -= bytes.length;
    } finally {
      await file.close();
    }
  };
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const text = waiting;
    waiting = '';
    if (text === '') return;
    writing = writing
      .then(async () => {
        if (!isOver) await append(text);
      })
      .catch((err: unknown) => {
        isOver = true;
        log.warn({ buildId: id, err }, 'log of a build not written');
      });
  };
  return {
    line: (text) => {
      if (isOver) return;
      waiting += `${text}\n`;
      if (waiting.length >= CHUNK_BYTES) flush();
      else timer ??= setTimeout(flush, FLUSH_MS);
    },
    close: async () => {
      flush();
      await writing;
    },
  };
}

async function* stretch(file: FileHandle, from: number, to: number): AsyncGenerator<Buffer> {
  for (let at = from; at < to;) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, to - at));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) return;
    yield chunk.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** What stands for a file that is not there; other errors stay errors. */
function absent<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return instead;
    throw error;
  };
}
