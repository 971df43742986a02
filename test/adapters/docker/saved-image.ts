/** Saved images as the pass gets them, made here: tars of names and bodies, an order for the pass, pieces of any size. */
import { pack } from 'tar-stream';
import type { PassOrder } from '../../../src/adapters/docker/image-pass/order.ts';
import { NOTHING_DECLARED } from '../../../src/core/image/declared.ts';
import { needlesOf } from '../../../src/core/image/needles.ts';

/** What stands under a name: bytes, or a link to another name. A name that ends in a slash is a folder. */
type Body = string | Buffer | { readonly link: string } | { readonly hard: string };

/** The entries of one tar, with their modes. */
export type Entries = readonly (readonly [string, Body, number?])[];

/** A tar of these entries. */
export async function tarOf(entries: Entries): Promise<Buffer> {
  const tar = pack();
  for (const [name, body, mode = 0o644] of entries) {
    if (typeof body === 'object' && 'link' in body) tar.entry({ name, type: 'symlink', linkname: body.link });
    else if (typeof body === 'object' && 'hard' in body) tar.entry({ name, type: 'link', linkname: body.hard, mode });
    else if (name.endsWith('/')) tar.entry({ name, type: 'directory', mode });
    else tar.entry({ name, mode }, body);
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer); // a tar stream yields Buffers
  return Buffer.concat(chunks);
}

/** One step of a Dockerfile. */
export function step(keyword: string, line: number): PassOrder['steps'][number] {
  return { keyword, line, takesContext: keyword === 'COPY', names: [] };
}

/** The order for a pass over an image whose last two layers are a COPY and a RUN. */
export const order: PassOrder = {
  steps: [step('COPY', 2), step('RUN', 3)],
  needles: needlesOf([{ name: 'TOKEN', value: 'hunter2hunter2' }]),
  declared: NOTHING_DECLARED,
  baseLayers: [],
  limits: { maxTextBytes: 1000, maxEntries: 1000, maxPathCharacters: 100_000, maxBytes: 10_000_000, maxTold: 50 },
};

/** A configuration whose history has one entry for each keyword. */
export function configOf(keywords: readonly string[], env: readonly string[] = []): string {
  return JSON.stringify({ history: keywords.map((word) => ({ created_by: `${word} x` })), config: { Env: env } });
}

/** The layout that the engine writes: blobs by their digests, manifest last. */
export async function savedImage(blobs: readonly Buffer[], config: string): Promise<Buffer> {
  const names = blobs.map((_, index) => `blobs/sha256/${String(index).padStart(64, '0')}`);
  return await tarOf([
    ['blobs/', ''],
    ...blobs.map((blob, index) => [names[index] ?? '', blob] as const),
    ['blobs/sha256/c', config],
    ['manifest.json', JSON.stringify([{ Config: 'blobs/sha256/c', Layers: names }])],
  ]);
}

/** A stream of the bytes, piece by piece. */
export async function* inPieces(whole: Buffer, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < whole.length; at += bytes) yield whole.subarray(at, at + bytes);
}
