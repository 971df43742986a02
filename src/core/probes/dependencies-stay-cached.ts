/** Probe: when only source changes, the steps that install dependencies come from the cache. */
import type { RebuiltBox, RebuiltStep } from './box.ts';
import { defineProbe } from './probe.ts';
import type { Proof } from './probe.ts';

const step = (line: number, cached: boolean, seconds = 3): RebuiltStep => ({ line, cached, seconds });
const rebuilt: Extract<RebuiltBox, { seen: 'rebuilt' }> = {
  seen: 'rebuilt',
  touched: 'app.py',
  steps: [step(3, true), step(4, true), step(5, false, 0.1)],
  copies: [5],
  installs: [4],
  firstSeconds: 9,
  seconds: 1.2,
};

export default defineProbe({
  id: 'dependencies-stay-cached',
  item: 'layer-caching',
  severity: 'error',
  title: 'A source change does not install the dependencies again',
  why: 'A dependency step behind the COPY of the source runs on every change: minutes for each build, and other versions each time where nothing locks them.',
  fix: 'Copy manifest and lock file first, install, and copy the source after that.',
  source:
    'The image built twice, the second time with one source file changed; steps that the builder took from its cache.',
  phase: 'rebuilt',
  look: async (box) => box,
  judge: (seen): Proof => {
    if (seen.seen === 'unseen') return { status: 'unknown', summary: `Not seen: ${seen.reason}.`, evidence: [] };
    const { touched, steps, copies, installs, firstSeconds, seconds } = seen;
    const evidence = [
      { fact: 'file changed', value: touched.slice(0, 500) },
      { fact: 'first build in seconds', value: firstSeconds },
      { fact: 'second build in seconds', value: seconds },
      { fact: 'steps from the cache', value: steps.filter(({ cached }) => cached).length },
      { fact: 'steps run again', value: steps.filter(({ cached }) => !cached).length },
    ];
    if (!steps.some(({ line, cached }) => copies.includes(line) && !cached)) {
      return { status: 'unknown', summary: `${touched} was changed, and no COPY was run again.`, evidence };
    }
    const dependencies = steps.filter(({ line }) => installs.includes(line));
    if (dependencies.length === 0) {
      return { status: 'pass', summary: 'No step of the build installs dependencies from a manifest.', evidence };
    }
    const again = dependencies.filter(({ cached }) => !cached);
    if (again.length === 0) {
      const summary = `After a change of ${touched} every dependency step came from the cache (${seconds} s instead of ${firstSeconds} s).`;
      return { status: 'pass', summary, evidence };
    }
    const lost = Math.round(again.reduce((sum, one) => sum + (one.seconds ?? 0), 0) * 10) / 10;
    const first = again[0]?.line ?? 0;
    const breaker = steps.find(({ line, cached }) => !cached && line < first && copies.includes(line))?.line;
    const because = breaker === undefined ? '' : ` The cache ends at line ${breaker}.`;
    const summary = `A change of ${touched} installed the dependencies again (line ${again.map(({ line }) => line).join(', ')}, ${lost} s).${because}`;
    return { status: 'fail', summary, evidence: [...evidence, { fact: 'seconds lost', value: lost }] };
  },
  cases: [
    { name: 'the dependency step is cached', seen: rebuilt, status: 'pass' },
    {
      name: 'it is run again',
      seen: { ...rebuilt, steps: [step(3, false), step(4, false)], copies: [3], installs: [4] },
      status: 'fail',
    },
    { name: 'nothing is installed', seen: { ...rebuilt, installs: [] }, status: 'pass' },
    {
      name: 'the change reached no step',
      seen: { ...rebuilt, steps: [step(4, true), step(5, true)] },
      status: 'unknown',
    },
    { name: 'there was no second build', seen: { seen: 'unseen', reason: 'the first one failed' }, status: 'unknown' },
  ],
});
