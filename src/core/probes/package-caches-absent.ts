/** Probe: package managers have left no caches in the image. */
import { cleanImage } from '../image/example.ts';
import type { CacheSeen } from '../image/seen.ts';
import { first, nothingFound, size, unseen } from '../image/tell.ts';
import { defineProbe } from './probe.ts';

const lists: CacheSeen = { manager: 'apt', folder: '/var/lib/apt/lists', sizeBytes: 19_000_000, files: 12 };

export default defineProbe({
  id: 'package-caches-absent',
  item: 'no-package-cache',
  severity: 'warning',
  title: 'No package manager has left its cache in the image',
  why: 'A cache is of use only where something is installed again. In an image it is megabytes that every node pulls and nobody ever reads.',
  fix: 'Clean up in the RUN that installs: `rm -rf /var/lib/apt/lists/*`, `pip install --no-cache-dir`, `apk add --no-cache`. Or keep the cache out of the layer: `RUN --mount=type=cache,target=/root/.cache/pip …`.',
  source:
    'The cache folders of the usual package managers in the layers above the base, by bytes. Less than 100 kB in all is locks and logs.',
  phase: 'image',
  look: async (box) => box,
  judge: (seen) => {
    if (seen.seen === 'unseen') return unseen(seen.reason);
    const { caches, allSorted } = seen;
    const bytes = caches.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const evidence = [
      { fact: 'bytes in caches', value: bytes },
      ...caches.slice(0, 20).map(({ manager, folder, sizeBytes, files }) => ({
        fact: `cache of ${manager}`,
        value: `${folder}: ${size(sizeBytes)} in ${files} files`,
      })),
    ];
    if (bytes < 100_000) return nothingFound('No cache of a package manager is in the image.', allSorted, evidence);
    const told = first(
      { first: caches, total: caches.length },
      ({ manager, folder, sizeBytes }) => `${manager} ${size(sizeBytes)} in ${folder}`,
    );
    return {
      status: 'warn',
      summary: `Caches of package managers are in the image: ${told}.`.slice(0, 1000),
      evidence,
    };
  },
  cases: [
    { name: 'none', seen: cleanImage, status: 'pass' },
    { name: 'only a lock', seen: { ...cleanImage, caches: [{ ...lists, sizeBytes: 640 }] }, status: 'pass' },
    { name: 'the lists of apt', seen: { ...cleanImage, caches: [lists] }, status: 'warn' },
    { name: 'more files than are kept in mind', seen: { ...cleanImage, allSorted: false }, status: 'unknown' },
    { name: 'nobody could look', seen: { seen: 'unseen', reason: 'the engine would not save it' }, status: 'unknown' },
  ],
});
