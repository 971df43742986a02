/** An image with nothing to find, for the cases of probes: they change one thing each. */
import type { FileSeen, ImageContents, Some } from './seen.ts';

const none: Some<never> = { first: [], total: 0 };

/** A small service on a base of 80 MB. */
export const cleanImage: ImageContents & {
  readonly untried: readonly string[];
  readonly unsearched: readonly string[];
} = {
  seen: 'image',
  sizeBytes: 100_000_000,
  base: { layers: 4, sizeBytes: 80_000_000 },
  layers: [{ number: 5, line: 3, command: 'COPY . .', sizeBytes: 20_000_000, files: 12, tree: [] }],
  wastedBytes: 0,
  largest: [{ kind: 'file', path: '/app/model.bin', sizeBytes: 15_000_000, line: 3, layer: 5 }],
  secrets: none,
  searched: [],
  canaries: none,
  leftovers: none,
  buildTools: none,
  devPackages: none,
  shipped: { buildTools: none, devPackages: none },
  caches: [],
  setuid: none,
  worldWritable: none,
  labels: ['org.opencontainers.image.title'],
  allSorted: true,
  cutOff: [],
  untried: [],
  unsearched: [],
};

/** A list of one file. */
export function oneFile(kind: string, path: string): Some<FileSeen> {
  return { first: [{ kind, path, sizeBytes: 10, line: 3, layer: 5 }], total: 1 };
}
