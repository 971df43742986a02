/** Looks for texts in a file that comes in chunks; a text that is cut in two by a chunk's end is found too. */
import type { Needle } from '../../../core/image/needles.ts';

/** The search through one file. */
export interface Search {
  see(chunk: Buffer): void;
  /** Needles that were found, the first form of each name. */
  readonly found: ReadonlyMap<string, Needle>;
}

/** Prepares the needles once; makes a search for each file. */
export function makeFinder(needles: readonly Needle[]): () => Search {
  const prepared = needles.map((needle) => ({ needle, bytes: Buffer.from(needle.text, 'latin1') }));
  const overlap = Math.max(0, ...prepared.map(({ bytes }) => bytes.length)) - 1;
  return () => {
    const found = new Map<string, Needle>();
    let tail: Buffer = Buffer.alloc(0);
    const search = (bytes: Buffer): void => {
      for (const one of prepared) {
        if (!found.has(one.needle.name) && bytes.includes(one.bytes)) found.set(one.needle.name, one.needle);
      }
    };
    return {
      found,
      see: (chunk) => {
        if (prepared.length === 0) return;
        if (tail.length > 0) search(Buffer.concat([tail, chunk.subarray(0, overlap)]));
        search(chunk);
        const last = chunk.length >= overlap ? chunk : Buffer.concat([tail, chunk]);
        // A copy: the chunk's memory is not to be held.
        tail = Buffer.from(last.subarray(Math.max(0, last.length - overlap)));
      },
    };
  };
}
