/** Builds and reports that the page is shown in place of those of an engine. Held to the contract. */
import { Build } from '../../src/schemas/build.ts';
import { Report } from '../../src/schemas/report.ts';
import { verification } from '../formats/reports.ts';

/** Of every build here. */
export const ID = '0199aaaa-0000-7000-8000-000000000001';
const self = `/build-verify/${ID}`;

/** A build in a state; `more` is laid over it. */
export function buildIn(state: Build['state'], more: Partial<Build> = {}): Build {
  const hasEnded = ['passed', 'failed', 'errored', 'cancelled'].includes(state);
  return Build.parse({
    ...{ id: ID, state, attempt: 1, project: 'shop/api', createdAt: new Date(Date.now() - 90_000).toISOString() },
    startedAt: state === 'queued' ? null : new Date(Date.now() - 80_000).toISOString(),
    finishedAt: hasEnded ? new Date(Date.now() - 10_000).toISOString() : null,
    progress: null,
    links: { self, report: `${self}/report`, events: `${self}/events`, log: `${self}/log` },
    ...(state === 'passed' ? { verdict: 'ready' } : state === 'failed' ? { verdict: 'not-ready' } : {}),
    ...more,
  });
}

const DOCKERFILE = `FROM python:latest
RUN false
COPY . .
COPY --from=tools /usr/bin/tool /usr/bin/
CMD python app.py
`;

const layer = (line: number, command: string, ...files: readonly (readonly [string, number])[]) => ({
  ...{ line, command, files: files.length, sizeBytes: files.reduce((sum, [, size]) => sum + size, 0) },
  tree: [
    {
      ...{ name: 'opt', files: files.length, sizeBytes: files.reduce((sum, [, size]) => sum + size, 0) },
      children: files.map(([name, sizeBytes]) => ({ name, sizeBytes, files: 1 })),
    },
  ],
});

/** What became of an image that did not build: with the Dockerfile's own text. */
export const failedReport: Report = Report.parse({
  ...verification,
  id: ID,
  source: { path: 'Dockerfile', text: DOCKERFILE },
  findings: verification.findings.map((finding) => ({ ...finding, file: 'Dockerfile' })),
});

/** An image with everything in it, the ready and the wasteful. */
export const readyReport: Report = Report.parse({
  ...failedReport,
  verdict: 'ready',
  score: 97,
  grade: 'A',
  policy: {
    sources: ['operator'],
    threshold: 80,
    notHeeded: ['The file asks for `hardened: off`; the operator does not allow it.'],
  },
  items: verification.items.map((item) => ({
    ...item,
    status: item.id === 'labels' ? 'warn' : 'pass',
    proven: { status: 'pass', summary: 'Seen.', evidence: [{ fact: 'uid', value: 1001 }] },
  })),
  build: { ...verification.build, failure: null },
  image: {
    id: `sha256:${'c'.repeat(64)}`,
    sizeBytes: 150_000_000,
    base: { layers: 4, sizeBytes: 120_000_000 },
    layers: [
      layer(3, 'COPY . . # buildkit', ['gone.bin', 9_000_000], ['kept.bin', 6_000_000]),
      layer(4, 'COPY /usr/bin/tool /usr/bin/ # buildkit', ['tool', 15_000_000]),
    ],
    wastedBytes: 9_000_000,
    largest: [
      { path: '/opt/tool', sizeBytes: 15_000_000, line: 4 },
      { path: '/opt/kept.bin', sizeBytes: 6_000_000, line: 3 },
    ],
  },
  run: { ...verification.run, firstAnswerMs: 420, stopSeconds: 0.3, exitCode: 0 },
});
