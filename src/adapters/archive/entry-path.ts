/**
 * Names in archives -> paths inside the context, or a refusal. Nothing is ever extracted here, but the engine extracts what
 * passes, and rules read the names: so each means one place below the root, and the same place to everybody.
 */
import { AppError } from '../../use-cases/errors.ts';

/** Longest name of one file or folder on Linux. */
const MAX_PART_BYTES = 255;

/**
 * The path below the root that `name` means: `./a//b/../c` is `a/c`; the root itself is `''`.
 * Throws AppError `archive-unsafe` for a name that is empty, absolute, too long, no text, or leads out of the root.
 */
export function entryPath(name: string, maxPathBytes: number): string {
  if (name === '') throw unsafe(name, 'has no name');
  if (name.includes('\0')) throw unsafe(name, 'has a NUL byte in its name');
  // Names that are not UTF-8 come out of the decoder with this character, and two of them could come out as one.
  if (name.includes('\uFFFD')) throw unsafe(name, 'has a name that is not UTF-8: rename it, or leave it out');
  if (name.startsWith('/')) throw unsafe(name, 'has an absolute path');
  if (/^[A-Za-z]:[\\/]/.test(name)) throw unsafe(name, 'has a path with a drive letter');
  // A backslash is a letter on Linux (systemd names units `dev-disk-by\x2did.mount`), and a separator elsewhere. It may stand
  // where both readings stay below the root.
  if (name.startsWith('\\') || name.split(/[\\/]/).includes('..')) {
    if (name.includes('\\')) throw unsafe(name, 'has a path that leaves the archive where `\\` separates folders');
  }
  const bytes = Buffer.byteLength(name);
  if (bytes > maxPathBytes) throw unsafe(name, `has a path of ${bytes} bytes; at most ${maxPathBytes} are taken`);

  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') {
      const length = Buffer.byteLength(part);
      if (length > MAX_PART_BYTES) {
        throw unsafe(name, `has a part of ${length} bytes in its path; at most ${MAX_PART_BYTES} are possible`);
      }
      parts.push(part);
    } else if (parts.pop() === undefined) throw unsafe(name, 'has a path that leaves the archive');
  }
  return parts.join('/');
}

/** The refusal of one entry: `problem` goes on where "The entry <name>" ends. */
export function unsafe(name: string, problem: string): AppError {
  return new AppError('archive-unsafe', `The entry ${shown(name)} ${problem}.`);
}

/** A foreign name as it may stand in a sentence: short, and without characters that move the cursor or turn the text. */
export function shown(name: string): string {
  const plain = name.slice(0, 200).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  return `"${plain}${name.length > 200 ? '…' : ''}"`;
}
