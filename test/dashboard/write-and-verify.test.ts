/** What the views Write and Verify think, without a browser: places of findings, what of a folder is sent, what a form wishes. */
import { Text } from '@codemirror/state';
import t from 'tap';
import { parseIgnoreFile } from '../../src/core/context/ignore.ts';
import { readFacts } from '../../src/dashboard/views/verify/facts.ts';
import { planSending } from '../../src/dashboard/views/verify/sending.ts';
import { BLANK, complaintsOf, mistakesIn, optionsOf } from '../../src/dashboard/views/verify/wish.ts';
import { bySeverity, changeBetween, placed, rangeOf } from '../../src/dashboard/views/write/places.ts';
import type { Finding } from '../../src/schemas/finding.ts';
import type { Problem } from '../../src/schemas/problem.ts';

const finding = (part: Partial<Finding>): Finding => ({
  rule: 'base-latest',
  item: 'base-image-pinned',
  severity: 'error',
  confidence: 'high',
  message: 'm',
  file: 'Dockerfile',
  span: { line: 1, column: 6, endLine: 1, endColumn: 9 },
  why: 'w',
  fix: 'f',
  aliases: [],
  fingerprint: 'x',
  ...part,
});

t.test('findings have places in the text that they are about', async (t) => {
  const text = Text.of(['FROM a:b', 'CMD 🐳 x']);
  t.same(rangeOf({ line: 1, column: 6, endLine: 1, endColumn: 9 }, text), { from: 5, to: 8 });
  t.same(rangeOf({ line: 2, column: 8, endLine: 2, endColumn: 9 }, text), { from: 16, to: 17 }, 'in UTF-16 units');
  t.same(rangeOf({ line: 2, column: 1, endLine: 3, endColumn: 1 }, text), { from: 9, to: 17 }, 'ends with the text');
  t.same(rangeOf({ line: 9, column: 1, endLine: 9, endColumn: 4 }, text), { from: 17, to: 17 });
  const all = [
    finding({ span: { line: 2, column: 1, endLine: 2, endColumn: 4 } }),
    finding({}),
    finding({ span: null }),
    finding({ file: '.dockerignore' }),
    finding({ waived: { by: 'request', reason: 'r' } }),
  ];
  t.same(
    placed(all, 'Dockerfile', text).map(({ from }) => from),
    [5, 9],
    'of this file, with a place, not waived',
  );
  t.same(
    bySeverity([
      finding({ severity: 'info' }),
      finding({ severity: 'warning' }),
      finding({ span: null }),
      finding({}),
    ]).map(({ severity, span }) => [severity, span?.line]),
    [
      ['error', undefined],
      ['error', 1],
      ['warning', 1],
      ['info', 1],
    ],
  );
});

t.test('one small change makes a text of another', async (t) => {
  const after = (before: string, wanted: string): string => {
    const change = changeBetween(before, wanted);
    return change === undefined ? before : before.slice(0, change.from) + change.insert + before.slice(change.to);
  };
  for (const [before, wanted] of [
    ['abc', 'abc'],
    ['', 'abc'],
    ['abc', ''],
    ['aaa', 'aaaa'],
    ['aaaa', 'aaa'],
    ['RUN a\nCMD b\n', 'RUN a --x\nCMD ["b"]\n'],
  ] as const) {
    t.equal(after(before, wanted), wanted);
  }
  t.equal(changeBetween('same', 'same'), undefined);
  t.same(changeBetween('a b c', 'a X c'), { from: 2, to: 3, insert: 'X' });
});

