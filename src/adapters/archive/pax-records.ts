/**
 * The records of an extended header (`length key=value`), held to what the builder's reader demands of them. The reader of the library
 * stops at the first one that it cannot read, or reads on in the middle of it, and says neither.
 * Source: POSIX.1-2017, pax, "pax Extended Header"; Go, archive/tar, parsePAX.
 */

/** Longest extended header, or long name, that the builder's reader takes. */
const MAX_BYTES = 1024 * 1024;
/** More digits are a number beyond any header. */
const LENGTH = /^\+?0*(\d{1,9})$/;
/** Keys whose values hold no NUL. One in `path` is refused with the name of its entry: entry-path.ts. */
const TEXTS: ReadonlySet<string> = new Set(['linkpath', 'uname', 'gname']);

const [BLANK, EQUALS, NEWLINE] = [0x20, 0x3d, 0x0a];

/** What is wrong with the length of an extended header or a long name; goes on where "The header before entry 2" ends. */
export function lengthFault(bytes: number): string | undefined {
  return bytes > MAX_BYTES ? `has ${bytes} bytes; at most ${MAX_BYTES} are read` : undefined;
}

/** What is wrong with the records of an extended header, in the words of `lengthFault`; `undefined`: nothing. */
export function recordsFault(header: Buffer): string | undefined {
  for (let rest = header; rest.length > 0;) {
    const blank = rest.indexOf(BLANK);
    const digits = blank === -1 ? undefined : LENGTH.exec(rest.toString('latin1', 0, blank))?.[1];
    if (digits === undefined) return 'has a record that does not begin with a length';
    const length = Number(digits);
    if (length > rest.length) return `has a record of ${length} bytes where ${rest.length} are left`;
    // Shorter than its own length and the blank, it has no last byte either.
    if (length <= blank + 1 || rest[length - 1] !== NEWLINE)
      return `has a record whose length of ${length} bytes is not where it ends`;
    const equals = rest.indexOf(EQUALS, blank);
    if (equals === -1 || equals >= length) return 'has a record without `=`';
    if (equals === blank + 1) return 'has a record without a name';
    const key = rest.toString('utf8', blank + 1, equals);
    if (key.includes('\0') || (TEXTS.has(key) && rest.subarray(equals, length).includes(0)))
      return 'has a record with a NUL byte where text belongs';
    rest = rest.subarray(length);
  }
  return undefined;
}
