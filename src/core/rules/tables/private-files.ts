/**
 * Files that hold secrets, told by their names and, where the text was read, by what is in them. The first kind that fits a
 * path names it; what lies among tests, examples or installed packages was published with them.
 */
import type { ContextFile } from '../../context/types.ts';
import { isHarmlessValue, isPlaceholder, secretName, secretValues } from './secrets.ts';

/** What is held against one file. */
type Charge = 'error' | 'warning' | 'none';

/** A kind of file that may hold a secret. */
export interface PrivateKind {
  readonly form: RegExp;
  readonly name: string;
  readonly charge: (file: ContextFile) => Charge;
}

/** Folders whose files are not this project's secrets. */
const ELSEWHERE =
  /(?:^|\/)(?:\.git|node_modules|site-packages|vendor|\.?venv|tests?|__tests__|testdata|fixtures|examples?|samples?)\//;
/** A name that says it is there to be copied and filled in. */
const TEMPLATE = /(?:^|[._-])(?:example|sample|template|tmpl|tpl|dist|defaults?|test)(?:[._-]|$)/i;
/** In the name of a certificate or of a key that everybody may have. */
const PUBLIC = /pub(?:lic)?(?:[._-]|$)|gpg|pgp|apt|repo|trust|ca-?cert|cacert/i;

const always = (): Charge => 'error';
/** What the text decides; when it was not read, what the name is good for. */
function byText(holds: (text: string) => boolean, unread: Charge): PrivateKind['charge'] {
  // A file that is no text was not read either.
  return ({ content }) =>
    content === undefined || content.includes('\uFFFD') ? unread : holds(content) ? 'error' : 'none';
}

const hasPrivateKey = (text: string): boolean => /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text);
const hasServiceKey = (text: string): boolean =>
  /"(?:private_key|client_secret|refresh_token)"\s*:\s*"[^"]{8}/.test(text);

const PRIVATE_KINDS: readonly PrivateKind[] = [
  {
    form: /(?:^|\/)(?:\.env(?:[._-][^/]*)?|[^/]+\.env)$/,
    name: 'environment files',
    charge: ({ content }) => (content === undefined || holdsSecrets(content) ? 'error' : 'warning'),
  },
  {
    form: /(?:^|\/)(?:\.npmrc|\.yarnrc\.yml|pip\.conf|nuget\.config|auth\.json|\.pypirc|\.gem\/credentials|\.cargo\/credentials(?:\.toml)?)$/i,
    name: 'settings of a package manager',
    charge: (file) => byText(holdsToken, /\.pypirc$|credentials/.test(file.path) ? 'error' : 'none')(file),
  },
  {
    form: /(?:^|\/)(?:\.netrc|_netrc|\.git-credentials|\.pgpass|\.my\.cnf|\.s3cfg|\.boto|\.htpasswd|\.vault-token|\.dockercfg|\.aws\/credentials|terraform\.tfstate(?:\.backup)?|credentials\.tfrc\.json|\.terraformrc)$|\.(?:kdbx|keytab|tfstate)$/i,
    name: 'keys and credentials',
    charge: ({ content }) => (content?.trim() === '' ? 'none' : 'error'),
  },
  {
    form: /(?:^|\/)(?:\.docker\/config\.json|\.?kube\/config|kubeconfig(?:\.ya?ml)?)$/,
    name: 'keys and credentials',
    charge: byText(
      (text) => /"(?:auth|identitytoken)"\s*:\s*"[^"]|\b(?:token|client-key-data|password):\s*\S/.test(text),
      'error',
    ),
  },
  {
    form: /(?:^|\/)[^/]*(?:service[-_]?account|firebase-adminsdk|client_secret|gcloud|gcp|credentials?)[^/]*\.json$/i,
    name: 'keys and credentials',
    charge: (file) =>
      byText(hasServiceKey, /service[-_]?account|adminsdk|client_secret/i.test(file.path) ? 'warning' : 'none')(file),
  },
  {
    form: /(?:^|\/)wp-config\.php$/,
    name: 'keys and credentials',
    charge: byText((text) => /define\(\s*['"]DB_PASSWORD['"]\s*,\s*['"](?!password_here)[^'"]+['"]/.test(text), 'none'),
  },
  { form: /(?:^|\/)config\/(?:master|credentials\/[^/]+)\.key$/, name: 'keys and credentials', charge: always },
  { form: /(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519)$|\.ppk$/, name: 'keys and credentials', charge: always },
  {
    form: /(?:^|\/)[^/]*\.(?:p12|pfx|jks|keystore)$/i,
    name: 'keys and credentials',
    charge: ({ path }) => (isPublic(path) ? 'none' : 'error'),
  },
  {
    form: /(?:^|\/)[^/]*\.(?:key|pem)$/i,
    name: 'keys and credentials',
    charge: (file) =>
      byText(hasPrivateKey, isPublic(file.path) || !/key/i.test(nameOf(file.path)) ? 'none' : 'error')(file),
  },
];

/** What a file is and how bad that is; `undefined` for one that holds no secret as far as can be told. */
export function privateKindOf(
  file: ContextFile,
): { readonly kind: PrivateKind; readonly charge: Exclude<Charge, 'none'> } | undefined {
  const kind = PRIVATE_KINDS.find(({ form }) => form.test(file.path));
  if (kind === undefined || ELSEWHERE.test(file.path) || TEMPLATE.test(nameOf(file.path))) return undefined;
  const charge = kind.charge(file);
  return charge === 'none' ? undefined : { kind, charge };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isPublic(path: string): boolean {
  return PUBLIC.test(nameOf(path));
}

/** True when a line of an environment file gives a secret a value that is not there to be replaced. */
function holdsSecrets(content: string): boolean {
  return content.split('\n').some((line) => {
    const [, name, value = ''] = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*["']?(.*?)["']?\s*$/.exec(line) ?? [];
    if (name === undefined) return false;
    if (secretValues(value).length > 0) return true;
    return secretName(name) === 'strong' && !isHarmlessValue(value) && !isPlaceholder(value) && !value.startsWith('$');
  });
}

/** `//registry.example/:_authToken=…`, `password = …`, unless it names a variable. */
function holdsToken(content: string): boolean {
  return (
    /(?:_authToken|_auth|_password|npmAuthToken|ClearTextPassword"\s+value|^\s*(?:password|token))["']?\s*[=:]\s*["']?[^\s$"'{%]/m.test(
      content,
    ) || secretValues(content).length > 0
  );
}
