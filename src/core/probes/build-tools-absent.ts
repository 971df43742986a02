/** Probe: the final image holds no build tools of its own. */
import { cleanImage, oneFile } from '../image/example.ts';
import { fileEvidence, first, nothingFound, shippedEvidence, unseen } from '../image/tell.ts';
import { defineProbe } from './probe.ts';

export default defineProbe({
  id: 'build-tools-absent',
  item: 'multi-stage',
  severity: 'warning',
  title: 'No build tools are in the final image',
  why: 'Compilers and package installers are needed once, while the image is built. Shipped, they are megabytes that every node pulls, and what an attacker looks for first.',
  fix: 'Build in an earlier stage and copy the result: `COPY --from=build /venv /venv`. Where a tool is needed for one step, mount it: `RUN --mount=from=ghcr.io/astral-sh/uv,source=/uv,target=/bin/uv uv sync`.',
  source:
    'Programs in the bin folders of the layers above the base, by their names; what the base brings is not judged.',
  phase: 'image',
  look: async (box) => box,
  judge: (seen) => {
    if (seen.seen === 'unseen') return unseen(seen.reason);
    const { buildTools, shipped, allSorted } = seen;
    const evidence = [...fileEvidence('build tool', buildTools), ...shippedEvidence(shipped.buildTools)];
    if (buildTools.total === 0) return nothingFound('No build tool was added to the base.', allSorted, evidence);
    const told = first(buildTools, ({ kind, path, line }) => `${kind} at ${path} (line ${line})`);
    return { status: 'warn', summary: `Build tools are in the final image: ${told}.`.slice(0, 1000), evidence };
  },
  cases: [
    { name: 'nothing', seen: cleanImage, status: 'pass' },
    { name: 'more files than are kept in mind', seen: { ...cleanImage, allSorted: false }, status: 'unknown' },
    {
      name: 'uv was left behind',
      seen: { ...cleanImage, buildTools: oneFile('uv', '/usr/local/bin/uv') },
      status: 'warn',
    },
    {
      name: 'npm in the base',
      seen: { ...cleanImage, shipped: { ...cleanImage.shipped, buildTools: { first: ['npm at /bin/npm'], total: 1 } } },
      status: 'pass',
    },
    { name: 'nobody could look', seen: { seen: 'unseen', reason: 'the engine would not save it' }, status: 'unknown' },
  ],
});
