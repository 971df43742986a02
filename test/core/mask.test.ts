/** What was given in confidence is not told again. */
import { createHash } from 'node:crypto';
import t from 'tap';
import { analyze } from '../../src/core/analyze.ts';
import { parseDockerfile } from '../../src/core/dockerfile/parse.ts';
import { makeMask, maskDeep, maskOf } from '../../src/core/secrets/mask.ts';
import { writtenSecrets } from '../../src/core/secrets/written.ts';
import { subjectOf } from '../helpers/subject.ts';

t.test('values whose name says that they are secrets are hidden wherever they are repeated', async (t) => {
  const mask = makeMask({ TOKEN: 'kQ7-vB2', VERSION: '1.2.3' }, { DBPASS: 'p@ss/word', LOG_LEVEL: 'debug' }, undefined);
  t.equal(mask('RUN login kQ7-vB2 && get 1.2.3'), 'RUN login *** && get 1.2.3');
  t.equal(mask('postgres://u:p@ss/word@db'), 'postgres://u:***@db');
  t.equal(mask('https://u:p%40ss%2Fword@db'), 'https://u:***@db', 'encoded for a URL as well');
  t.equal(mask('debug'), 'debug', 'a value that is no secret is left alone');
});

t.test('a value that is a secret by its form is hidden whatever its name', async (t) => {
  const url = 'postgres://shop:h7Gt2xQz@db/shop';
  t.equal(makeMask({ DATABASE: url })(`connecting to ${url}`), 'connecting to ***');
  t.equal(makeMask({ LICENCE: 'b7Qx93kfLs02mVt6' })('b7Qx93kfLs02mVt6!'), '***!', 'made by a machine');
});

t.test('of two secrets the longer one goes first, so that nothing of it is left', async (t) => {
  const mask = makeMask({ A_TOKEN: 'abcd', B_TOKEN: 'abcdefgh' });
  t.equal(mask('abcdefgh abcd'), '*** ***');
});

t.test('what is too short to be a secret does not take letters out of every word', async (t) => {
  t.equal(makeMask({ TOKEN: 'a', SECRET: '' })('a banana'), 'a banana');
});

t.test('what was given as a secret is hidden whatever it looks like, and so are its parts', async (t) => {
  const mask = maskOf({
    buildArgs: { VERSION: '1.2.3', LICENCE: 'three wise sailors' },
    secretBuildArgs: ['LICENCE'],
    secrets: { plain: 'open sesame', npmrc: '//host/:_authToken=b7Qx93kfLs02mVt6\nstrict-ssl=true\n' },
    registries: { 'docker.io': { username: 'shipwright', password: 'hunter22' } },
  });
  t.equal(mask('say open sesame to 1.2.3'), 'say *** to 1.2.3');
  t.equal(mask('for three wise sailors'), 'for ***', 'an argument that somebody called a secret');
  t.equal(mask('token b7Qx93kfLs02mVt6 of npm'), 'token *** of npm', 'a word of a file that a machine made');
  t.equal(mask('read strict-ssl=true here'), 'read *** here', 'a line of a file');
  t.equal(mask('shipwright:hunter22'), 'shipwright:***');
});

t.test('a value that ends with a newline is hidden without it as well', async (t) => {
  t.equal(maskOf({ secrets: { a: 'abcdef\n' } })('[abcdef]'), '[***]');
});

t.test('encoded values are hidden, wherever in a longer text they stand', async (t) => {
  const secret = 'c4nary/of the+port?7';
  const mask = maskOf({ secrets: { a: secret } });
  for (const before of ['', 'x', 'xy', 'svc:']) {
    const encoded = Buffer.from(`${before}${secret}!`).toString('base64');
    const told = mask(`Authorization: Basic ${encoded}`);
    t.match(told, /^Authorization: Basic .{0,8}\*\*\*.{0,4}$/, told);
    t.match(mask(Buffer.from(`${before}${secret}`).toString('base64url')), /\*\*\*/);
  }
  t.equal(mask(Buffer.from(secret).toString('hex')), '***');
  t.equal(mask(Buffer.from(secret).toString('hex').toUpperCase()), '***');
  t.equal(mask('c4nary/of%20the%2Bport%3F7'), '***', "Python's quote");
  t.equal(mask('c4nary%2Fof+the%2Bport%3F7'), '***', "Python's quote_plus");
  t.equal(mask('c4nary%2fof%20the%2bport%3f7'), '***', 'small letters');
  t.equal(
    mask(Buffer.from('another text altogether').toString('base64')),
    Buffer.from('another text altogether').toString('base64'),
  );
});

