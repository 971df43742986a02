/** Probe: development packages are not in the image. */
import { cleanImage, oneFile } from '../image/example.ts';
import { fileEvidence, first, nothingFound, shippedEvidence, unseen } from '../image/tell.ts';
import { defineProbe } from './probe.ts';

export default defineProbe({
  id: 'dev-packages-absent',
  item: 'no-dev-dependencies',
  severity: 'warning',
  title: 'No development package is in the image',
  why: 'Test runners, linters and reloaders serve nobody in production. They bring packages of their own, each of which can be attacked and has to be kept up to date.',
  fix: 'Install without them: `npm ci --omit=dev`, `uv sync --no-dev`, `pip install .` instead of `.[dev]`. Or install in an earlier stage and copy what is needed.',
  source:
    'The records of Python, Node, Ruby and PHP packages in the layers above the base, compared with the development groups of the manifests in the context and with a list of packages that only development needs. What the service needs itself, by its manifest or by another package, is not told.',
  phase: 'image',
  look: async (box) => box,
  judge: (seen) => {
    if (seen.seen === 'unseen') return unseen(seen.reason);
    const { devPackages, shipped, allSorted } = seen;
    const evidence = [...fileEvidence('development package', devPackages), ...shippedEvidence(shipped.devPackages)];
    if (devPackages.total === 0) return nothingFound('No development package is in the image.', allSorted, evidence);
    const told = first(devPackages, ({ kind, path, line }) => `${kind} at ${path} (line ${line})`);
    return { status: 'warn', summary: `Development packages are in the image: ${told}.`.slice(0, 1000), evidence };
  },
  cases: [
    { name: 'nothing', seen: cleanImage, status: 'pass' },
    { name: 'more files than are kept in mind', seen: { ...cleanImage, allSorted: false }, status: 'unknown' },
    {
      name: 'pytest',
      seen: { ...cleanImage, devPackages: oneFile('pytest', '/venv/lib/site-packages/pytest-8.dist-info/METADATA') },
      status: 'warn',
    },
    {
      name: 'pytest in the base',
      seen: {
        ...cleanImage,
        shipped: { ...cleanImage.shipped, devPackages: { first: ['pytest at /usr/lib/a'], total: 1 } },
      },
      status: 'pass',
    },
    { name: 'nobody could look', seen: { seen: 'unseen', reason: 'the engine would not save it' }, status: 'unknown' },
  ],
});
