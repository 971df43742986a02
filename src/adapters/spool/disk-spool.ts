/**
 * The spool in a folder: `<id>.tar`, a plain tar of the context, and `<id>.json`, where everything lies in it. Both get
 * their names when they are complete, the index last: what has an index is whole. A zip lies beside them as `<id>.zip.part` while it
 * comes. Nothing is ever extracted.
 */
import { mkdir, open, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReceivedContext, Spool } from '../../use-cases/ports.ts';
import { borrow, peek } from '../archive/borrow.ts';
import type { ArchiveLimits } from '../archive/limits.ts';
import { readArchive } from '../archive/read-archive.ts';
import type { ArchiveEntry } from '../archive/read-archive.ts';
import { ZIP_MAGIC_BYTES, isZip } from '../archive/read-zip.ts';
import type { PlacedEntry } from './contents.ts';
import { onDisk } from './on-disk.ts';
import { makeSpooledContext } from './spooled-context.ts';
import { writeContext } from './write-context.ts';
import { readZipUpload } from './zip-on-disk.ts';

/** The file beside each tar. */
interface Index {
  readonly version: 1;
  readonly entries: readonly PlacedEntry[];
}

/** Ids become names of files, so only what `newId` makes passes. */
const ID = /^[\w-]{1,64}$/;
/** Everything this spool writes; a stranger's file in the folder stays. */
const OURS = /^([\w-]{1,64})\.(?:tar|json|zip)(?:\.part)?$/;

/** Makes a spool in `folder`, which is made, for its owner only, when it is not there. */
export async function makeDiskSpool(needs: {
  readonly folder: string;
  readonly limits: ArchiveLimits;
  readonly newId: () => string;
}): Promise<Spool> {
  const { folder, limits, newId } = needs;
  await onDisk(mkdir(folder, { recursive: true, mode: 0o700 }));
  const receiving = new Set<string>();
  const tarOf = (id: string): string => join(folder, `${id}.tar`);
  const indexOf = (id: string): string => join(folder, `${id}.json`);
  const zipOf = (id: string): string => join(folder, `${id}.zip`);

  const remove = async (id: string): Promise<void> => {
    if (!ID.test(id)) return;
    // The index goes first: without it there is no context any more, whatever happens next.
    for (const path of [indexOf(id), tarOf(id), zipOf(id)]) {
      await onDisk(rm(path, { force: true }));
      await onDisk(rm(`${path}.part`, { force: true }));
    }
  };

  const keep = async (
    entriesFor: (id: string) => AsyncIterable<ArchiveEntry>,
    grow: (bytes: number) => void = () => undefined,
  ): Promise<ReceivedContext> => {
    const id = newId();
    receiving.add(id);
    try {
      const { placed, sizeBytes, digest } = await writeContext(`${tarOf(id)}.part`, entriesFor(id), grow);
      const index: Index = { version: 1, entries: placed };
      await onDisk(writeFile(`${indexOf(id)}.part`, JSON.stringify(index), { flag: 'wx', mode: 0o600, flush: true }));
      await onDisk(rename(`${tarOf(id)}.part`, tarOf(id)));
      await onDisk(rename(`${indexOf(id)}.part`, indexOf(id)));
      await onDisk(syncFolder(folder));
      return { ...makeSpooledContext(id, tarOf(id), placed), sizeBytes, digest };
    } catch (error) {
      // The first error is the one to tell; what cannot be removed now is swept at the next start.
      await remove(id).catch(() => {});
      throw error;
    } finally {
      receiving.delete(id);
    }
  };

  return {
    receive: async (archive, grow) => {
      const upload = borrow(archive);
      try {
        const { head, upload: whole } = await peek(upload, ZIP_MAGIC_BYTES);
        return await keep(
          (id) => (isZip(head) ? readZipUpload(whole, `${zipOf(id)}.part`, limits) : readArchive(whole, limits)),
          grow,
        );
      } finally {
        upload.giveBack();
      }
    },
    keepFile: (path, bytes) => keep(() => oneFile(path, bytes)),
    open: async (id) => {
      if (!ID.test(id)) return undefined;
      const json = await onDisk(readIfThere(indexOf(id)));
      if (json === undefined) return undefined;
      // Only `keep` writes these files, and only from an Index.
      const { entries } = JSON.parse(json) as Index;
      return makeSpooledContext(id, tarOf(id), entries);
    },
    remove,
    sweep: async (wanted) => {
      const stays = new Set(wanted);
      const ids = new Set<string>();
      for (const name of await onDisk(readdir(folder))) {
        const id = OURS.exec(name)?.[1];
        if (id !== undefined && !stays.has(id) && !receiving.has(id)) ids.add(id);
      }
      for (const id of ids) await remove(id);
      return ids.size;
    },
    check: async () => {
      // A name that a sweep would take, should the process be killed before it is removed here.
      const path = `${tarOf(`check-${newId()}`)}.part`;
      // Only the folder itself: one above it that is gone may be put back, and nothing must lie in its place then.
      await onDisk(mkdir(folder, { mode: 0o700 }).catch(unlessThere));
      try {
        await onDisk(writeFile(path, Buffer.alloc(4096), { mode: 0o600 }));
      } finally {
        await onDisk(rm(path, { force: true }));
      }
    },
  };
}

async function* oneFile(path: string, bytes: Buffer): AsyncGenerator<ArchiveEntry> {
  const body = async function* (): AsyncGenerator<Buffer> {
    yield bytes;
  };
  // A fixed time: an upload that says none must not make the builder's cache miss.
  yield { path, type: 'file', sizeBytes: bytes.length, mode: 0o644, mtimeMs: 0, body: body() };
}

function unlessThere(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}

/** Makes the new names last through a power cut, as the database does with its rows. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