t.test('a piece of a secret at the edge of a text is hidden, and not what only begins like one', async (t) => {
  const secret = 'Zq8xWm2LpR7vKs4TnB6yHc9d';
  const mask = maskOf({ secrets: { a: secret } });
  for (let cut = 6; cut < secret.length; cut += 1) {
    t.equal(mask(`the log: ${secret.slice(0, cut)}`), 'the log: ***', `its first ${cut} letters`);
    t.equal(mask(`${secret.slice(-cut)} was the log`), '*** was the log', `its last ${cut} letters`);
    t.equal(mask(secret.slice(0, cut)), '***');
  }
  t.equal(mask(`${secret.slice(0, 11)} in the middle`), `${secret.slice(0, 11)} in the middle`, 'too short a piece');
  t.equal(mask(`${secret.slice(2, 14)} in the middle`), '*** in the middle');
  t.equal(mask('Zq8xW'), 'Zq8xW', 'too short to say anything');
  t.equal(mask(''), '');
  t.equal(mask('Zq8xWmother'), 'Zq8xWmother');
});

t.test('an encoded secret is hidden in every line that a program breaks it into', async (t) => {
  const secret = createHash('sha512').update('a secret of a machine').digest('base64url');
  const mask = maskOf({ secrets: { a: secret } });
  const linesOf = (text: string, width: number): readonly string[] =>
    text.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
  for (const width of [76, 64, 60, 30, 20, 12]) {
    for (const text of [
      Buffer.from(secret).toString('base64'),
      Buffer.from(`user:${secret}`).toString('base64url'),
      Buffer.from(secret).toString('hex'),
      secret,
    ]) {
      const left = linesOf(text, width).map((line) => mask(line));
      // Of the first and the last line few letters may be shared with what stands beside the secret.
      const most = left.map(
        (line, index) => (index === 0 || index === left.length - 1 ? 12 : 0) - line.replace('***', '').length,
      );
      t.ok(
        most.every((rest) => rest >= 0),
        `${width}: ${left.join(' ')}`,
      );
    }
  }
  const pem = `-----BEGIN PRIVATE KEY-----\n${linesOf(Buffer.from(secret).toString('base64'), 64).join('\n')}\n-----END PRIVATE KEY-----\n`;
  const hides = maskOf({ secrets: { key: pem } });
  // Of a last line of fewer than six letters nobody can tell.
  for (const line of linesOf(Buffer.from(pem).toString('base64'), 76))
    t.equal(hides(line), line.length < 6 ? line : '***', line);
});

t.test('a secret made of words does not take the words out of a log', async (t) => {
  const npmrc = '//npm.example.com/packages/:_authToken=npm_Zq8xWm2LpR7vKs4TnB6yHc9dZq8xWm2LpR7v\n';
  const mask = maskOf({ secrets: { npmrc } });
  for (const line of [
    'GET https://npm.example.com/packages/left-pad 200',
    'integrity sha512-Qm9yZGVyIG9mIGEgZ2FyZGVuLCBub3QgYSBzZWNyZXQ==',
    'sha256:2420ebe447beb357bff6a78d1eb01a57ce195964ab62326f7babdbe22096a8f8',
  ])
    t.equal(mask(line), line);
});

t.test('data is masked however deep', async (t) => {
  const mask = maskOf({ secrets: { a: 'open sesame' } });
  const data = { seen: 'state', log: ['say open sesame'], deep: { n: 1, none: undefined, is: true, word: null } };
  t.strictSame(maskDeep(data, mask), { ...data, log: ['say ***'] });
});

t.test(
  'secrets that are written in a Dockerfile are known, stand-ins and short words are not among them',
  async (t) => {
    const written = (text: string): readonly string[] => writtenSecrets(parseDockerfile(text));
    t.same(
      written(
        'FROM a\nENV DB_PASSWORD=h7Gt2xQzLm API_KEY=${KEY:-b7Qx93kfLs}\nARG NPM_TOKEN="two words"\nLABEL api.token=Lk29fhQ0aa\n' +
          'RUN curl -H "Authorization: Bearer zz81Kd0aaB" https://u:p4ssW0rdXY@x.example\nCMD ["app", "--password", "c0mmandLine"]\n',
      ).toSorted(),
      ['Lk29fhQ0aa', 'b7Qx93kfLs', 'c0mmandLine', 'h7Gt2xQzLm', 'p4ssW0rdXY', 'two words', 'zz81Kd0aaB'].toSorted(),
    );
    t.same(
      written('FROM a\nENV DB_PASSWORD=changeme API_KEY_FILE=/run/secrets/key TOKEN=short7 KEYCLOAK=abcdefghij\n'),
      [],
    );
  },
);

t.test('an edit that would repeat a secret is not offered, its finding is told all the same', async (t) => {
  const editsOf = (command: string): readonly (boolean | undefined)[] =>
    analyze(subjectOf(`FROM debian:12\nCMD ${command}\n`))
      .findings.filter(({ rule }) => rule === 'shell-form-command')
      .map(({ edits }) => edits !== undefined);
  t.same(editsOf('app --verbose'), [true]);
  t.same(editsOf('app --password c0mmandLine9'), [false]);
});

t.test('JSON within an address is hidden as well', async (t) => {
  const secret = 'a"b/c+d e';
  const mask = makeMask({ TOKEN: secret });
  t.equal(
    mask(`?args=${encodeURIComponent(JSON.stringify({ A: secret }))}`),
    `?args=${encodeURIComponent('{"A":"')}***${encodeURIComponent('"}')}`,
  );
});
