/** What the page makes of a log, of a Dockerfile with its findings, and of the layers of an image, before anything is drawn. */
import t from 'tap';
import { imageTree, shortCommand, trail } from '../../src/dashboard/views/read/layer-tree.ts';
import { sourceLines } from '../../src/dashboard/views/read/source-lines.ts';
import { phaseOf, standingOf } from '../../src/dashboard/views/watch/phase-order.ts';
import { stepsOfReport } from '../../src/dashboard/views/watch/steps.ts';
import { find, latestSteps, makeLogReader } from '../../src/dashboard/views/watch/log/log-model.ts';
import { Build } from '../../src/schemas/build.ts';
import type { Finding } from '../../src/schemas/finding.ts';
import { analysis } from '../formats/reports.ts';

const LOG = `-- attempt 1, 2026-11-29T15:14:04.481Z
#1 [internal] load remote build context
#1 DONE 0.1s
#2 [1/3] FROM python
#3 [2/3] RUN one
#3 from three
#2 from two
#3 more of three
#2 CACHED
#3 DONE 0.5s
#3 more, later
#3 CACHED
#4 [3/3] RUN false
#4 ERROR: process "false" did not complete
-- run
run: hello
-- stop
-- failed: not-ready, score 12
`;

t.test('steps that print side by side have their own lines, in whatever pieces the text comes', async (t) => {
  for (const size of [1, 7, 10_000]) {
    const reader = makeLogReader();
    for (let at = 0; at < LOG.length; at += size) reader.push(LOG.slice(at, at + size));
    t.same(
      reader.sections.map(({ kind, number, title, state, seconds, lines }) => [
        kind,
        number,
        title,
        state,
        seconds,
        lines,
      ]),
      [
        ['attempt', '', 'Attempt 1', 'told', undefined, []],
        ['step', '#1', '[internal] load remote build context', 'done', 0.1, []],
        ['step', '#2', '[1/3] FROM python', 'cached', undefined, ['from two']],
        ['step', '#3', '[2/3] RUN one', 'cached', 0.5, ['from three', 'more of three', 'more, later']],
        ['step', '#4', '[3/3] RUN false', 'error', undefined, ['ERROR: process "false" did not complete']],
        ['phase', '', 'Run: the container is started and asked', 'done', undefined, ['run: hello']],
        ['phase', '', 'Stop: the container is told to end', 'done', undefined, []],
        ['end', '', 'Failed: not-ready, score 12', 'error', undefined, []],
      ],
    );
    t.equal(reader.count, 18);
  }
});

t.test('another try counts its steps anew, and so does another attempt', async (t) => {
  const reader = makeLogReader();
  const one = '#1 load\n#1 DONE 0.1s\n#2 [1/1] FROM x\n#2 ERROR: no such host\n';
  reader.push(`-- attempt 1, now\n${one}#1 load\n#1 CACHED\n#2 [1/1] FROM y\n`);
  t.same(
    latestSteps(reader.sections).map(({ title, state }) => [title, state]),
    [
      ['load', 'cached'],
      ['[1/1] FROM y', 'running'],
    ],
  );
  reader.push('-- the engine went away; the build waits for it\n');
  t.equal(reader.sections.filter(({ state }) => state === 'running').length, 0, 'nothing runs after the end');
  reader.push('-- attempt 2, now\n#1 other\n');
  t.same(
    latestSteps(reader.sections).map(({ title }) => title),
    ['other'],
  );
});

t.test('a log that is none of these is shown as it is', async (t) => {
  const reader = makeLogReader();
  reader.push('what is this\n#not a step\n');
  t.same(
    reader.sections.map(({ title, lines }) => [title, lines]),
    [['Log', ['what is this', '#not a step']]],
  );
});

t.test('search finds lines whatever their case, and no more than asked for', async (t) => {
  const reader = makeLogReader();
  reader.push(LOG);
  t.same(find(reader.sections, 'MORE'), [
    { section: '3', line: 1 },
    { section: '3', line: 2 },
  ]);
  t.equal(find(reader.sections, 'more', 1).length, 1);
  t.same(find(reader.sections, ''), []);
});

const DOCKERFILE = `# syntax=docker/dockerfile:1
FROM python:latest
RUN apt-get update && \\
    from -y curl
RUN <<EOF
COPY is no instruction here
EOF
CMD python app.py
`;

const found = (
  line: number,
  column: number,
  endLine: number,
  endColumn: number,
  more: Partial<Finding> = {},
): Finding =>
  ({
    ...(analysis.findings[1] ?? t.bailout('the fixture has findings')),
    span: { line, column, endLine, endColumn },
    ...more,
  }) as Finding;

