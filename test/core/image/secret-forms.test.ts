/**
 * Tokens of issuers in the files of a layer, held against the scanner that reads Dockerfile and context: what that one knows by its
 * form, the pass over an image knows too. Every token is put together here, so that no scanner takes this file for a leak.
 */
import { createHash, generateKeyPairSync } from 'node:crypto';
import t from 'tap';
import { makeSecretScanner } from '../../../src/adapters/secretlint/secret-scanner.ts';
import { secretsInFile } from '../../../src/core/image/texts.ts';

/** As many characters as are asked for, always the same, of one alphabet. */
function made(length: number, alphabet: string): string {
  let text = '';
  for (let round = 0; text.length < length; round++) {
    for (const byte of createHash('sha512').update(`${round}`).digest())
      text += alphabet.charAt(byte % alphabet.length);
  }
  return text.slice(0, length);
}
const lower = 'abcdefghijklmnopqrstuvwyz';
const letters = lower + lower.toUpperCase();
const mixed = (length: number): string => made(length, `${letters}0123456789`);
const hex = (length: number): string => made(length, '0123456789abcdef');
const digits = (length: number): string => made(length, '123456789');
const pem = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64');

/** By the name of what it is. */
const tokens: Readonly<Record<string, string>> = {
  'AWS id': `AKIA${made(16, 'ABCDEFGHIJKLMNPQ234567')}`,
  'AWS secret': `AWS_SECRET_ACCESS_KEY=${mixed(40)}`,
  'AWS secret in settings': `aws_secret_access_key = ${mixed(40)}`,
  'AWS secret in JSON': `"SecretAccessKey": "${mixed(40)}"`,
  'private key': pem,
  'password in a URL': `https://deploy:${mixed(12)}@git.shop.io/a.git`,
  'PostgreSQL URL': `postgresql://app:${mixed(12)}@db.shop.io:5432/app`,
  'MySQL URL': `mysql://app:${mixed(12)}@db.shop.io/app`,
  'MongoDB URL': `mongodb+srv://app:${mixed(12)}@c0.shop.io/app`,
  npm: `npm_${mixed(36)}`,
  'Slack bot': `xoxb-${digits(12)}-${digits(12)}-${mixed(24)}`,
  'Slack app': `xapp-1-A${mixed(9)}-${digits(12)}-${hex(40)}`,
  'Slack webhook': `https://hooks.slack.com/services/T${mixed(8)}/B${mixed(8)}/${mixed(24)}`,
  'OpenAI project': `sk-proj-${mixed(74)}T3BlbkFJ${mixed(74)}`,
  OpenAI: `sk-${mixed(20)}T3BlbkFJ${mixed(20)}`,
  Anthropic: `sk-ant-api03-${mixed(93)}AA`,
  Groq: `gsk_${mixed(52)}`,
  'Hugging Face': `hf_${made(34, letters)}`,
  Linear: `lin_api_${mixed(40)}`,
  Notion: `ntn_${digits(11)}${mixed(35)}`,
  SendGrid: `SG.${mixed(22)}.${mixed(43)}`,
  Shopify: `shpat_${hex(32)}`,
  'Stripe secret': `sk_live_${mixed(24)}`,
  'Stripe restricted': `rk_live_${mixed(24)}`,
  GitHub: `ghp_${mixed(36)}`,
  'GitHub fine-grained': `github_pat_${mixed(82)}`,
  'GitHub installation': `ghs_${digits(8)}_${mixed(30)}.${mixed(60)}.${mixed(40)}`,
  GitLab: `glpat-${mixed(20)}`,
  'Grafana Cloud': `glc_${base64({ o: '1234', n: 'shop', k: mixed(24), m: { r: 'eu' } })}`,
  'Grafana account': `glsa_${mixed(32)}_${hex(8)}`,
  // Its issuer's all end in one brace.
  '1Password': `ops_${base64({ email: 'a@b.io', muk: { alg: 'A256GCM', k: mixed(43) }, key: mixed(29) })}`,
  'Vault service': `hvs.${mixed(95)}`,
  'Vault batch': `hvb.${mixed(150)}`,
  Vercel: `vcp_${mixed(40)}`,
  Databricks: `dapi${hex(32)}`,
  Docker: `dckr_pat_${mixed(27)}`,
  Figma: `figd_${mixed(43)}`,
  Cloudflare: `cfut_${mixed(40)}${hex(8)}`,
  Tailscale: `tskey-auth-${mixed(17)}-${mixed(32)}`,
};
/** What that scanner does not know. */
const others: Readonly<Record<string, string>> = {
  'PGP key': `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${mixed(60)}\n${mixed(60)}\n-----END PGP PRIVATE KEY BLOCK-----\n`,
  Google: `AIza${mixed(35)}`,
  PyPI: `pypi-${mixed(80)}`,
  'Redis URL': `redis://:${mixed(12)}@cache.shop.io:6379`,
};

const scanner = makeSecretScanner();
const inFile = (text: string) => secretsInFile('app/settings.py', text.length, text);

for (const [name, token] of Object.entries({ ...tokens, ...others })) {
  t.test(name, async (t) => {
    const text = `${'a = 1\n'.repeat(2000)}value = '${token}'\n`;
    if (name in tokens)
      t.ok((await scanner.scan([{ path: 'a.py', text: `x = '${token}'\n` }])).length > 0, 'it is a token');
    const found = inFile(text);
    t.match(found, [{ isCertain: true }], 'found, and once');
    t.equal(found.length, 1);
    const [{ masked } = { masked: token }] = found;
    t.ok(masked.endsWith('***') && masked.length < 15 && !masked.includes(token.slice(-8)), masked);
  });
}

t.test('what only begins like one is none, nor what is there to be replaced', async (t) => {
  for (const token of Object.values({ ...tokens, ...others })) {
    const beginning = /^(?:[a-zA-Z]+[-_.])+|^[A-Z]+/.exec(token)?.[0] ?? token.slice(0, 5);
    for (const text of [
      beginning,
      `${beginning}…`,
      `${beginning}${'x'.repeat(40)}`,
      `${beginning}$TOKEN`,
      `\${${beginning}}`,
    ]) {
      t.same(inFile(`value = '${text}'\n`), [], text);
    }
  }
  t.same(inFile(`secret_access_key: ${hex(64)}`), [], 'a checksum is longer');
  t.same(
    inFile(
      `import hf_transfer, shpat_tools; task-${mixed(40)}; vcr_cassette = vcr_record_mode; dapicontroller; SG.ConfigurationOfClient.valueOfTheConfiguration; vcr_thiscassetteisalongname`,
    ),
    [],
  );
});

t.test('a text full of beginnings costs no time', async (t) => {
  const begun = performance.now();
  for (const part of [
    'sk-live-',
    'ghs_1_',
    'SG.',
    'secret_access_key=',
    'glc_eyJ',
    '-----BEGIN A ',
    'postgres://a:',
    'hvs.',
    'A A ',
  ]) {
    inFile(part.repeat(1_000_000 / part.length));
  }
  t.ok(performance.now() - begun < 10_000, `${Math.round(performance.now() - begun)} ms`);
});
