/** A context that lies in the spool: its entries, the bytes of one file, and the tar for the engine. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { AppError } from '../../use-cases/errors.ts';
import type { SpooledContext, SpooledEntry } from '../../use-cases/ports.ts';
import { unsafe } from '../archive/entry-path.ts';
import { findFile } from './contents.ts';
import type { PlacedEntry } from './contents.ts';
import { diskFailed, onDisk } from './on-disk.ts';
import { END_MARK, padding, tarHeader } from './tar-header.ts';

const CHUNK_BYTES = 256 * 1024;

/** A stretch of the stored tar, or bytes that take the place of one. */
type Piece = { readonly from: number; readonly to: number } | { readonly bytes: Buffer };

/** Makes the context whose tar lies at `file`. Opens the file only while it reads. */
export function makeSpooledContext(id: string, file: string, entries: readonly PlacedEntry[]): SpooledContext {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  return {
    id,
    entries,
    read: async (path, maxBytes) => {
      const found = findFile(byPath, path);
      if (found === undefined) {
        const entry = byPath.get(path);
        if (entry?.type === 'symlink') throw unsafe(path, 'is a link that leads to no file of the archive');
        throw new Error('Asked for a file that the context does not have.');
      }
      if (found.sizeBytes > maxBytes) {
        throw new AppError(
          'upload-too-large',
          `The file ${found.path} of the archive has ${found.sizeBytes} bytes; at most ${maxBytes} are read of it.`,
        );
      }
      const handle = await onDisk(open(file, 'r'));
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of stretch(handle, found.data, found.data + found.sizeBytes)) chunks.push(chunk);
        return Buffer.concat(chunks);
      } finally {
        await handle.close();
      }
    },
    tar: (keep, replace) => Readable.from(bytesOf(file, piecesOf(entries, keep, replace)), { objectMode: false }),
  };
}

function piecesOf(
  entries: readonly PlacedEntry[],
  keep: (entry: SpooledEntry) => boolean,
  replace: ReadonlyMap<string, Buffer>,
): readonly Piece[] {
  const pieces: Piece[] = [];
  /** Where the data of each file lies that the reader of the tar has by now. */
  const sent = new Map<string, number>();
  const added = new Map(replace);
  for (const entry of entries) {
    const content = added.get(entry.path);
    if (content !== undefined) {
      added.delete(entry.path);
      const mode = entry.type === 'file' || entry.type === 'hardlink' ? entry.mode : 0o644;
      pieces.push({ bytes: fileBytes(entry.path, content, mode, entry.mtimeMs) });
      continue;
    }
    if (!keep(entry)) continue;
    if (entry.type !== 'hardlink' || sent.get(entry.linkTarget ?? '') === entry.data) {
      pieces.push({ from: entry.start, to: entry.end });
    } else {
      // Its other name was left out, replaced or overwritten: it becomes a file of its own.
      const { linkTarget: _, ...file } = entry;
      pieces.push(
        { bytes: tarHeader({ ...file, type: 'file' }) },
        { from: entry.data, to: entry.data + entry.sizeBytes },
        { bytes: padding(entry.sizeBytes) },
      );
    }
    if (entry.type === 'file' || entry.type === 'hardlink') sent.set(entry.path, entry.data);
  }
  for (const [path, content] of added) pieces.push({ bytes: fileBytes(path, content, 0o644, 0) });
  return [...pieces, { bytes: END_MARK }];
}

function fileBytes(path: string, content: Buffer, mode: number, mtimeMs: number): Buffer {
  const header = tarHeader({ path, type: 'file', sizeBytes: content.length, mode, mtimeMs });
  return Buffer.concat([header, content, padding(content.length)]);
}

async function* bytesOf(file: string, pieces: readonly Piece[]): AsyncGenerator<Buffer> {
  const handle = await onDisk(open(file, 'r'));
  try {
    for (const piece of merged(pieces)) {
      if ('bytes' in piece) yield piece.bytes;
      else yield* stretch(handle, piece.from, piece.to);
    }
  } finally {
    await handle.close();
  }
}

/** The same bytes in fewer pieces: neighbours in the stored tar, which most entries are, are read together. */
function merged(pieces: readonly Piece[]): readonly Piece[] {
  const fewer: Piece[] = [];
  for (const piece of pieces) {
    const last = fewer.at(-1);
    if ('from' in piece && last !== undefined && 'from' in last && last.to === piece.from) {
      fewer[fewer.length - 1] = { from: last.from, to: piece.to };
    } else fewer.push(piece);
  }
  return fewer;
}

async function* stretch(handle: FileHandle, from: number, to: number): AsyncGenerator<Buffer> {
  for (let at = from; at < to;) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, to - at));
    const { bytesRead } = await onDisk(handle.read(chunk, 0, chunk.length, at));
    if (bytesRead === 0) throw diskFailed(new Error('a spooled tar is shorter than its index says'));
    yield chunk.subarray(0, bytesRead);
    at += bytesRead;
  }
}
