/**
 * The tar reader of the library, and three things that it passes over and a builder does not: a block of zeros between entries, which
 * ends an archive, a global header with names, which it mixes into some entries, and a second long name of an entry, of which it takes
 * the other one. It tells none of them, so its own fields are looked at; the version is pinned, and
 * test/adapters/archive/hostile.test.ts fails when they are called otherwise.
 */
import { extract } from 'tar-stream';
import type { Extract } from 'tar-stream';

/** A reader of one tar. */
export interface TarReader {
  readonly stream: Extract;
  /** True when a block of zeros came before the entry that is read now. */
  isBehindEndMark(): boolean;
  /** What a global header gives to all entries behind it that has to be each entry's own; `undefined`: nothing. */
  namedForAll(): string | undefined;
  /** True when the entry that is read now has a name, or a target, from an extended header and another one as GNU does it. */
  isNamedTwice(): boolean;
}

/** Its own fields: what the block that was read last was, the global header in force, and what goes before the next entry. */
const [CONSUME, HEADER, GLOBAL] = ['_consumeHeader', '_header', '_paxGlobal'] as const;
const [APPLY, PAX, LONG_PATH, LONG_LINK] = ['_applyLongHeaders', '_pax', '_gnuLongPath', '_gnuLongLinkPath'] as const;

const OWN_OF_EACH: ReadonlySet<string> = new Set(['path', 'linkpath', 'size']);

/** Makes one. */
export function makeTarReader(): TarReader {
  // Tars from before POSIX say no format; their checksum still has to be right. The option is missing in the library's types.
  const stream = extract({ allowUnknownFormat: true } as Parameters<typeof extract>[0]);
  let zeros = false;
  const consume: unknown = Reflect.get(stream, CONSUME);
  const apply: unknown = Reflect.get(stream, APPLY);
  if (typeof consume !== 'function' || typeof apply !== 'function')
    throw new Error('the tar reader is not the one that this file was written for');
  Reflect.set(stream, CONSUME, () => {
    const goesOn: unknown = Reflect.apply(consume, stream, []);
    // It holds no header where the block was empty.
    if (goesOn === true && Reflect.get(stream, HEADER) === null) zeros = true;
    return goesOn;
  });
  let twice = false;
  Reflect.set(stream, APPLY, () => {
    const pax: unknown = Reflect.get(stream, PAX);
    const differs = (key: string, long: unknown): boolean => {
      const extended: unknown = typeof pax === 'object' && pax !== null ? Reflect.get(pax, key) : undefined;
      return Boolean(extended) && Boolean(long) && extended !== long;
    };
    twice = differs('path', Reflect.get(stream, LONG_PATH)) || differs('linkpath', Reflect.get(stream, LONG_LINK));
    Reflect.apply(apply, stream, []);
  });
  return {
    stream,
    isBehindEndMark: () => zeros,
    isNamedTwice: () => twice,
    namedForAll: () => {
      const forAll: unknown = Reflect.get(stream, GLOBAL);
      if (typeof forAll !== 'object' || forAll === null) return undefined;
      return Object.keys(forAll).find((key) => OWN_OF_EACH.has(key) || key.startsWith('GNU.sparse.'));
    },
  };
}