t.test('a folder is sent without what its ignore file leaves out', async (t) => {
  const files = [
    'Dockerfile',
    '.dockerignore',
    'drydock.yaml',
    'app.py',
    '.git/HEAD',
    '.env',
    'web/node_modules/a.js',
    'keep/a.log',
  ].map((path, index) => ({ path, size: 10 + index }));
  const ignore = parseIgnoreFile('*\n!app.py\n!web\n!keep\n*.md\n', '.dockerignore');
  const { sent, sentBytes, leftOut, leftOutBy, largest, unwanted } = planSending(files, 'Dockerfile', ignore);
  t.same(
    sent.map(({ path }) => path),
    ['Dockerfile', '.dockerignore', 'drydock.yaml', 'app.py', 'web/node_modules/a.js', 'keep/a.log'],
    'what the builder itself reads goes along',
  );
  t.equal(sentBytes, 10 + 11 + 12 + 13 + 16 + 17);
  t.same(leftOut, { name: 'left out', files: 2, bytes: 29 });
  t.same(leftOutBy, [{ name: '*', files: 2, bytes: 29 }]);
  t.equal(largest[0]?.path, 'keep/a.log');
  t.same(unwanted, [{ name: 'web/node_modules', files: 1, bytes: 16 }]);

  const all = planSending(
    [...files, { path: '.env.example', size: 1 }, { path: 'node_modules.md', size: 1 }],
    'Dockerfile',
    undefined,
  );
  t.equal(all.leftOut.files, 0);
  t.same(all.unwanted.map(({ name }) => name).sort(), ['.env', '.git', 'web/node_modules']);
});

t.test('plain facts are read off a Dockerfile', async (t) => {
  const facts = readFacts(`# syntax=docker/dockerfile:1
ARG VERSION=3.12
FROM python:\${VERSION} AS Build
ARG TOKEN TARGETARCH
# EXPOSE 1
RUN --mount=type=secret,id=npmrc,target=/x \\
    # a comment between
    --mount=target=/run/secrets/pip,type=secret \\
    make
EXPOSE 9999
FROM python:3.12-slim
COPY --from=build /app /app
EXPOSE 8000/tcp
HEALTHCHECK --interval=5s \\
  CMD curl -f http://localhost:8080/healthz || exit 1
`);
  t.same(facts, {
    stages: ['build'],
    port: { value: '8080', from: 'HEALTHCHECK' },
    health: { value: '/healthz', from: 'HEALTHCHECK' },
    buildArgs: ['VERSION', 'TOKEN'],
    secretIds: ['npmrc', 'pip'],
    takesFiles: false,
  });
  t.same(readFacts('FROM a AS x\nEXPOSE 80\nCOPY . .\nFROM b\n', 'X').port, { value: '80', from: 'EXPOSE' });
  const nothing = readFacts('FROM a\nEXPOSE $PORT\nHEALTHCHECK CMD curl http://localhost:$PORT/\nCOPY . /app');
  t.same(
    [nothing.port, nothing.health, nothing.takesFiles],
    [undefined, undefined, true],
    'what is not known is not guessed',
  );
  t.same(readFacts('').stages, []);
});

t.test('a form becomes options, and a refusal comes back to its fields', async (t) => {
  const row = { key: 1, isMarked: false };
  const facts = readFacts('FROM a\nEXPOSE 8000\n');
  t.same(optionsOf(BLANK, undefined, undefined), {}, 'what is blank is not sent');
  t.same(optionsOf({ ...BLANK, port: '8000' }, facts, undefined), {}, 'nor what was read off the text');
  t.same(
    optionsOf(
      {
        ...BLANK,
        project: ' shop/api ',
        profile: 'job',
        port: '80',
        health: 'health',
        stopTimeoutSeconds: 'soon',
        egress: true,
        buildArgs: [{ ...row, name: 'KEY', value: 'v', isMarked: true }],
        env: [
          { ...row, name: 'A', value: '', isMarked: true },
          { ...row, name: '', value: '' },
        ],
        secrets: [
          { ...row, name: 'npmrc', value: '' },
          { ...row, name: 'pip', value: 'four' },
        ],
      },
      facts,
      'docker/Dockerfile',
    ),
    {
      project: 'shop/api',
      profile: 'job',
      dockerfile: 'docker/Dockerfile',
      port: 80,
      health: 'health',
      stopTimeoutSeconds: 'soon',
      egress: true,
      buildArgs: { KEY: 'v' },
      secretBuildArgs: ['KEY'],
      env: { A: '' },
      requiredEnv: ['A'],
      secrets: { pip: 'four' },
    },
  );
  t.same(
    mistakesIn(
      {
        ...BLANK,
        env: [
          { ...row, name: 'A', value: '1' },
          { ...row, name: 'A ', value: '2' },
        ],
      },
      undefined,
    ).map(({ pointer }) => pointer),
    ['#/options/env/A'],
  );
  const problem: Problem = {
    type: '/problems/body-invalid',
    title: 't',
    status: 400,
    detail: 'd',
    instance: 'i',
    errors: [
      { pointer: '#/options/port', detail: 'Too big.' },
      { pointer: '#/options/env/9X', detail: 'A variable name.' },
      { pointer: '#/options/requiredEnv/0', detail: 'A variable name.' },
      { pointer: '#/context', detail: 'Missing.' },
      { pointer: '#/options/services/db/image', detail: 'The name of an image.' },
    ],
  };
  t.same(
    [...complaintsOf(problem, BLANK)],
    [
      ['port', 'Too big.'],
      ['env', '9X: A variable name. A variable name.'],
      ['further', 'services.db.image: The name of an image.'],
    ],
  );
  t.same(
    [...complaintsOf({ ...problem, type: '/problems/dockerfile-ambiguous', errors: [] }, BLANK)],
    [['dockerfile', 'd']],
  );
  t.equal(complaintsOf(undefined, BLANK).size, 0);
});

