/** Rule: COPY takes files along that do not belong into an image: secrets, version control, other machines' environments. */
import type { ContextFile } from '../../context/types.ts';
import { contextCopies, shippedStages } from '../ask.ts';
import { filesOf } from '../copied-files.ts';
import { question } from '../question.ts';
import { defineRule } from '../rule.ts';
import { isHarmlessValue, isPlaceholder, secretName, secretValues } from '../secrets.ts';

interface Kind {
  readonly form: RegExp;
  readonly name: string;
  /** What it is about a single file, when not the same for all. `none`: it is harmless. */
  readonly severity: 'error' | 'warning' | ((file: ContextFile) => 'error' | 'warning' | 'none');
}

/** What a path says about itself; the first form that matches names it: a key among the tests is a test's. */
const KINDS: readonly Kind[] = [
  { form: /(?:^|\/)\.git\//, name: 'version control', severity: 'error' },
  {
    // A folder called env is one only when it holds what Python puts there.
    form: /(?:^|\/)\.?venv\/|(?:^|\/)pyvenv\.cfg$|(?:^|\/)(?:env|virtualenv)\/(?:bin\/(?:activate|python)|lib\/python\d|Lib\/site-packages\/|Scripts\/activate)/,
    name: 'a virtual environment',
    severity: 'warning',
  },
  { form: /(?:^|\/)node_modules\//, name: 'installed packages', severity: 'warning' },
  {
    form: /(?:^|\/)(?:__pycache__|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.tox|\.nox|\.cache)\//,
    name: 'caches',
    severity: 'warning',
  },
  {
    form: /(?:^|\/)(?:tests?|__tests__)\/|(?:^|\/)(?:test_[^/]*\.py|conftest\.py)$|\.(?:test|spec)\.[cm]?[jt]sx?$/,
    name: 'tests',
    severity: 'warning',
  },
  {
    form: /(?:^|\/)(?!(?:[^/]*[._-])?(?:example|sample|template|dist|defaults?)(?:[._-][^/]*)?$)(?:\.env(?:[._-][^/]*)?|[^/]+\.env)$/,
    name: 'environment files',
    severity: ({ content }) => (content === undefined || holdsSecrets(content) ? 'error' : 'warning'),
  },
  {
    form: /(?:^|\/)(?:\.npmrc|\.yarnrc\.yml|pip\.conf)$/,
    name: 'settings of a package manager',
    severity: ({ content }) => (content === undefined ? 'none' : holdsToken(content) ? 'error' : 'none'),
  },
  {
    form: /(?:^|\/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.pypirc|\.netrc|\.git-credentials|\.htpasswd|\.dockercfg|\.aws\/credentials|\.docker\/config\.json|\.kube\/config|terraform\.tfstate)$|(?:^|\/)(?![^/]*(?:pub|gpg|pgp|apt|repo|trust)[^/]*$)[^/]*(?:\.(?:key|p12|pfx|jks)|key[^/]*\.pem)$/i,
    name: 'keys and credentials',
    severity: 'error',
  },
  { form: /\.ipynb$/, name: 'notebooks', severity: 'warning' },
];

export default defineRule({
  id: 'private-files-copied',
  item: 'context-excludes',
  severity: 'error',
  title: 'COPY takes files that do not belong into the image',
  why: 'What a COPY takes is in the image for everybody who can pull it, also when a later step deletes it: passwords from `.env`, the whole history from `.git`. Tests and caches are dead weight, and a change to any of them breaks the cache.',
  fix: 'Exclude them in `.dockerignore`: `.env*`, `.git`, `.venv`, `node_modules`, `__pycache__`, `tests`.',
  source: 'Lessons, "Six mistakes" and "Patterns".',
  aliases: ['CIS-DI-0010', 'DKL-LI-0003'],
  examples: {
    bad: {
      dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
      files: { 'app.py': '', '.env': 'DB_PASSWORD=h7Gt2xQz\n', '.dockerignore': '.git\n' },
    },
    good: {
      dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
      files: {
        'app.py': '',
        '.env': 'DB_PASSWORD=h7Gt2xQz\n',
        '.env.example': 'DB_PASSWORD=\n',
        '.dockerignore': '.git\n.env\n',
      },
    },
  },
  needs: 'files',
  *check(subject) {
    for (const copy of shippedStages(subject).flatMap(contextCopies)) {
      const byKind = Map.groupBy(filesOf(subject, copy), (file) => kinds(subject).get(file));
      for (const kind of KINDS) {
        const found = (byKind.get(kind) ?? []).map((file) => ({ file, severity: severityOf(kind, file) }));
        const worst = ['error' as const, 'warning' as const].find((one) =>
          found.some(({ severity }) => severity === one),
        );
        const first = found.find(({ severity }) => severity === worst);
        if (worst === undefined || first === undefined) continue;
        const others = found.filter(({ severity }) => severity !== 'none').length - 1;
        const more = others === 0 ? '' : ` and ${others} more`;
        yield {
          at: copy.span,
          severity: worst,
          message: `This takes ${kind.name} into the image: ${first.file.path}${more}.`,
        };
      }
    }
  },
});

const kinds = question(
  ({ context }): ReadonlyMap<ContextFile, Kind> =>
    new Map(
      context.sent.flatMap((file) => {
        const kind = KINDS.find(({ form }) => form.test(file.path));
        return kind === undefined ? [] : [[file, kind] as const];
      }),
    ),
);

function severityOf({ severity }: Kind, file: ContextFile): 'error' | 'warning' | 'none' {
  return typeof severity === 'function' ? severity(file) : severity;
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

/** `//registry.example/:_authToken=…`, unless it names a variable. */
function holdsToken(content: string): boolean {
  return (
    /(?:_authToken|_auth|_password|npmAuthToken)["']?\s*[=:]\s*["']?[^$\s"']/.test(content) ||
    secretValues(content).length > 0
  );
}
