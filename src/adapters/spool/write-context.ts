/** Writes the entries of an upload into one plain tar, and says where everything lies. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { ArchiveEntry } from '../archive/read-archive.ts';
import { makeContents } from './contents.ts';
import type { PlacedEntry } from './contents.ts';
import { onDisk } from './on-disk.ts';
import { END_MARK, padding, tarHeader } from './tar-header.ts';

/** Contexts hold thousands of small files: their headers and data go to the disk together, block by block. */
const FLUSH_BYTES = 256 * 1024;

/** What was written. */
export interface WrittenContext {
  readonly placed: readonly PlacedEntry[];
  readonly sizeBytes: number;
  /** SHA-256 of what the entries are and hold, in hex; when they were written last is no part of it. */
  readonly digest: string;
}

/**
 * Writes a new file at `path`, readable by its owner only, and waits until it is on the disk.
 * Throws what `entries` and `grow` throw, AppError `archive-unsafe` and `storage-unavailable`; the file then stays for the caller to remove.
 */
export async function writeContext(
  path: string,
  entries: AsyncIterable<ArchiveEntry>,
  grow: (bytes: number) => void,
): Promise<WrittenContext> {
  const file = await onDisk(open(path, 'wx', 0o600));
  try {
    const tar = makeAppender(file, grow);
    const contents = makeContents();
    const hash = createHash('sha256');
    for await (const { body, ...read } of entries) {
      const { entry, sharedData } = contents.resolve(read);
      const { path: name, type, mode, sizeBytes, linkTarget } = entry;
      hash.update(JSON.stringify([name, type, mode, sizeBytes, linkTarget]));
      const start = tar.offset();
      await tar.append(tarHeader(entry));
      const data = tar.offset();
      if (entry.type === 'file') {
        for await (const chunk of body) {
          hash.update(chunk);
          await tar.append(chunk);
        }
        await tar.append(padding(entry.sizeBytes));
      }
      contents.add({ ...entry, start, data: sharedData ?? data, end: tar.offset() });
    }
    const placed = contents.finish();
    await tar.append(END_MARK);
    await tar.flush();
    await onDisk(file.sync());
    return { placed, sizeBytes: tar.offset(), digest: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

interface Appender {
  offset(): number;
  append(bytes: Buffer): Promise<void>;
  flush(): Promise<void>;
}

function makeAppender(file: FileHandle, grow: (bytes: number) => void): Appender {
  /** One block for all that is written: a new one each time would be a gigabyte of garbage for a gigabyte of context. */
  const block = Buffer.allocUnsafeSlow(FLUSH_BYTES);
  let offset = 0;
  let filled = 0;
  const flush = async (): Promise<void> => {
    // writeFile on a handle goes on where the last write ended, and writes all of it.
    await onDisk(file.writeFile(block.subarray(0, filled)));
    filled = 0;
  };
  return {
    offset: () => offset,
    append: async (bytes) => {
      grow(bytes.length);
      offset += bytes.length;
      for (let at = 0; at < bytes.length;) {
        const copied = bytes.copy(block, filled, at);
        at += copied;
        filled += copied;
        if (filled === block.length) await flush();
      }
    },
    flush,
  };
}
