/**
 * Tells a whole tar from one that was cut short between two entries, which the tar reader takes for a short archive.
 * A tar ends with a block of zeros (POSIX asks for two; one is what every reader accepts), so: behind the last entry there is
 * at least one block, and nothing but zeros. Needed because a cut archive would be judged, and built, as if it were whole.
 */

/** Length of a block: everything in a tar starts at a multiple of it. */
export const BLOCK_BYTES = 512;
const zeros = Buffer.alloc(64 * 1024);

/** Watches the bytes of a tar go by. */
export interface EndMark {
  see(chunk: Buffer): void;
  /** True when the bytes seen end with an end mark behind `lastEntryEnd`, the offset where the last entry's data ends. */
  isBehind(lastEntryEnd: number): boolean;
}

/** Makes a watcher for one tar. */
export function makeEndMark(): EndMark {
  let bytes = 0;
  /** Offset behind the last byte that is not zero. */
  let said = 0;
  return {
    see: (chunk) => {
      let length = chunk.length;
      if (chunk.equals(zeros.subarray(0, length))) length = 0;
      while (length > 0 && chunk[length - 1] === 0) length -= 1;
      if (length > 0) said = bytes + length;
      bytes += chunk.length;
    },
    isBehind: (lastEntryEnd) => {
      const padded = Math.ceil(lastEntryEnd / BLOCK_BYTES) * BLOCK_BYTES;
      return said <= padded && bytes >= padded + BLOCK_BYTES;
    },
  };
}
