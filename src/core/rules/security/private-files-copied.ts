/** Rule: COPY takes files along that do not belong into an image: secrets, version control, other machines' environments. */
import { copiedFiles } from '../copied-files.ts';
import { defineRule } from '../rule.ts';

/** What a path says about itself; the first form that matches names it. */
const KINDS: readonly { readonly form: RegExp; readonly name: string; readonly severity: 'error' | 'warning' }[] = [
  {
    form: /(?:^|\/)\.env(?!\.(?:example|sample|template|dist|defaults?)$)(?:\.[^/]*)?$/,
    name: 'environment files',
    severity: 'error',
  },
  { form: /(?:^|\/)\.git\//, name: 'version control', severity: 'error' },
  {
    form: /(?:^|\/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|[^/]*\.(?:key|p12|pfx|jks)|[^/]*key[^/]*\.pem|\.npmrc|\.pypirc|\.netrc|\.aws\/credentials|\.docker\/config\.json)$/,
    name: 'keys and credentials',
    severity: 'error',
  },
  {
    form: /(?:^|\/)(?:\.?venv|env|virtualenv)\/(?:pyvenv\.cfg|bin\/|lib\/|Scripts\/)/,
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
    form: /(?:^|\/)tests?\/|(?:^|\/)(?:test_[^/]*\.py|conftest\.py)$|\.(?:test|spec)\.[cm]?[jt]sx?$/,
    name: 'tests',
    severity: 'warning',
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
      files: { 'app.py': '', '.env': 'A=1\n', '.dockerignore': '.git\n' },
    },
    good: {
      dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
      files: { 'app.py': '', '.env': 'A=1\n', '.env.example': 'A=\n', '.dockerignore': '.git\n.env\n' },
    },
  },
  needs: 'files',
  *check(subject) {
    for (const { copy, files } of copiedFiles(subject)) {
      for (const { form, name, severity } of KINDS) {
        const found = files.filter((file) => form.test(file.path));
        const [first] = found;
        if (first === undefined) continue;
        const more = found.length === 1 ? '' : ` and ${found.length - 1} more`;
        yield { at: copy.span, severity, message: `This takes ${name} into the image: ${first.path}${more}.` };
      }
    }
  },
});
