/** Scripts with the line ends of Windows: a case file cannot hold them. */
import t from 'tap';
import { analyze } from '../../../src/core/analyze.ts';
import rule from '../../../src/core/rules/correctness/script-crlf.ts';
import { subjectOf } from '../../helpers/subject.ts';

const script = '#!/bin/sh\r\nset -e\r\nexec "$@"\r\n';

function severities(dockerfile: string, files: Readonly<Record<string, string>>): readonly string[] {
  return analyze(subjectOf({ dockerfile: `FROM python:3.12-slim\n${dockerfile}\n`, files }), [rule]).findings.map(
    (one) => one.severity,
  );
}

t.test('a script that the kernel starts', async (t) => {
  t.same(severities('COPY . /app\nENTRYPOINT ["/app/start.sh"]', { 'start.sh': script }), ['error']);
  t.same(severities('COPY bin/start /usr/local/bin/\nCMD ["start"]', { 'bin/start': script }), ['error']);
});

t.test('a script that a shell reads', async (t) => {
  t.same(severities('COPY . /app\nENTRYPOINT ["sh", "/app/start.sh"]', { 'start.sh': script }), ['warning']);
});

t.test('a RUN that mends it', async (t) => {
  for (const run of [String.raw`sed -i 's/\r$//' /app/start.sh`, 'dos2unix /app/start.sh'])
    t.same(severities(`COPY . /app\nRUN ${run}\nENTRYPOINT ["/app/start.sh"]`, { 'start.sh': script }), []);
});

t.test('another script is not started', async (t) => {
  t.same(severities('COPY . /app\nCMD ["/app/other.sh"]', { 'start.sh': script, 'other.sh': '#!/bin/sh\n' }), []);
});
