/** Reading a stream that belongs to somebody else, and giving it back as it was. */
import { finished } from 'node:stream';
import type { Readable } from 'node:stream';

/** A stream on loan. */
export interface Borrowed {
  /** Its chunks; throws what the stream fails with. Ends early once it was given back. */
  readonly chunks: AsyncIterable<Buffer>;
  /** From now on it is not read, and carries no listener of ours. Neither destroyed nor drained: that is its owner's. */
  giveBack(): void;
}

/** The first bytes of a borrowed stream (fewer, where there are no more), and the stream as if nobody had looked. */
export async function peek(
  upload: Borrowed,
  bytes: number,
): Promise<{ readonly head: Buffer; readonly upload: Borrowed }> {
  const rest = upload.chunks[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  let failure: { readonly error: unknown } | undefined;
  try {
    while (head.length < bytes) {
      const next = await rest.next();
      if (next.done === true) break;
      head = Buffer.concat([head, next.value]);
    }
  } catch (error) {
    // Whoever reads on meets it.
    failure = { error };
  }
  const chunks = async function* (): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    if (failure !== undefined) throw failure.error;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  };
  return { head, upload: { chunks: chunks(), giveBack: () => upload.giveBack() } };
}

/**
 * Borrows a stream, from this moment on: an upload that breaks off before its first byte is read is noticed as well. Node's own iterators either destroy it in the end or hold on to it until the next chunk comes; the owner
 * of an upload that was refused wants to answer at once, and then to drain or to close the connection.
 */
export function borrow(stream: Readable): Borrowed {
  let wake: (() => void) | undefined;
  let end: { readonly error: unknown } | undefined;
  const loan = { isOver: false };
  const stir = (): void => wake?.();
  const forget = finished(stream, { writable: false }, (error) => {
    end = { error };
    stir();
  });
  stream.on('readable', stir);

  async function* chunks(): AsyncGenerator<Buffer> {
    while (!loan.isOver) {
      // A stream without an encoding, which is what ports.ts asks for, gives buffers.
      const chunk = stream.read() as Buffer | null;
      if (chunk !== null) yield chunk;
      else if (end === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else if (end.error === undefined || end.error === null) return;
      else throw end.error;
    }
  }

  return {
    chunks: chunks(),
    giveBack: () => {
      loan.isOver = true;
      stream.off('readable', stir);
      forget();
      stir();
    },
  };
}
