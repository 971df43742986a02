/**
 * A zip that lies on the disk -> its entries, under the limits and refusals of read-archive.ts. A zip is read from its end, where it
 * says what it holds, so unlike a tar it has to lie somewhere first. Nothing is extracted.
 */
import { isUtf8 } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { getFileNameLowLevel, openPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { AppError } from '../../use-cases/errors.ts';
import type { SpooledEntry } from '../../use-cases/ports.ts';
import { BLOCK_BYTES } from './end-mark.ts';
import { entryPath, unsafe } from './entry-path.ts';
import { MAX_NAMES_BYTES, expandsTooFar, namesTooLong, tooManyEntries } from './limits.ts';
import type { ArchiveLimits } from './limits.ts';
import type { ArchiveEntry } from './read-archive.ts';

/** The first bytes of a zip, and of an empty one. */
const MAGICS = new Set(['504b0304', '504b0506']);
/** How many bytes `isZip` wants. */
export const ZIP_MAGIC_BYTES = 4;

/** Whether an upload that begins with these bytes is a zip. */
export function isZip(head: Buffer): boolean {
  return MAGICS.has(head.subarray(0, ZIP_MAGIC_BYTES).toString('hex'));
}

/** A zip that is open. */
export interface OpenZip {
  /** In the order of its list; the same path may come several times, and then the last one counts. To be asked for once. */
  readonly entries: AsyncGenerator<ArchiveEntry>;
  close(): void;
}

/** Opens it; the file may be removed afterwards. Throws AppError `archive-broken`; `entries` also `archive-unsafe`, `upload-too-large`. */
export async function openZip(path: string, limits: ArchiveLimits): Promise<OpenZip> {
  // Names come undecoded: the library refuses dangerous ones too, but without saying which.
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true };
  const zip = await openPromise(path, options).catch((error: unknown) => {
    throw broken(0, error);
  });
  return { entries: entriesOf(zip, limits), close: () => zip.close() };
}

async function* entriesOf(zip: ZipFile, limits: ArchiveLimits): AsyncGenerator<ArchiveEntry> {
  let entries = 0;
  let names = 0;
  let expanded = 0;
  if (zip.entryCount > limits.maxEntries) throw tooManyEntries(limits, zip.entryCount);
  try {
    for await (const source of zip.eachEntry()) {
      entries += 1;
      const name = nameOf(source);
      const path = entryPath(name, limits.maxPathBytes);
      const type = typeOf(source, name);
      if (path === '' && type !== 'directory') throw unsafe(name, 'takes the place of the root folder');
      if (type !== 'directory') refuseUnreadable(source, name);
      const size = source.uncompressedSize;
      // What it comes to as a tar. The library holds the bytes to the size that is told here.
      expanded += BLOCK_BYTES + (type === 'directory' ? 0 : Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES);
      if (expanded > limits.maxExpandedBytes) throw expandsTooFar(limits, expanded);
      const target = type === 'symlink' ? await targetOf(zip, source, name, limits) : undefined;
      names += Buffer.byteLength(path) + Buffer.byteLength(target ?? '');
      if (names > MAX_NAMES_BYTES) throw namesTooLong();
      if (path === '') continue;
      yield {
        path,
        type,
        sizeBytes: type === 'file' ? size : 0,
        mode: modeOf(source, type),
        mtimeMs: timeOf(source),
        ...(target === undefined ? {} : { linkTarget: target }),
        body: type === 'file' ? bytesOf(zip, source, name) : nothing(),
      };
    }
  } catch (error) {
    throw error instanceof AppError ? error : broken(entries, error);
  }
}

/** Marks a field with the name in UTF-8. Source: APPNOTE.TXT 4.6.9. */
const UNICODE_PATH = 0x7075;

