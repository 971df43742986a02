/** The log of a build, read into sections. */
import t from 'tap';
import { find, latestSteps, makeLogReader } from '../../src/dashboard/views/watch/log/log-model.ts';

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
