/** Files that serve development and not the running image, told by their paths; the first kind that fits names a file. */

/** A kind of file that a broad COPY takes along. */
export interface DevelopmentKind {
  readonly name: string;
  /** `warning`: it does harm: history, another machine's binaries. `info`: dead weight. */
  readonly severity: 'warning' | 'info';
  /** Names that go into the ignore file as they are: what is matched begins with them. */
  readonly form?: RegExp;
  /** Names that go there as a pattern. */
  readonly files?: readonly (readonly [form: RegExp, pattern: string])[];
}

/** Most telling first: a cache in a virtual environment is the environment's. */
const DEVELOPMENT_KINDS: readonly DevelopmentKind[] = [
  { name: 'version control', severity: 'warning', form: /(?:^|\/)\.(?:git|hg|svn)\// },
  {
    name: 'a virtual environment',
    severity: 'warning',
    // A folder called env is one only when it holds what Python puts there.
    form: /(?:^|\/)\.?venv\/|(?:^|\/)[^/]+\/pyvenv\.cfg$|(?:^|\/)(?:env|virtualenv)\/(?:bin\/(?:activate|python)|lib\/python\d|Lib\/site-packages\/|Scripts\/activate)/,
  },
  { name: 'installed packages', severity: 'warning', form: /(?:^|\/)(?:node_modules|bower_components)\// },
  {
    name: 'caches',
    severity: 'warning',
    form: /(?:^|\/)(?:__pycache__|\.(?:pytest|mypy|ruff|parcel|sass)[-_]cache|\.tox|\.nox|\.cache|\.gradle|\.terraform|\.turbo|\.ipynb_checkpoints)\//,
    files: [[/\.py[cod]$/, '**/*.py[cod]']],
  },
  {
    name: 'tests',
    severity: 'info',
    form: /(?:^|\/)(?:tests?|__tests__|e2e|cypress)\/|(?:^|\/)conftest\.py$/,
    files: [
      [/(?:^|\/)test_[^/]*\.py$/, '**/test_*.py'],
      [/(?:^|\/)[^/]*_test\.py$/, '**/*_test.py'],
      [/(?:^|\/)[^/]*_test\.go$/, '**/*_test.go'],
      [/\.test\.[cm]?[jt]sx?$/, '**/*.test.*'],
      [/\.spec\.[cm]?[jt]sx?$/, '**/*.spec.*'],
    ],
  },
  { name: 'notebooks', severity: 'info', files: [[/\.ipynb$/, '**/*.ipynb']] },
  // A README is not told of: packaging reads it.
  { name: 'documentation', severity: 'info', form: /^docs?\//i },
  {
    name: 'Dockerfile and compose files',
    severity: 'info',
    form: /(?:^|\/)(?:(?:[^/]*[._-])?(?:docker|container)file(?:[._-][^/]*)?|\.dockerignore)$/i,
    files: [
      [/(?:^|\/)Dockerfile(?:[._-][^/]*)?$/, '**/Dockerfile*'],
      [/[._-]Dockerfile(?:[._-][^/]*)?$/, '**/*Dockerfile*'],
      [/(?:^|\/)docker-compose[^/]*\.ya?ml$/i, '**/docker-compose*'],
      [/(?:^|\/)compose[^/]*\.ya?ml$/i, '**/compose*.y*ml'],
    ],
  },
  {
    name: 'CI settings',
    severity: 'info',
    form: /^\.(?:github|circleci|gitlab|buildkite)\/|^(?:\.gitlab-ci\.yml|\.travis\.yml|Jenkinsfile|azure-pipelines\.yml|\.pre-commit-config\.yaml)$/,
  },
  {
    name: 'editor settings',
    severity: 'info',
    form: /(?:^|\/)\.(?:vscode|idea|devcontainer)\/|(?:^|\/)(?:\.DS_Store|Thumbs\.db)$/,
    files: [[/\.sw[op]$/, '**/*.sw[op]']],
  },
  { name: 'logs', severity: 'info', files: [[/\.log$/, '**/*.log']] },
  {
    name: 'coverage reports',
    severity: 'info',
    form: /(?:^|\/)(?:coverage\.xml|lcov\.info)$|(?:^|\/)(?:\.nyc_output|htmlcov)\/|^coverage\//,
    files: [[/(?:^|\/)\.coverage(?:\.[^/]+)?$/, '**/.coverage*']],
  },
];

/** What a path says; `undefined` for what the image may well need. */
export function developmentKindOf(path: string): DevelopmentKind | undefined {
  return DEVELOPMENT_KINDS.find(
    ({ form, files }) => form?.test(path) === true || files?.some(([own]) => own.test(path)) === true,
  );
}

/** The line of an ignore file that leaves out a file of this kind, and those that are called like it. */
export function patternFor({ form, files = [] }: DevelopmentKind, path: string): string | undefined {
  const match = form?.exec(path);
  const names = match?.[0].replace(/^\//, '').split('/') ?? [];
  const file = names.length > 1 ? undefined : files.find(([own]) => own.test(path))?.[1];
  if (file !== undefined || match === undefined || match === null) return file;
  return match.index === 0 ? names[0] : `**/${names[0]}`;
}

/** `requirements-dev.txt`, `requirements/test.txt`, `dev-requirements.in`. */
const DEV_REQUIREMENTS =
  /(?:^|[/._-])(?:dev|develop|development|tests?|testing|lint)(?:[-_]?requirements)?(?:[._-][\w.-]*)?\.(?:txt|in)$|(?:^|\/)(?:dev|test)[-_]requirements/i;

/** True for a file of requirements that only development needs, by its name. */
export function isDevelopmentRequirements(path: string): boolean {
  return DEV_REQUIREMENTS.test(path);
}
