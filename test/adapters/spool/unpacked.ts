/** What a tar holds, read in memory by another reader than the spool's own writer. */
import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';

/** One entry as it would be extracted. */
export interface Unpacked {
  readonly name: string;
  readonly type: string;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly linkname: string;
  readonly owner: string;
  readonly content: Buffer;
}

/** The bytes of a stream. */
export async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // Made by the spool, which gives buffers.
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The entries of a tar, in their order. */
export async function unpack(stream: Readable): Promise<readonly Unpacked[]> {
  const unpacked: Unpacked[] = [];
  const reader = extract();
  reader.end(await bytesOf(stream));
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    // The reader gives slices of the buffer that it was fed.
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const { name, type, mode, mtime, uid, gid } = entry.header;
    unpacked.push({
      name,
      type,
      mode,
      mtimeMs: mtime.getTime(),
      linkname: entry.header.linkname ?? '',
      owner: `${uid}:${gid}`,
      content: Buffer.concat(chunks),
    });
  }
  return unpacked;
}
