/** The port `SecretScanner`: what it finds, where, what it leaves alone, and that it neither reads files nor grows. */
import t from 'tap';
import { makeSecretScanner } from '../../src/adapters/secretlint/secret-scanner.ts';
import { analyze } from '../../src/core/analyze.ts';
import { rules } from '../../src/core/rules/index.ts';
import { textsToScan } from '../../src/core/rules/questions/leaks.ts';
import { subjectOf } from '../helpers/subject.ts';

const scanner = makeSecretScanner();

/** Made up, put together here so that no scanner of repositories takes this file for a leak. */
const vault = `hvs.${'CAESIJlU02LQZq9aB3dE5fG7'.repeat(4)}`;
const docker = ['dckr', 'pat', 'Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9'].join('_');

t.test('it tells what a secret is and where it stands', async (t) => {
  const text = `FROM alpine:3.21\nENV A=1 V=${vault}\n`;
  const leaks = await scanner.scan([
    { path: 'Dockerfile', text },
    { path: 'run.sh', text: `echo ${docker}\n` },
  ]);
  t.same(
    leaks.map(({ path, start, end, kind }) => [path, start, end - start, kind]),
    [
      ['Dockerfile', text.indexOf('hvs.'), vault.length, 'a Vault token'],
      ['run.sh', 5, docker.length, 'a Docker access token'],
    ],
  );
});

t.test('it leaves alone what is none, and a comment cannot switch it off', async (t) => {
  t.same(
    await scanner.scan([{ path: 'Dockerfile', text: 'FROM python:3.12-slim\nENV TOKEN_FILE=/run/secrets/t\n' }]),
    [],
  );
  t.same(await scanner.scan([{ path: 'a', text: 'URL=postgres://${USER}:${PASSWORD}@db/shop\n' }]), []);
  const hidden = await scanner.scan([{ path: 'a', text: `# secretlint-disable\nV=${vault}\n` }]);
  t.equal(hidden.length, 1);
});

t.test('paths are never opened: a key file of the host is not read for a context that names it', async (t) => {
  t.same(await scanner.scan([{ path: '/etc/ssl/private/server.p12', text: 'aws' }]), []);
});

t.test('a large text made to be slow ends soon', async (t) => {
  const begun = performance.now();
  await scanner.scan([
    { path: 'a', text: 'postgres://a:'.repeat(80_000) },
    { path: 'b', text: '-----BEGIN RSA PRIVATE KEY-----\n'.repeat(30_000) },
    { path: 'c', text: '_authToken=sk-'.repeat(70_000) },
  ]);
  t.ok(performance.now() - begun < 3000);
});

t.test('the rules tell of it once, without the value', async (t) => {
  const example = {
    dockerfile: `FROM alpine:3.21\nCOPY . /app\nRUN curl -H "X-Vault-Token: ${vault}" https://vault.example.com\n`,
    files: { 'run.sh': `echo ${docker}\n`, '.env.example': `V=${vault}\n` },
  };
  const bare = subjectOf(example);
  const texts = textsToScan(bare);
  t.same(
    texts.map(({ path }) => path),
    ['Dockerfile', 'run.sh'],
  );
  const subject = { ...bare, facts: { ...bare.facts, leaks: await scanner.scan(texts) } };
  const wanted = new Set(['secret-value', 'secret-in-copied-file', 'secret-in-command']);
  const { findings } = analyze(
    subject,
    rules.filter(({ id }) => wanted.has(id)),
  );
  t.same(
    findings.map(({ rule, span }) => [rule, span?.line]),
    [
      ['secret-in-copied-file', 2],
      ['secret-value', 3],
    ],
  );
  t.notMatch(JSON.stringify(findings), vault);
  t.notMatch(JSON.stringify(findings), docker);
});
