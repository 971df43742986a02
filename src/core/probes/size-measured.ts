/** Probe: what the layers above the base weigh, and how much of it for nothing. */
import { cleanImage } from '../image/example.ts';
import { nothingFound, size, unseen } from '../image/tell.ts';
import { defineProbe } from './probe.ts';

const LEAST_WASTE = 5_000_000;

export default defineProbe({
  id: 'size-measured',
  item: 'image-size',
  severity: 'warning',
  title: 'The layers hold little that was written for nothing',
  why: 'A layer keeps what it wrote for ever: a file that a later layer deletes or changes, if only its owner, is pulled by every node and seen by nobody.',
  fix: 'Delete in the RUN that wrote, set owners with `COPY --chown`, and build in an earlier stage.',
  source:
    'Sizes of the files in every layer, whiteouts included. A warning from a tenth of the own layers on, the limit that dive sets by default, and not below 5 MB, which a package database makes alone.',
  phase: 'image',
  look: async (box) => box,
  judge: (seen) => {
    if (seen.seen === 'unseen') return unseen(seen.reason);
    const { layers, wastedBytes, largest, base, sizeBytes, allSorted } = seen;
    const own = sizeBytes - base.sizeBytes;
    const evidence = [
      { fact: 'bytes of the image', value: sizeBytes },
      { fact: 'bytes of the base', value: base.sizeBytes },
      { fact: 'bytes above the base', value: own },
      { fact: 'layers above the base', value: layers.length },
      { fact: 'bytes wasted', value: wastedBytes },
      ...largest
        .slice(0, 5)
        .map((file) => ({ fact: 'large file', value: `${file.path}: ${size(file.sizeBytes)} (line ${file.line})` })),
    ];
    if (wastedBytes >= LEAST_WASTE && wastedBytes >= own / 10) {
      const summary = `${size(wastedBytes)} were written for nothing: later layers replace or delete them. Above its base the image has ${size(own)}.`;
      return { status: 'warn', summary, evidence };
    }
    const summary = `Above its base of ${size(base.sizeBytes)} the image has ${size(own)}, ${size(wastedBytes)} of it wasted.`;
    return nothingFound(summary, allSorted, evidence);
  },
  cases: [
    { name: 'nothing wasted', seen: cleanImage, status: 'pass' },
    { name: 'the database of a package manager', seen: { ...cleanImage, wastedBytes: 4_000_000 }, status: 'pass' },
    {
      name: 'half of it was copied to change its owner',
      seen: { ...cleanImage, wastedBytes: 10_000_000 },
      status: 'warn',
    },
    {
      name: 'little of much',
      seen: { ...cleanImage, sizeBytes: 2_080_000_000, wastedBytes: 10_000_000 },
      status: 'pass',
    },
    { name: 'more files than are kept in mind', seen: { ...cleanImage, allSorted: false }, status: 'unknown' },
    { name: 'nobody could look', seen: { seen: 'unseen', reason: 'the engine would not save it' }, status: 'unknown' },
  ],
});
