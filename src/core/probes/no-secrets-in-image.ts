/** Probe: no secret lies in a layer, in the history, in ENV or in a label. */
import { cleanImage } from '../image/example.ts';
import type { SecretSeen } from '../image/seen.ts';
import { cutOffEvidence, first, secretLine, unseen } from '../image/tell.ts';
import { defineProbe } from './probe.ts';

const token: SecretSeen = {
  where: 'file',
  path: 'app/settings.py',
  layer: 5,
  line: 3,
  kind: 'a GitHub token',
  masked: 'ghp_***',
  isBuried: false,
  isCertain: true,
};

export default defineProbe({
  id: 'no-secrets-in-image',
  item: 'no-secrets',
  severity: 'error',
  title: 'No secret lies in the image',
  why: 'Everybody who can pull an image can read all of its layers, also files that a later one deletes, and its history. A secret in it is known from then on, and has to be replaced.',
  fix: 'Leave it out of the context with `.dockerignore`, use `RUN --mount=type=secret` while building, and hand it to the container when it starts. Then replace the secret that was shipped.',
  source:
    'One pass over every layer above the base, deleted files included, over history, ENV and labels. Values are known by their form or by the name of their file or variable; what packages brought is left out.',
  phase: 'image',
  look: async (box) => box,
  judge: (seen) => {
    if (seen.seen === 'unseen') return unseen(seen.reason);
    const { secrets, layers, cutOff, untried, unsearched } = seen;
    const evidence = [
      { fact: 'layers looked at', value: layers.length },
      { fact: 'secrets found', value: secrets.total },
      ...secrets.first.slice(0, 20).map((one) => ({ fact: 'found', value: secretLine(one) })),
      ...cutOffEvidence(cutOff),
    ];
    const certain = secrets.first.filter(({ isCertain }) => isCertain);
    if (certain.length > 0) {
      const summary = `The image holds ${first({ first: certain, total: certain.length }, secretLine)}.`;
      return { status: 'fail', summary: summary.slice(0, 1000), evidence };
    }
    if (secrets.total > 0) {
      const summary = `The image holds what may be a secret: ${first(secrets, secretLine)}.`;
      return { status: 'warn', summary: summary.slice(0, 1000), evidence };
    }
    // The image that ships is made with the real one, and by another build than this.
    if (untried.length > 0) {
      const summary = `No secret was found, but this image was built without ${untried.join(', ')}.`;
      return { status: 'unknown', summary: summary.slice(0, 1000), evidence };
    }
    if (unsearched.length > 0) {
      const summary = `No secret was found by its form; the value of ${unsearched.join(', ')} is too short to be searched for. Verify with a longer one.`;
      return { status: 'unknown', summary: summary.slice(0, 1000), evidence };
    }
    return { status: 'pass', summary: 'No secret was found in its layers, history, variables and labels.', evidence };
  },
  cases: [
    { name: 'nothing', seen: cleanImage, status: 'pass' },
    { name: 'a token in a file', seen: { ...cleanImage, secrets: { first: [token], total: 1 } }, status: 'fail' },
    {
      name: 'a token in a file that a later layer deletes',
      seen: { ...cleanImage, secrets: { first: [{ ...token, isBuried: true }], total: 1 } },
      status: 'fail',
    },
    {
      name: 'a password in an example',
      seen: { ...cleanImage, secrets: { first: [{ ...token, isCertain: false }], total: 1 } },
      status: 'warn',
    },
    {
      name: 'a variable',
      seen: {
        ...cleanImage,
        secrets: {
          first: [{ ...token, where: 'environment', path: null, layer: null, kind: 'the value of DB_PASSWORD' }],
          total: 1,
        },
      },
      status: 'fail',
    },
    { name: 'a secret is too short', seen: { ...cleanImage, unsearched: ['pin'] }, status: 'unknown' },
    { name: 'built without what it needs', seen: { ...cleanImage, untried: ['NPM_TOKEN'] }, status: 'unknown' },
    { name: 'nobody could look', seen: { seen: 'unseen', reason: 'the engine would not save it' }, status: 'unknown' },
  ],
});