t.test('a Dockerfile is cut into words, marks, and findings below the line where they end', async (t) => {
  const lines = sourceLines(DOCKERFILE, [
    found(2, 6, 2, 19, { severity: 'warning', rule: 'small' }),
    found(2, 6, 2, 12, { severity: 'error', rule: 'large' }),
    found(3, 1, 5, 1, { severity: 'info', rule: 'whole' }),
    found(8, 5, 99, 9, { severity: 'style', rule: 'too far' }),
  ]);
  t.equal(lines.length, 8);
  t.same(
    lines[0]?.pieces.map(({ kind }) => kind),
    ['comment'],
  );
  t.same(
    lines[1]?.pieces.map(({ text, kind, mark }) => [text, kind, mark]),
    [
      ['FROM', 'keyword', undefined],
      [' ', 'plain', undefined],
      ['python', 'plain', 'error'],
      [':latest', 'plain', 'warning'],
    ],
  );
  t.same(
    lines[1]?.findings.map(({ rule }) => rule),
    ['large', 'small'],
    'the worst first',
  );
  t.same(
    lines[3]?.findings.map(({ rule }) => rule),
    ['whole'],
    'an end before the first letter of a line is in the one before',
  );
  t.same(
    lines[3]?.pieces.map(({ text, mark }) => [text, mark]),
    [
      ['    ', undefined],
      ['from -y curl', 'info'],
    ],
    'nothing on a line that goes on is an instruction, and what it is indented by is not marked',
  );
  t.same(
    lines[5]?.pieces.map(({ kind }) => kind),
    ['plain'],
    'neither is anything in a here document',
  );
  t.same(
    lines[7]?.findings.map(({ rule }) => rule),
    ['too far'],
    'an end behind the last line is on the last',
  );
  t.equal(lines.map(({ pieces }) => pieces.map(({ text }) => text).join('')).join('\n') + '\n', DOCKERFILE);
});

t.test('what a later layer replaces or deletes is there for nothing', async (t) => {
  const file = (name: string, sizeBytes: number) => ({ name, sizeBytes, files: 1 });
  const layer = (line: number, ...tree: ReturnType<typeof file>[]) => ({
    line,
    command: `RUN |1 A=b /bin/sh -c make ${line} # buildkit`,
    sizeBytes: tree.reduce((sum, one) => sum + one.sizeBytes, 0),
    files: tree.length,
    tree,
  });
  const tree = imageTree({
    id: 'sha256:1',
    sizeBytes: 100,
    layers: [
      layer(2, file('deleted', 10), file('replaced', 20), file('stays', 5)),
      layer(
        3,
        { ...file('opt', 27), files: 3, children: [file('replaced', 7), file('', 20)] } as ReturnType<typeof file>,
        file('replaced', 20),
      ),
    ],
    largest: [
      { path: '/replaced', sizeBytes: 20, line: 3 },
      { path: '/opt/replaced', sizeBytes: 7, line: 3 },
      { path: '/stays', sizeBytes: 5, line: 2 },
    ],
  });
  t.same(
    tree.children.map(({ name, wastedBytes }) => [name, wastedBytes]),
    [
      ['RUN make 2', 30],
      ['RUN make 3', 0],
    ],
  );
  t.equal(tree.wastedBytes, 30);
  t.same(
    trail(tree, '1/0/0').map(({ path }) => path),
    ['', '', '/opt', '/opt/replaced'],
  );
  t.same(trail(tree, '7/7').length, 1, 'what is not there leads to the whole');
  t.equal(shortCommand('/bin/sh -c #(nop)  CMD ["x"]'), 'CMD ["x"]');
  t.equal(shortCommand('COPY . . # buildkit'), 'COPY . .');
});

t.test('with twenty named files, a small one that is not named may still be there', async (t) => {
  const largest = Array.from({ length: 20 }, (_, index) => ({ path: `/f${index}`, sizeBytes: 100, line: 2 }));
  const layers = [
    {
      line: 2,
      command: 'COPY',
      sizeBytes: 201,
      files: 2,
      tree: [
        { name: 'small', sizeBytes: 100, files: 1 },
        { name: 'large', sizeBytes: 101, files: 1 },
      ],
    },
  ];
  const [layer] = imageTree({ id: '', sizeBytes: 1, layers, largest }).children;
  t.same(
    layer?.children.map(({ wastedBytes }) => wastedBytes),
    [0, 101],
  );
});

t.test('phases are behind, here, or to come', async (t) => {
  const build = Build.parse({
    ...{ id: 'b', state: 'probing', attempt: 1, project: null, createdAt: '2026-11-29T15:14:04.437Z' },
    ...{ startedAt: null, finishedAt: null, progress: { phase: 'stop', step: null, done: 2, total: 3 } },
    links: { self: '', report: '', events: '', log: '' },
  });
  t.equal(phaseOf(build), 'stop');
  t.same(
    ['image', 'stop', 'report'].map((id) => standingOf(id, phaseOf(build))),
    ['done', 'running', 'waiting'],
  );
  t.equal(phaseOf({ ...build, state: 'queued' }), 'queued');
  t.equal(phaseOf({ ...build, state: 'building', progress: null }), 'build');
});

t.test('steps stand in the order in which they began; those that never did stand last', async (t) => {
  const step = {
    name: 'n',
    line: null,
    command: null,
    cached: false,
    startedMs: 5,
    endedMs: 9,
    durationMs: 4,
    error: null,
    log: '',
  };
  const steps = stepsOfReport([
    { ...step, name: 'never', startedMs: null, endedMs: null, durationMs: null },
    { ...step, name: 'second', cached: true },
    { ...step, name: 'first', startedMs: 0, error: 'no' },
  ]);
  t.same(
    steps.map(({ text, state }) => [text, state]),
    [
      ['first', 'error'],
      ['second', 'cached'],
      ['never', 'told'],
    ],
  );
});
