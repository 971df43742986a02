/**
 * What looks like a secret: names of variables, and values that carry their kind in their form. Values are never told,
 * only masked. Names are judged by whole words between underscores, so that KEYCLOAK_URL and TOKENIZER stay quiet.
 */

/** How a name looks. `strong`: a value under it is a secret; `weak`: it may be, the value decides. */
export type SecretName = 'strong' | 'weak' | 'no';

const STRONG =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|PWD|SECRET|SECRETS|TOKEN|APIKEY|CREDENTIALS?|(?:API|ACCESS|SECRET|PRIVATE|ENCRYPTION|SIGNING|MASTER|DEPLOY|AUTH|SESSION)_?KEY)(?:_|$)/;
const WEAK = /(?:^|_)(?:KEY|AUTH|PASS)$/;
/** Words that make it a name, a place, a size or a public part of a secret. */
const HARMLESS =
  /(?:^|_)(?:PUBLIC|PUB|GPG|VERSION|FILE|FILES|PATH|DIR|NAME|NAMES|ID|IDS|URL|URI|ENDPOINT|HOST|PORT|TTL|EXPIRY|EXPIRES|EXPIRE|LIFETIME|TIMEOUT|LENGTH|SIZE|MIN|MAX|LIMIT|COUNT|ALGORITHM|ALG|TYPE|MODE|HEADER|PREFIX|SUFFIX|ISSUER|ENABLED|DISABLED|REQUIRED|POLICY|PROVIDER|SERVER|SERVICE|MANAGER|STORE|BACKEND|KEYRING)(?:_|$)/;

/** Judges the name of an ENV, ARG or LABEL. */
export function secretName(name: string): SecretName {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[.-]/g, '_')
    .toUpperCase();
  if (HARMLESS.test(words)) return 'no';
  if (STRONG.test(words)) return 'strong';
  return WEAK.test(words) ? 'weak' : 'no';
}

/** True when a value cannot be a secret whatever its name: nothing, a switch, a small number, a path. */
export function isHarmlessValue(value: string): boolean {
  return /^(?:|true|false|yes|no|on|off|none|null|nil|undefined|\d{1,5}|~?\.{0,2}\/\S*|\/run\/secrets\/.*)$/i.test(
    value.trim(),
  );
}

/** True when a value was written to be replaced: `changeme`, `<your token>`, `xxx`. */
export function isPlaceholder(value: string): boolean {
  return /^(?:<.*>|\[.*\]|\{\{.*\}\}|x{3,}|\*{3,}|\.{3}|(?:change|replace|fill)[-_ ]?(?:me|this|it)?.*|(?:your|my|some|dummy|fake|example|sample|test|placeholder|default|insert|todo)\b.*|(?:your|my|dummy|fake|example|placeholder)[-_].*|dummy|fake|example|secret|password|token|placeholder|not[-_ ]?(?:a[-_ ]?)?(?:real|secret|set|used).*)$/i.test(
    value.trim(),
  );
}

/** Bits per character of a value's own letters: prose is below 3.5, keys made by a machine are above. */
export function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const letter of value) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

/** A value found by its form. */
export interface SecretValue {
  readonly kind: string;
  /** Where it stands in the text that was searched. */
  readonly start: number;
  readonly end: number;
  /** The value with all but its tell-tale beginning hidden. */
  readonly masked: string;
}

/** Forms that say what they are. Each literal beginning keeps the search cheap and the verdict sure. */
const FORMS: readonly { readonly kind: string; readonly form: RegExp; readonly shown: number }[] = [
  {
    kind: 'a secret API key',
    form: /\b(?:sk|rk)[-_](?:live|proj|ant|test|svcacct|or)[-_][A-Za-z0-9_-]{12,}/g,
    shown: 8,
  },
  { kind: 'an API key', form: /\bsk-[A-Za-z0-9]{32,}\b/g, shown: 3 },
  { kind: 'a GitHub token', form: /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,})\b/g, shown: 4 },
  { kind: 'a GitLab token', form: /\bglpat-[A-Za-z0-9_-]{20,}/g, shown: 6 },
  { kind: 'an AWS access key', form: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g, shown: 4 },
  { kind: 'a Google API key', form: /\bAIza[A-Za-z0-9_-]{35}\b/g, shown: 4 },
  { kind: 'a Slack token', form: /\bxox[abprs]-[A-Za-z0-9-]{10,}/g, shown: 5 },
  { kind: 'an npm token', form: /\bnpm_[A-Za-z0-9]{36}\b/g, shown: 4 },
  { kind: 'a PyPI token', form: /\bpypi-[A-Za-z0-9_-]{50,}/g, shown: 5 },
  { kind: 'a private key', form: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/g, shown: 11 },
  {
    kind: 'a password in a URL',
    form: /\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/"'$<>{}]*:(?!\$)([^\s:@/"'$<>{}]+)@[^\s"']+/gi,
    shown: 0,
  },
];

/** Every value in the text that shows by its form that it is a secret; placeholders and examples left out. Pure. */
export function secretValues(text: string): readonly SecretValue[] {
  const found: SecretValue[] = [];
  for (const { kind, form, shown } of FORMS) {
    for (const match of text.matchAll(form)) {
      const value = match[1] ?? match[0];
      if (isPlaceholder(value) || /EXAMPLE|^(?:pass(?:word)?|pwd|pw|user|postgres|root|guest|admin)$/i.test(value))
        continue;
      const start = match.index + match[0].indexOf(value);
      found.push({ kind, start, end: start + value.length, masked: `${value.slice(0, shown)}***` });
    }
  }
  return found;
}
