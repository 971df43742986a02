/** Archives for tests: honest ones by tar-stream's packer, dishonest ones by changing their bytes. */
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { Header } from 'tar-stream';
import { borrow } from '../../../src/adapters/archive/borrow.ts';
import type { ArchiveLimits } from '../../../src/adapters/archive/limits.ts';
import { readArchive } from '../../../src/adapters/archive/read-archive.ts';
import { AppError } from '../../../src/use-cases/errors.ts';
import type { SpooledEntry } from '../../../src/use-cases/ports.ts';

/** Limits that nothing honest in a test meets. */
export const roomy: ArchiveLimits = {
  maxUploadBytes: 64 * 1024 * 1024,
  maxExpandedBytes: 64 * 1024 * 1024,
  maxEntries: 10_000,
  maxPathBytes: 4096,
};

/** One entry: its name or header, and its content. */
export type Packed = readonly [entry: string | (Partial<Header> & Pick<Header, 'name'>), content?: string | Buffer];

/** A tar of these entries, with its end mark. */
export async function tarOf(entries: readonly Packed[]): Promise<Buffer> {
  const packer = pack();
  for (const [entry, content = ''] of entries) {
    packer.entry(typeof entry === 'string' ? { name: entry } : entry, content);
  }
  packer.finalize();
  const chunks: Buffer[] = [];
  // The packer gives buffers.
  for await (const chunk of packer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The same tar with bytes of the header at `offset` written over, and a checksum that is right again. */
export function withHeader(
  tar: Buffer,
  offset: number,
  changes: readonly (readonly [at: number, bytes: string])[],
): Buffer {
  const changed = Buffer.from(tar);
  for (const [at, bytes] of changes) changed.write(bytes, offset + at, 'latin1');
  changed.write(' '.repeat(8), offset + 148);
  const sum = changed.subarray(offset, offset + 512).reduce((total, byte) => total + byte, 0);
  changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, offset + 148);
  return changed;
}

/** These bytes as a stream, in chunks of `size`. */
export function streamOf(bytes: Buffer, size = 64 * 1024): Readable {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return Readable.from(chunks);
}

/** An entry with its whole content. */
export type Read = SpooledEntry & { readonly content: string };

/** Reads an archive as the spool does, with the contents in memory. */
export async function readAll(archive: Buffer | Readable, limits = roomy): Promise<readonly Read[]> {
  const all: Read[] = [];
  const stream = archive instanceof Readable ? archive : streamOf(archive);
  for await (const { body, ...entry } of readArchive(borrow(stream), limits)) {
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk);
    all.push({ ...entry, content: Buffer.concat(chunks).toString() });
  }
  return all;
}

/** The refusal of an archive; `undefined` when it was taken. */
export async function refusal(archive: Buffer | Readable, limits = roomy): Promise<AppError | undefined> {
  try {
    await readAll(archive, limits);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** One entry byte by byte, with nothing right that is not asked for: its header with a right checksum, its data in whole blocks. */
export function rawEntry(
  type: string,
  name: string,
  data: string | Buffer = '',
  more: { readonly size?: string; readonly link?: string } = {},
): Buffer {
  const bytes = Buffer.from(data);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100, 'latin1');
  header.write(['0000644', '0000000', '0000000', ''].join('\x00'), 100, 'latin1');
  header.write(more.size ?? bytes.length.toString(8).padStart(11, '0'), 124, 12, 'latin1');
  header.write('00000000000\0', 136, 'latin1');
  header.write(type, 156);
  header.write(more.link ?? '', 157, 100, 'latin1');
  header.write('ustar\x0000', 257);
  const padded = Buffer.alloc(Math.ceil(bytes.length / 512) * 512);
  bytes.copy(padded);
  return Buffer.concat([withHeader(header, 0, []), padded]);
}

/** Records of an extended header. */
export function paxRecords(records: Readonly<Record<string, string>>): string {
  return Object.entries(records)
    .map(([key, value]) => {
      const rest = Buffer.byteLength(` ${key}=${value}\n`);
      const guess = rest + String(rest).length;
      return `${rest + String(guess).length} ${key}=${value}\n`;
    })
    .join('');
}

/** These blocks, and the mark that ends a tar. */
export function rawTar(...blocks: readonly Buffer[]): Buffer {
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
