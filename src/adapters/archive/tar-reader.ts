/**
 * The tar reader of the library, and what it passes over and a builder does not: a block of zeros between entries, which ends an archive,
 * a global header with names, which it mixes into some entries, a second long name of an entry, of which it takes the other one, an
 * extended header whose records cannot be read, and one that a global header parts from its entry. It tells none of them, so its own fields
 * are looked at; the version is pinned, and test/adapters/archive/hostile.test.ts fails when they are called otherwise.
 */
import { extract } from 'tar-stream';
import type { Extract } from 'tar-stream';
import { lengthFault, recordsFault } from './pax-records.ts';

/** A reader of one tar. */
export interface TarReader {
  readonly stream: Extract;
  /** True when a block of zeros came before the entry that is read now. */
  isBehindEndMark(): boolean;
  /** What a global header gives to all entries behind it that has to be each entry's own; `undefined`: nothing. */
  namedForAll(): string | undefined;
  /** True when the entry that is read now has a name, or a target, from an extended header and another one as GNU does it. */
  isNamedTwice(): boolean;
  /** True when a global header stands between the entry that is read now and what an extended header, or a long name, says of it. */
  isParted(): boolean;
  /** Why the stream failed, where it was the header before an entry; goes on where "The header before entry 2" ends. */
  headerFault(): string | undefined;
}

/** Its own fields: what the block that was read last was, the global header in force, and what goes before the next entry. */
const [CONSUME, HEADER, GLOBAL] = ['_consumeHeader', '_header', '_paxGlobal'] as const;
const [DECODE, IS_LONG] = ['_decodeLongHeader', '_longHeader'] as const;
const [APPLY, PAX, LONG_PATH, LONG_LINK] = ['_applyLongHeaders', '_pax', '_gnuLongPath', '_gnuLongLinkPath'] as const;

const OWN_OF_EACH: ReadonlySet<string> = new Set(['path', 'linkpath', 'size']);

/** Makes one. */
export function makeTarReader(): TarReader {
  // Tars from before POSIX say no format; their checksum still has to be right. The option is missing in the library's types.
  const stream = extract({ allowUnknownFormat: true } as Parameters<typeof extract>[0]);
  const consume = own(stream, CONSUME);
  const apply = own(stream, APPLY);
  const decode = own(stream, DECODE);
  let fault: string | undefined;
  let isPending = false;
  const decodeChecked = (bytes: Buffer): void => {
    const { type } = headerOf(stream) ?? {};
    const isExtended = type === 'pax-header' || type === 'pax-global-header';
    fault = lengthFault(bytes.length) ?? (isExtended ? recordsFault(bytes) : undefined);
    // The library makes it the error of the stream.
    if (fault !== undefined) throw new Error(`a header ${fault}`);
    if (type === 'pax-global-header')
      isPending = [PAX, LONG_PATH, LONG_LINK].some((one) => Boolean(Reflect.get(stream, one)));
    decode(bytes);
  };
  Reflect.set(stream, DECODE, decodeChecked);
  let zeros = false;
  Reflect.set(stream, CONSUME, () => {
    const goesOn = consume();
    if (goesOn !== true) return goesOn;
    const header = headerOf(stream);
    // It holds none where the block was empty.
    if (header === undefined) zeros = true;
    // It would wait for the bytes of a header without any, and take those of the next entry for them.
    else if (Reflect.get(stream, IS_LONG) === true && !(Number(header.size) > 0)) {
      if (!Object.is(header.size, 0)) {
        fault = 'has a size that is no number of bytes';
        stream.destroy(new Error(`a header ${fault}`));
        return false;
      }
      Reflect.set(stream, IS_LONG, false);
      decodeChecked(Buffer.alloc(0));
    }
    return true;
  });
  let parted = false;
  let twice = false;
  Reflect.set(stream, APPLY, () => {
    const pax: unknown = Reflect.get(stream, PAX);
    const differs = (key: string, long: unknown): boolean => {
      const extended: unknown = typeof pax === 'object' && pax !== null ? Reflect.get(pax, key) : undefined;
      return Boolean(extended) && Boolean(long) && extended !== long;
    };
    twice = differs('path', Reflect.get(stream, LONG_PATH)) || differs('linkpath', Reflect.get(stream, LONG_LINK));
    parted = isPending;
    isPending = false;
    apply();
  });
  return {
    stream,
    isBehindEndMark: () => zeros,
    isNamedTwice: () => twice,
    isParted: () => parted,
    headerFault: () => fault,
    namedForAll: () => {
      const forAll: unknown = Reflect.get(stream, GLOBAL);
      if (typeof forAll !== 'object' || forAll === null) return undefined;
      return Object.keys(forAll).find((key) => OWN_OF_EACH.has(key) || key.startsWith('GNU.sparse.'));
    },
  };
}

/** A method of the library's own. */
function own(stream: Extract, name: string): (...given: readonly unknown[]) => unknown {
  const method: unknown = Reflect.get(stream, name);
  if (typeof method !== 'function') throw new Error('the tar reader is not the one that this file was written for');
  return (...given) => Reflect.apply(method, stream, given);
}

function headerOf(stream: Extract): { readonly type?: unknown; readonly size?: unknown } | undefined {
  const header: unknown = Reflect.get(stream, HEADER);
  return typeof header === 'object' && header !== null ? header : undefined;
}
