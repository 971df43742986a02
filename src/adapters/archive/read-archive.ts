/**
 * An upload -> its entries, one after the other, none of them larger in memory than a chunk. Nothing touches the disk.
 * What an entry may be is decided here: see `entryOf`.
 */
import { pipeline } from 'node:stream/promises';
import type { Header } from 'tar-stream';
import { AppError } from '../../use-cases/errors.ts';
import type { SpooledEntry } from '../../use-cases/ports.ts';
import type { Borrowed } from './borrow.ts';
import { makeEndMark } from './end-mark.ts';
import type { EndMark } from './end-mark.ts';
import { entryPath, shown, unsafe } from './entry-path.ts';
import { expand } from './expand.ts';
import { MAX_NAMES_BYTES, expandsTooFar, namesTooLong, tooManyEntries } from './limits.ts';
import type { ArchiveLimits } from './limits.ts';
import { makeTarReader } from './tar-reader.ts';

/** One entry as it stands in the archive. */
export interface ArchiveEntry extends SpooledEntry {
  /** Its bytes: to be read, if at all, before the next entry is asked for. Empty for all but files. */
  readonly body: AsyncIterable<Buffer>;
}

/**
 * The entries of an uploaded archive in their order; the same path may come several times, and then the last one counts.
 * Reads the upload to its end when all goes well; when not, it gives it back with the rest unread.
 * Throws AppError `archive-broken`, `archive-unsafe`, `upload-too-large`.
 */
export async function* readArchive(upload: Borrowed, limits: ArchiveLimits): AsyncGenerator<ArchiveEntry> {
  const endMark = makeEndMark();
  const tar = makeTarReader();
  const fed = pipeline(watched(expand(upload.chunks, limits), endMark), tar.stream);
  // Its error comes out of the loop as well, and is thrown from there.
  fed.catch(() => {});

  /** The error with its name: what stopped the bytes counts before what the reader says of their absence. */
  const named = async (error: unknown): Promise<AppError> => {
    // First, because the bytes may be waited for, and would be for ever.
    upload.giveBack();
    const reason = await fed.then(
      () => error,
      (first: unknown) => first,
    );
    if (error instanceof AppError) return error;
    if (reason instanceof AppError) return reason;
    const fault = tar.headerFault();
    return fault === undefined ? broken(entries, error) : malformed(entries, fault, error);
  };

  let entries = 0;
  let names = 0;
  let end = 0;
  try {
    for await (const source of tar.stream) {
      const size = paxOf(source.header)['size'] ?? '';
      // The reader takes what a number begins with (`1e3` is 1), and would go on in the middle of the file.
      if (!/^\d*$/.test(size)) throw noSize(source.header.name, size);
      // A damaged number comes as null, and the reader would then wait for the end of that entry for ever.
      if (!Number.isSafeInteger(source.header.size)) throw broken(entries, new Error('an entry has no size'));
      if (tar.isBehindEndMark()) throw goesOn(entries);
      entries += 1;
      if (entries > limits.maxEntries) throw tooManyEntries(limits);
      const entry = entryOf(source.header, limits);
      const forAll = tar.namedForAll();
      if (forAll !== undefined)
        throw unsafe(source.header.name, `comes behind a global header with ${forAll}: say it for each entry`);
      if (tar.isNamedTwice())
        throw unsafe(source.header.name, 'has two long names, or two targets, and readers differ on which one counts');
      if (tar.isParted())
        throw unsafe(
          source.header.name,
          'has a global header behind its extended one, and readers differ on whether that counts',
        );
      names += Buffer.byteLength(entry.path) + Buffer.byteLength(entry.linkTarget ?? '');
      if (names > MAX_NAMES_BYTES) throw namesTooLong();
      // Told by the header, so refused before the bytes come.
      if (entry.sizeBytes > limits.maxExpandedBytes) throw expandsTooFar(limits, entry.sizeBytes);
      end = endOf(source.header);
      // The root itself (`./`) says nothing.
      if (entry.path !== '') yield { ...entry, body: entry.type === 'file' ? bytesOf(source, named) : nothing() };
      source.resume();
    }
    await fed;
    if (!endMark.isBehind(end)) throw cutShort(entries);
  } catch (error) {
    throw await named(error);
  } finally {
    upload.giveBack();
  }
}

async function* watched(chunks: AsyncIterable<Buffer>, endMark: EndMark): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    endMark.see(chunk);
    yield chunk;
  }
}

/**
 * What an entry is. Refused is what a context has no use for and an engine may stumble over: devices, pipes, sparse files.
 *
 * A symbolic link may point anywhere, also to an absolute path or out of the context: virtual environments
 * (`bin/python3 -> /usr/bin/python3`) and monorepos hold such links, `docker build` takes them, and the engine keeps them as
 * they are and resolves them inside the image only. Here a link is a piece of text: nothing is extracted, the spool never
 * follows one out of the archive, and it refuses entries that lie below a link.
 */
