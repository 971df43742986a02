/**
 * The tar reader of the library, and two things that it passes over and a builder does not: a block of zeros between entries, which
 * ends an archive, and a global header with names, which it mixes into some entries. It tells neither, so its own fields are looked at;
 * the version is pinned, and test/adapters/archive/hostile.test.ts fails when they are called otherwise.
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
}

/** Its own fields: what the block that was read last was, and the global header in force. */
const [CONSUME, HEADER, GLOBAL] = ['_consumeHeader', '_header', '_paxGlobal'] as const;

const OWN_OF_EACH: ReadonlySet<string> = new Set(['path', 'linkpath', 'size']);

/** Makes one. */
export function makeTarReader(): TarReader {
  // Tars from before POSIX say no format; their checksum still has to be right. The option is missing in the library's types.
  const stream = extract({ allowUnknownFormat: true } as Parameters<typeof extract>[0]);
  let zeros = false;
  const consume: unknown = Reflect.get(stream, CONSUME);
  if (typeof consume !== 'function') throw new Error('the tar reader is not the one that this file was written for');
  Reflect.set(stream, CONSUME, () => {
    const goesOn: unknown = Reflect.apply(consume, stream, []);
    // It holds no header where the block was empty.
    if (goesOn === true && Reflect.get(stream, HEADER) === null) zeros = true;
    return goesOn;
  });
  return {
    stream,
    isBehindEndMark: () => zeros,
    namedForAll: () => {
      const forAll: unknown = Reflect.get(stream, GLOBAL);
      if (typeof forAll !== 'object' || forAll === null) return undefined;
      return Object.keys(forAll).find((key) => OWN_OF_EACH.has(key) || key.startsWith('GNU.sparse.'));
    },
  };
}
