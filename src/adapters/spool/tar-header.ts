/**
 * The bytes that stand before an entry's data in a tar: a POSIX header, with an extended one before it where a name does not
 * fit. Written here because the spool has to know the offset of every byte, which no packer tells.
 * Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block".
 */
import type { SpooledEntry } from '../../use-cases/ports.ts';
import { BLOCK_BYTES } from '../archive/end-mark.ts';

/** What ends a tar: two blocks of zeros. */
export const END_MARK: Buffer = Buffer.alloc(2 * BLOCK_BYTES);

const typeFlags = { file: '0', hardlink: '1', symlink: '2', directory: '5', extended: 'x' } as const;
const NAME_BYTES = 100;
/** What fits into eleven octal digits. */
const MAX_OCTAL = 8 ** 11 - 1;

/** Bytes that fill `length` bytes of data up to whole blocks. */
export function padding(length: number): Buffer {
  return Buffer.alloc((BLOCK_BYTES - (length % BLOCK_BYTES)) % BLOCK_BYTES);
}

/**
 * The header of an entry, owned by root: whole blocks, to be followed by the data of a file and its padding.
 * The owner of an upload says nothing in an image; extended attributes are not kept.
 */
export function tarHeader(entry: SpooledEntry): Buffer {
  const name = entry.type === 'directory' ? `${entry.path}/` : entry.path;
  const target = entry.linkTarget ?? '';
  const sizeBytes = entry.type === 'file' ? entry.sizeBytes : 0;
  const extended = Buffer.from(
    [
      fits(name) ? '' : record('path', name),
      fits(target) ? '' : record('linkpath', target),
      sizeBytes <= MAX_OCTAL ? '' : record('size', String(sizeBytes)),
    ].join(''),
  );
  const header = block(typeFlags[entry.type], name, target, sizeBytes, entry.mode, entry.mtimeMs);
  if (extended.length === 0) return header;
  return Buffer.concat([
    block(typeFlags.extended, 'PaxHeaders/entry', '', extended.length, 0o644, 0),
    extended,
    padding(extended.length),
    header,
  ]);
}

function block(flag: string, name: string, target: string, size: number, mode: number, mtimeMs: number): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES);
  // A longer name is cut here; who reads this header has read the extended one before.
  header.write(name, 0, NAME_BYTES);
  header.write(octal(mode & 0o7777, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(Math.min(size, MAX_OCTAL), 11), 124);
  header.write(octal(Math.min(Math.max(Math.floor(mtimeMs / 1000), 0), MAX_OCTAL), 11), 136);
  header.write(' '.repeat(8), 148);
  header.write(flag, 156);
  header.write(target, 157, NAME_BYTES);
  header.write('ustar\x0000', 257);
  // The checksum is the sum of all bytes, its own field counted as blanks.
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, 148);
  return header;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function fits(name: string): boolean {
  return name.length <= NAME_BYTES && /^[\x20-\x7e]*$/.test(name);
}

/** One `length key=value` line, where the length counts its own digits too. */
function record(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length += 1;
  return `${length} ${key}=${value}\n`;
}
