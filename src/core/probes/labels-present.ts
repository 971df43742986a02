/** Probe: the image carries labels of its own. */
import { cleanImage } from '../image/example.ts';
import { unseen } from '../image/tell.ts';
import { defineProbe } from './probe.ts';

export default defineProbe({
  id: 'labels-present',
  item: 'labels',
  severity: 'warning',
  title: 'The image carries labels of its own',
  why: 'An image found in a registry or on a node cannot say which source it was built from or whom to ask. The labels of its base speak of the base.',
  fix: 'Add at least `LABEL org.opencontainers.image.source="https://…"` and `org.opencontainers.image.title`.',
  source: 'The configuration of the image; labels that its base brought do not count.',
  phase: 'image',
  look: async (box) => box,
  judge: (seen) => {
    if (seen.seen === 'unseen') return unseen(seen.reason);
    const { labels } = seen;
    const evidence = [
      { fact: 'labels, number', value: labels.length },
      ...labels.slice(0, 50).map((key) => ({ fact: 'label', value: key.slice(0, 200) })),
    ];
    return labels.length === 0
      ? { status: 'warn', summary: 'The image has no label of its own.', evidence }
      : {
          status: 'pass',
          summary: `It has ${labels.length} of its own: ${labels.slice(0, 5).join(', ')}.`.slice(0, 1000),
          evidence,
        };
  },
  cases: [
    { name: 'a title', seen: cleanImage, status: 'pass' },
    { name: 'none', seen: { ...cleanImage, labels: [] }, status: 'warn' },
    { name: 'nobody could look', seen: { seen: 'unseen', reason: 'the engine would not save it' }, status: 'unknown' },
  ],
});
