/**
 * What looks like a secret: names of variables, and values that carry their kind in their form. Values are never told,
 * only masked. Names are judged by whole words between underscores, so that KEYCLOAK_URL and TOKENIZER stay quiet.
 */
import { SECRET_BEGINNING, secretForms } from './secret-forms.ts';

/** How a name looks. `strong`: a value under it is a secret; `weak`: it may be, the value decides. */
export type SecretName = 'strong' | 'weak' | 'no';

/** Words that say secret, alone or at the end of a compound: PGPASSWORD, CLIENT_SECRET, API_KEY. */
const STRONG =
  /(?:^|_)(?:[A-Z\d]*PASSWORD|PASSWD|PASSPHRASE|[A-Z]+_PWD|[A-Z\d]*SECRETS?|TOKEN|(?:AUTH|ACCESS|API)TOKEN|[A-Z]*APIKEY|CREDENTIALS?|(?:API|ACCESS|SECRET|PRIVATE|ENCRYPTION|SIGNING|MASTER|DEPLOY|AUTH|SESSION)_?KEY|[A-Z]+_(?:PASS|PW)(?=$)|(?:DB|SQL|USER|ROOT|ADMIN)PASS(?=$))(?=_|$)/g;
const WEAK = /(?:^|_)(?:KEY|AUTH|PASS)$/;
/** Before KEY they make it one that may be known. */
const PUBLIC =
  /(?:^|_)(?:PUBLIC|PUB|PUBLISHABLE|ANON|SITE|GPG|PGP|APT|REPO|CACHE|PRIMARY|FOREIGN|SORT|PARTITION)_KEY(?:_|$)/;
/** What bundlers put into the page that every visitor gets, keys and tokens among it. Source: the manuals of these frameworks. */
const IN_THE_PAGE = /^(?:NEXT_PUBLIC|NUXT_PUBLIC|EXPO_PUBLIC|VITE|REACT_APP|VUE_APP|GATSBY|PUBLIC)_/;
const NEVER_KNOWN = /PASS|SECRET|PRIVATE|CREDENTIAL/;
/** Behind the word that says secret: what is held is about it, or says where it is. */
const ABOUT =
  /_(?:VERSION|FILES?|FILENAME|PATH|DIR|DIRECTORY|FOLDER|NAMES?|IDS?|URLS?|URI|ENDPOINTS?|HOST|PORT|TTL|EXPIR[A-Z]*|LIFETIME|AGE|TIMEOUT|SECONDS|MINUTES|HOURS|DAYS|LENGTH|SIZE|MIN|MAX|LIMIT|COUNT|ITERATIONS|ROUNDS|ROTATION|ALGORITHM|ALG|TYPE|MODE|HEADER|FIELD|PARAM|PREFIX|SUFFIX|ISSUER|AUDIENCE|SCOPES?|ENABLED?|DISABLED?|REQUIRED?|POLICY|PROVIDER|SERVER|SERVICE|MANAGER|STORE|BACKEND|HELPER|KEYRING|FORMAT|REGEX|SHA256|CHECKSUM|ADDR|ADDRESS|COOKIE|HASHERS?|LABEL|SYMBOL|TEMPLATE|RESET|REGION|STRATEGY|CLASS|GENERATOR|VALIDATORS?|LOCATION|DECIMALS|INTERVAL|COMPLEXITY|CHARSET|ENCODING|LEEWAY)(?:_|$)/;

/** Judges the name of an ENV, ARG or LABEL. */
export function secretName(name: string): SecretName {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[.-]/g, '_')
    .toUpperCase();
  if (PUBLIC.test(words) || (IN_THE_PAGE.test(words) && !NEVER_KNOWN.test(words))) return 'no';
  const last = [...words.matchAll(STRONG)].at(-1);
  // SECRET_NAME is a name, NAME_SECRET a secret: what stands behind decides.
  if (last !== undefined) return ABOUT.test(words.slice(last.index + last[0].length)) ? 'no' : 'strong';
  return WEAK.test(words) ? 'weak' : 'no';
}

/** True when a value cannot be a secret whatever its name: nothing, a switch, a small number, a path. */
export function isHarmlessValue(value: string): boolean {
  return (
    /^(?:true|false|yes|no|on|off|none|null|nil|undefined|\d{1,3})?$/i.test(value.trim()) ||
    /^(?:~|\.{1,2})?\/\S*$|^[\w.-]+(?:\/[\w.-]+)*\.(?:pem|key|crt|cer|pub|json|ya?ml|txt|env|toml|p12|jks)$/i.test(
      value.trim(),
    )
  );
}

/** True when a value was written to be replaced, or is one that everybody knows: `changeme`, `<your token>`, `xxx`, `admin`. */
export function isPlaceholder(value: string): boolean {
  const text = value.trim();
  return (
    /^(?:<.*>|\[.*\]|\{\{.*\}\}|%.*%|\*{2}.*\*{2}|(.)\1{2,}|\.{3}|12345?6?7?8?9?0?)$/s.test(text) ||
    /^(?:change|replace|fill|update)[-_ ]?(?:me|this|it|in)?(?:[-_ ].*)?!?$/i.test(text) ||
    /^(?:your|my|some|an?|the|dummy|fake|example|sample|test|testing|placeholder|default|insert|todo|none|build|ci)(?:[-_ ].*)?$/i.test(
      text,
    ) ||
    /^(?:not[-_ ]?(?:an?[-_ ]?)?(?:real|secret|set|used|needed)|unused|ignored|redacted|insecure|unsafe).*$/i.test(
      text,
    ) ||
    /^(?:secret|password|passwd|passw0rd|pass|pwd|pw|token|user|username|admin|administrator|root|guest|postgres|mysql|redis|mongo|rabbitmq|minio|minioadmin|letmein|qwerty|changeit|supersecret|foobar)$/i.test(
      text,
    )
  );
}

