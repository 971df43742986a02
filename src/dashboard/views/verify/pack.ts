/** A folder as a zip, made in the browser. */
import { makeZip } from 'client-zip';
import type { PickedFile } from './picked.ts';

const PLAIN = 0o644;
const EXECUTABLE = 0o755;

/**
 * Packs the files. A browser tells no modes, so those that the kernel could start are marked executable: `#!` and ELF.
 * Rejects with the signal's reason when it is aborted, and with a sentence when a file cannot be read any more.
 * @param progress  told how many files are packed
 */
export async function pack(
  files: readonly PickedFile[],
  { progress, signal }: { readonly progress: (files: number) => void; readonly signal: AbortSignal },
): Promise<Blob> {
  async function* entries(): AsyncGenerator<{
    name: string;
    input: Uint8Array<ArrayBuffer>;
    lastModified: Date;
    mode: number;
  }> {
    for (const [done, { path, file }] of files.entries()) {
      signal.throwIfAborted();
      progress(done);
      yield { name: path, ...(await read(path, file)) };
    }
  }
  return await new Response(makeZip(entries())).blob();
}

async function read(
  path: string,
  file: File,
): Promise<{ readonly input: Uint8Array<ArrayBuffer>; readonly lastModified: Date; readonly mode: number }> {
  try {
    const input = new Uint8Array(await file.arrayBuffer());
    return { input, lastModified: new Date(file.lastModified), mode: isProgram(input) ? EXECUTABLE : PLAIN };
  } catch (cause) {
    throw new Error(`${path} cannot be read. It may have changed since it was chosen: choose the folder again.`, {
      cause,
    });
  }
}

/** Source: execve(2); the magic number of ELF. */
function isProgram([one, two, three, four]: Uint8Array): boolean {
  return (one === 0x23 && two === 0x21) || (one === 0x7f && two === 0x45 && three === 0x4c && four === 0x46);
}
