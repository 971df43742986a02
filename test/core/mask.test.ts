/** What was given in confidence is not told again. */
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
  t.equal(mask(`${secret.slice(0, 12)} in the middle`), `${secret.slice(0, 12)} in the middle`, 'nobody has cut there');
  t.equal(mask('Zq8xW'), 'Zq8xW', 'too short to say anything');
  t.equal(mask(''), '');
  t.equal(mask('Zq8xWmother'), 'Zq8xWmother');
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
