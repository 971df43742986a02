/** Probe: the value of a build argument that is a secret is nowhere in the image. */
import { cleanImage } from '../image/example.ts';
import type { CanaryFound } from '../image/seen.ts';
import { canaryLine, cutOffEvidence, first, unseen } from '../image/tell.ts';
import { defineProbe } from './probe.ts';

const found: CanaryFound = { name: 'NPM_TOKEN', form: 'plain', where: 'history', path: null, layer: null, line: 2 };

export default defineProbe({
  id: 'canaries-absent',
  item: 'no-secrets',
  isPartial: true,
  severity: 'error',
  title: 'Secret build arguments leave no trace in the image',
  why: 'A build argument stands in the history of every stage that ships, and whatever a RUN writes with it stays in a layer. Everybody who can pull the image can read it.',
  fix: 'Give it as a secret: `RUN --mount=type=secret,id=token,env=TOKEN …`. Where it must be an argument, use it only in a stage that is not shipped.',
  source:
    'The image is built with the value given, or with one made up for an argument that has none; then layers, history and configuration are searched for it: as it is, in base64 and URL-encoded.',
  phase: 'image',
  look: async (box) => box,
  judge: (seen) => {
    if (seen.seen === 'unseen') return unseen(seen.reason);
    const { canaries, searched, untried, unsearched, cutOff } = seen;
    const evidence = [
      ...searched.slice(0, 50).map((name) => ({ fact: 'searched for the value of', value: name })),
      ...[...untried, ...unsearched].slice(0, 50).map((name) => ({ fact: 'not put to the test', value: name })),
      { fact: 'places found', value: canaries.total },
      ...canaries.first.slice(0, 20).map((one) => ({ fact: 'found', value: canaryLine(one) })),
      ...cutOffEvidence(cutOff),
    ];
    if (canaries.total > 0) {
      const summary = `The image shows the value of ${first(canaries, canaryLine)}.`;
      return { status: 'fail', summary: summary.slice(0, 1000), evidence };
    }
    if (untried.length > 0) {
      const summary = `The build does not work with a made-up ${untried.join(', ')}, so nobody can say where a real one would end up.`;
      return { status: 'unknown', summary: summary.slice(0, 1000), evidence };
    }
    if (unsearched.length > 0) {
      const summary = `The value of ${unsearched.join(', ')} is too short to be searched for.`;
      return { status: 'unknown', summary: summary.slice(0, 1000), evidence };
    }
    return searched.length === 0
      ? { status: 'not-applicable', summary: 'No build argument is named like a secret.', evidence }
      : {
          status: 'pass',
          summary: `The value of ${searched.join(', ')} is nowhere in the image.`.slice(0, 1000),
          evidence,
        };
  },
  cases: [
    { name: 'no argument is a secret', seen: cleanImage, status: 'not-applicable' },
    { name: 'searched and not found', seen: { ...cleanImage, searched: ['NPM_TOKEN'] }, status: 'pass' },
    {
      name: 'found in the history',
      seen: { ...cleanImage, searched: ['NPM_TOKEN'], canaries: { first: [found], total: 1 } },
      status: 'fail',
    },
    {
      name: 'found in a file, in base64',
      seen: {
        ...cleanImage,
        searched: ['NPM_TOKEN'],
        canaries: { first: [{ ...found, where: 'file', path: 'root/.npmrc', layer: 5, form: 'base64' }], total: 4 },
      },
      status: 'fail',
    },
    { name: 'it is too short', seen: { ...cleanImage, searched: ['A'], unsearched: ['pin'] }, status: 'unknown' },
    { name: 'the build needs the real one', seen: { ...cleanImage, untried: ['NPM_TOKEN'] }, status: 'unknown' },
    { name: 'nobody could look', seen: { seen: 'unseen', reason: 'the engine would not save it' }, status: 'unknown' },
  ],
});