t.test('what the form has no field for is written as JSON', async (t) => {
  const further = '{"labels": {"a": "b"}, "port": 80, "egress": true}';
  t.same(optionsOf({ ...BLANK, further }, undefined, undefined), { labels: { a: 'b' }, port: 80, egress: true });
  t.same(mistakesIn({ ...BLANK, further }, undefined), [], 'what is blank in the form');
  for (const text of ['{', '[]', 'null', '7'])
    t.match(mistakesIn({ ...BLANK, further: text }, undefined), [
      { pointer: '#/options/further', detail: /JSON object/ },
    ]);
});

t.test('what the form shows is not written as JSON as well', async (t) => {
  const facts = readFacts('FROM a\nHEALTHCHECK CMD curl http://localhost:8000/\n');
  const fields = { ...BLANK, port: '8000', further: '{"port": 9999}' };
  t.same(optionsOf({ ...fields, further: '' }, facts, undefined), {}, 'left to the service');
  const both = mistakesIn(fields, undefined);
  t.match(both, [{ pointer: '#/options/port', detail: 'The form above says it too. Keep one of them.' }]);
  const problem: Problem = { type: 'about:blank', title: 't', status: 400, detail: 'd', instance: '', errors: both };
  t.match([...complaintsOf(problem, fields)], [['further', /^port: .*Keep one/]]);
  const other = { ...BLANK, further: '{"dockerfile": "b"}' };
  t.match(mistakesIn(other, 'a.Dockerfile'), [{ pointer: '#/options/dockerfile' }]);
  t.same(mistakesIn(other, undefined), []);
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    const odd = { ...BLANK, further: `{"${name}": 1}` };
    t.same(mistakesIn(odd, undefined), [], name);
    t.equal(JSON.stringify(optionsOf(odd, undefined, undefined)), `{"${name}":1}`, 'the service judges it');
  }
});

t.test('a complaint goes to where its value was written', async (t) => {
  const problem = (...pointers: readonly string[]): Problem => ({
    ...{ type: '/problems/body-invalid', title: 't', status: 400, detail: 'd', instance: '' },
    errors: pointers.map((pointer) => ({ pointer, detail: 'Wrong.' })),
  });
  const text = { ...BLANK, further: '{"port": "abc", "env": {"A/B": 1}, "dockerfile": "x"}' };
  t.same(
    [...complaintsOf(problem('#/options/port', '#/options/env/A~1B', '#/options/health'), text)],
    [
      ['further', 'port: Wrong. env.A/B: Wrong.'],
      ['health', 'Wrong.'],
    ],
  );
  t.same([...complaintsOf(problem('#/options/constructor'), BLANK)], [['further', 'constructor: Wrong.']]);
  t.same(
    [...complaintsOf({ ...problem(), type: '/problems/dockerfile-missing' }, text)],
    [['further', 'd']],
    'also of a file that is not there',
  );
});