/** True when a value looks as if a machine had made it: long, of one piece, letters and digits mixed. A key's fingerprint is public. */
export function isMachineMade(value: string): boolean {
  if (!/^[\w+/=.-]{16,}$/.test(value) || !/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  const isFingerprint = /^(?:0x)?[\dA-F]{8,40}$/.test(value);
  const isWords = /^[a-z\d]{1,10}(?:[-_./][a-z\d]{1,10}){2,}$/.test(value);
  return !isFingerprint && !isWords && entropy(value) >= 3.5;
}

/** Bits per character of a value's own letters: prose is below 3.5, keys made by a machine are above. */
function entropy(value: string): number {
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

const BEGINNING = new RegExp(SECRET_BEGINNING.source);

/** False for a text in which no form can be, which most are: two dozen searches for one. Pure. */
export function mayHoldSecretValues(text: string): boolean {
  return (text.includes('://') && text.includes('@')) || BEGINNING.test(text);
}

/** Every value in the text that shows by its form that it is a secret; placeholders and examples left out. Pure. */
export function secretValues(text: string): readonly SecretValue[] {
  const found: SecretValue[] = [];
  if (!mayHoldSecretValues(text)) return found;
  for (const { kind, form, shown } of secretForms) {
    for (const match of text.matchAll(form)) {
      const value = match[1] ?? match[0];
      if (isPlaceholder(value) || /EXAMPLE|x{8}/i.test(value)) continue;
      const start = match.index + match[0].indexOf(value);
      found.push({ kind, start, end: start + value.length, masked: `${value.slice(0, shown)}***` });
    }
  }
  return found;
}

/** The password of `Server=db;User Id=shop;Password=…`, which is how .NET and ODBC write an address; `undefined` where there is none. */
export function passwordOfConnection(text: string): string | undefined {
  if (!/(?:^|;)\s*(?:Server|Data Source|Host|User ?Id|Uid|Username)\s*=/i.test(text)) return undefined;
  return /(?:^|;)\s*(?:Password|Pwd)\s*=\s*([^;$]+)/i.exec(text)?.[1]?.trim();
}

/** Files that hold secrets, by their path; examples of them and public keys left out. */
const SECRET_FILE =
  /(?:^|\/)(?:\.env(?:\.(?:local|prod|production|staging|dev|development))?|\.npmrc|\.pypirc|\.netrc|_netrc|\.git-credentials|\.pgpass|\.my\.cnf|\.htpasswd|\.dockercfg|id_(?:rsa|dsa|ecdsa|ed25519)|(?:service[-_]?account|gcp|gcloud|client_secrets?|credentials)[^/]*\.json|\.aws\/credentials|\.docker\/config\.json|\.kube\/config)$|(?:^|\/)(?![^/]*(?:pub|gpg|pgp|apt|repo|trust|release|archive|signing|nodesource|docker)[^/]*$)[^/]+\.(?:key|p12|pfx|jks)$/i;

/** True for the path of a file that is there to hold a secret: `.env`, `.npmrc`, `id_rsa`, `server.key`. */
export function isSecretFile(path: string): boolean {
  return SECRET_FILE.test(path);
}

/** True when a file of the context holds a secret: by the form of a value, or as the value of a secret name in a file of settings. */
export function fileHoldsSecrets(path: string, content: string): boolean {
  // A password that is the name of its user is a stand-in of development.
  const isTold = ({ start, masked }: SecretValue): boolean =>
    masked !== '***' ||
    !/:\/\/([^\s:@/]*):\1@$/.test(content.slice(Math.max(0, start - 80), content.indexOf('@', start) + 1));
  if (secretValues(content).some(isTold)) return true;
  if (/(?:^|\/)(?:\.npmrc|\.yarnrc\.yml|pip\.conf)$/.test(path))
    return /(?:_authToken|_auth|_password|npmAuthToken)["']?\s*[=:]\s*["']?[^$\s"']/.test(content);
  if (/(?:^|\/)(?:\.pypirc|\.netrc|_netrc)$/.test(path)) return /\bpassword\s*[=:]?\s*[^$\s]/.test(content);
  return /(?:^|\/)\.env(?:\.\w+)?$|\.env$/.test(path) && content.split('\n').some(isSecretLine);
}

/** `DB_PASSWORD=h7Gt2xQz` of an environment file. */
function isSecretLine(line: string): boolean {
  const [, name, value = ''] = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*["']?(.*?)["']?\s*$/.exec(line) ?? [];
  if (name === undefined || value.startsWith('$')) return false;
  return secretName(name) === 'strong' && !isHarmlessValue(value) && !isPlaceholder(value);
}