function entryOf(header: Header, { maxPathBytes }: ArchiveLimits): SpooledEntry {
  const { name } = header;
  const path = entryPath(name, maxPathBytes);
  const type = typeOf(header);
  if (path === '' && type !== 'directory') throw unsafe(name, 'takes the place of the root folder');
  const mtimeMs = header.mtime.getTime();
  return {
    path,
    type,
    sizeBytes: type === 'file' ? header.size : 0,
    mode: header.mode & 0o7777,
    mtimeMs: mtimeMs > 0 ? mtimeMs : 0,
    ...(type === 'symlink' || type === 'hardlink' ? { linkTarget: targetOf(header, type, maxPathBytes) } : {}),
  };
}

function typeOf(header: Header): SpooledEntry['type'] {
  // The reader's types leave out that it answers null for a kind it does not know.
  const kind = header.type as Header['type'] | null;
  switch (kind) {
    case 'file':
    case 'contiguous-file':
      if (isSparse(header)) throw unsafe(header.name, 'is packed as a sparse file: pack without --sparse');
      // Tars from before POSIX mark a folder by its name only.
      return header.name.endsWith('/') ? 'directory' : 'file';
    case 'directory':
      return kind;
    case 'symlink':
    case 'link':
      // A builder goes on behind its header, this reader behind so many bytes.
      if (header.size > 0) throw unsafe(header.name, 'is a link with a size, and readers differ on what that means');
      return kind === 'link' ? 'hardlink' : kind;
    case 'block-device':
    case 'character-device':
      throw unsafe(header.name, 'is a device');
    case 'fifo':
      throw unsafe(header.name, 'is a named pipe');
    case null:
      throw unsafe(header.name, 'is neither a file nor a folder nor a link');
    default:
      kind satisfies never;
      throw unsafe(header.name, 'is of an unknown kind');
  }
}

function isSparse(header: Header): boolean {
  return Object.keys(paxOf(header)).some((key) => key.startsWith('GNU.sparse.'));
}

/** The records of its extended header. */
function paxOf({ pax }: Header): Readonly<Record<string, string>> {
  // The reader's types leave out that it answers null where there is none.
  return (pax as Readonly<Record<string, string>> | null | undefined) ?? {};
}

function targetOf(header: Header, type: 'symlink' | 'hardlink', maxPathBytes: number): string {
  // The reader's types leave out that it answers null where the field is empty.
  const target = (header.linkname as string | null) ?? '';
  if (type === 'hardlink') return entryPath(target, maxPathBytes);
  if (target === '') throw unsafe(header.name, 'is a link without a target');
  if (target.includes('\0') || target.includes('\uFFFD'))
    throw unsafe(header.name, 'is a link whose target is not text');
  const bytes = Buffer.byteLength(target);
  if (bytes > maxPathBytes) {
    throw unsafe(header.name, `is a link with a target of ${bytes} bytes; at most ${maxPathBytes} are taken`);
  }
  return target;
}

/** Offset in the tar where the data of an entry ends. */
function endOf(header: Header): number {
  // The reader sets it on every header and leaves it out of its types.
  const { byteOffset } = header as Header & { readonly byteOffset: number };
  return byteOffset + (header.type === 'directory' ? 0 : header.size);
}

async function* bytesOf(
  source: AsyncIterable<unknown>,
  named: (error: unknown) => Promise<AppError>,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of source) {
      // The reader hands on slices of the buffers that it was fed.
      yield chunk as Buffer;
    }
  } catch (error) {
    throw await named(error);
  }
}

async function* nothing(): AsyncGenerator<Buffer> {}

function noSize(name: string, size: string): AppError {
  return new AppError(
    'archive-broken',
    `The entry ${shown(name)} has the size ${shown(size)} in its extended header, which is no whole number of bytes. Pack it with another program.`,
  );
}

function malformed(entries: number, fault: string, cause: unknown): AppError {
  return new AppError(
    'archive-broken',
    `The header before entry ${entries + 1} of the archive ${fault}. A builder refuses that. Pack it with another program.`,
    { cause },
  );
}

function goesOn(entries: number): AppError {
  return new AppError(
    'archive-broken',
    `The archive goes on behind the mark that ends it, which stands behind its entry ${entries}. A builder would read up to there. Pack everything into one archive.`,
  );
}

function cutShort(entries: number): AppError {
  return new AppError(
    'archive-broken',
    `The archive stops behind its entry ${entries} without the mark that ends a tar, so it may have been cut short. Make it anew and send it whole.`,
  );
}

function broken(entries: number, cause: unknown): AppError {
  return new AppError(
    'archive-broken',
    entries === 0
      ? 'This is not a tar archive, plain or packed with gzip or zstd, and not a zip. Make one with: tar -C my-project -czf context.tgz .'
      : `The archive cannot be read behind its entry ${entries}: it is damaged or was cut short. Make it anew and send it whole.`,
    { cause },
  );
}