/** Many packers write UTF-8 without marking it as such; what is UTF-8 by chance alone is too rare to count. */
function nameOf({ fileNameRaw, generalPurposeBitFlag, extraFields, versionMadeBy }: Entry): string {
  const isTold = extraFields.some(({ id }) => id === UNICODE_PATH);
  const name =
    !isTold && isUtf8(fileNameRaw)
      ? fileNameRaw.toString()
      : getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
  // Packers on Windows (FAT, NTFS) have written its separator, which zip does not know. Source: APPNOTE.TXT 4.4.2 and 4.4.17.
  return [0, 10].includes(versionMadeBy >> 8) ? name.replaceAll('\\', '/') : name;
}

const KIND = 0o170000;

/** The mode of Unix, where the packer knew one. */
function unixMode({ externalFileAttributes }: Entry): number {
  return externalFileAttributes >>> 16;
}

function typeOf(source: Entry, name: string): Exclude<SpooledEntry['type'], 'hardlink'> {
  switch (unixMode(source) & KIND) {
    case 0o120000:
      return 'symlink';
    case 0o040000:
      return 'directory';
    case 0o100000:
    case 0:
      return name.endsWith('/') ? 'directory' : 'file';
    case 0o060000:
    case 0o020000:
      throw unsafe(name, 'is a device');
    case 0o010000:
      throw unsafe(name, 'is a named pipe');
    default:
      throw unsafe(name, 'is neither a file nor a folder nor a link');
  }
}

function modeOf(source: Entry, type: SpooledEntry['type']): number {
  const mode = unixMode(source);
  return mode === 0 ? (type === 'directory' ? 0o755 : 0o644) : mode & 0o7777;
}

/** Times without a zone are taken for UTC: the same archive is the same context wherever it is read. */
function timeOf(source: Entry): number {
  const time = source.getLastModDate({ timezone: 'UTC' }).getTime();
  return time > 0 ? time : 0;
}

function refuseUnreadable(source: Entry, name: string): void {
  if (source.isEncrypted()) {
    throw unreadable(name, 'is encrypted. Pack it without a password.');
  }
  if (!source.canDecodeFileData()) {
    throw unreadable(
      name,
      `is packed by method ${source.compressionMethod}. What is read is deflate, or not packed at all.`,
    );
  }
}

async function targetOf(zip: ZipFile, source: Entry, name: string, { maxPathBytes }: ArchiveLimits): Promise<string> {
  if (source.uncompressedSize > maxPathBytes) {
    throw unsafe(
      name,
      `is a link with a target of ${source.uncompressedSize} bytes; at most ${maxPathBytes} are taken`,
    );
  }
  const chunks: Buffer[] = [];
  for await (const chunk of bytesOf(zip, source, name)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) throw unsafe(name, 'is a link without a target');
  if (!isUtf8(bytes) || bytes.includes(0)) throw unsafe(name, 'is a link whose target is not text');
  return bytes.toString();
}

/** The library counts the bytes; that they are the right ones only the checksum tells. */
async function* bytesOf(zip: ZipFile, source: Entry, name: string): AsyncGenerator<Buffer> {
  let sum = 0;
  try {
    for await (const chunk of await zip.openReadStreamPromise(source)) {
      // A stream of bytes.
      const bytes = chunk as Buffer;
      sum = crc32(bytes, sum);
      yield bytes;
    }
  } catch (error) {
    throw unreadable(name, 'is damaged. Make the archive anew and send it whole.', error);
  }
  if (sum !== source.crc32) throw unreadable(name, 'is damaged. Make the archive anew and send it whole.');
}

async function* nothing(): AsyncGenerator<Buffer> {}

/** `problem` goes on where "The entry <name>" ends, as in `unsafe`. */
function unreadable(name: string, problem: string, cause?: unknown): AppError {
  const { message } = unsafe(name, problem);
  return new AppError('archive-broken', message.replace(/\.\.$/, '.'), { cause });
}

function broken(entries: number, cause: unknown): AppError {
  return new AppError(
    'archive-broken',
    entries === 0
      ? 'The zip archive cannot be read: it is damaged or was cut short. Make it anew and send it whole.'
      : `The zip archive cannot be read behind its entry ${entries}: it is damaged or was cut short. Make it anew and send it whole.`,
    { cause },
  );
}
