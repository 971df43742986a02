/** Files that serve development and not the running image, told by their paths; the first kind that fits names a file. */

/** A kind of file that a broad COPY takes along. */
export interface DevelopmentKind {
  readonly form: RegExp;
  readonly name: string;
  /** What to write into the ignore file. */
  readonly pattern: string;
  /** `warning`: it does harm: history, another machine's binaries. `info`: dead weight. */
  readonly severity: 'warning' | 'info';
}

/** Most telling first: a cache in a virtual environment is the environment's. */
const DEVELOPMENT_KINDS: readonly DevelopmentKind[] = [
  { form: /(?:^|\/)\.(?:git|hg|svn)\//, name: 'version control', pattern: '.git', severity: 'warning' },
  {
    // A folder called env is one only when it holds what Python puts there.
    form: /(?:^|\/)\.?venv\/|(?:^|\/)pyvenv\.cfg$|(?:^|\/)(?:env|virtualenv)\/(?:bin\/(?:activate|python)|lib\/python\d|Lib\/site-packages\/|Scripts\/activate)/,
    name: 'a virtual environment',
    pattern: '**/.venv',
    severity: 'warning',
  },
  {
    form: /(?:^|\/)(?:node_modules|bower_components)\//,
    name: 'installed packages',
    pattern: '**/node_modules',
    severity: 'warning',
  },
  {
    form: /(?:^|\/)(?:__pycache__|\.(?:pytest|mypy|ruff|parcel|sass)[-_]cache|\.tox|\.nox|\.cache|\.gradle|\.terraform|\.turbo|\.ipynb_checkpoints)\/|\.py[cod]$/,
    name: 'caches',
    pattern: '**/__pycache__',
    severity: 'warning',
  },
  {
    form: /(?:^|\/)(?:tests?|__tests__|e2e|cypress)\/|(?:^|\/)(?:test_[^/]*\.py|[^/]*_test\.(?:py|go)|conftest\.py)$|\.(?:test|spec)\.[cm]?[jt]sx?$/,
    name: 'tests',
    pattern: '**/tests',
    severity: 'info',
  },
  { form: /\.ipynb$/, name: 'notebooks', pattern: '**/*.ipynb', severity: 'info' },
  // A README is not told of: packaging reads it.
  { form: /^docs?\//i, name: 'documentation', pattern: 'docs', severity: 'info' },
  {
    form: /^(?:.*\/)?(?:(?:[^/]*[._-])?(?:docker|container)file(?:[._-][^/]*)?|(?:docker-)?compose[^/]*\.ya?ml|\.dockerignore)$/i,
    name: 'Dockerfile and compose files',
    pattern: '**/Dockerfile*, **/compose*.yaml, .dockerignore',
    severity: 'info',
  },
  {
    form: /^\.(?:github|circleci|gitlab|buildkite)\/|^(?:\.gitlab-ci\.yml|\.travis\.yml|Jenkinsfile|azure-pipelines\.yml|\.pre-commit-config\.yaml)$/,
    name: 'CI settings',
    pattern: '.github',
    severity: 'info',
  },
  {
    form: /(?:^|\/)\.(?:vscode|idea|devcontainer)\/|(?:^|\/)(?:\.DS_Store|Thumbs\.db|[^/]+\.sw[op])$/,
    name: 'editor settings',
    pattern: '.vscode, .idea, **/.DS_Store',
    severity: 'info',
  },
  { form: /\.log$/, name: 'logs', pattern: '**/*.log', severity: 'info' },
  {
    form: /(?:^|\/)(?:\.coverage(?:\.[^/]+)?|coverage\.xml|lcov\.info|\.nyc_output\/.*|htmlcov\/.*)$|^coverage\//,
    name: 'coverage reports',
    pattern: '**/coverage, **/.coverage',
    severity: 'info',
  },
];

/** What a path says; `undefined` for what the image may well need. */
export function developmentKindOf(path: string): DevelopmentKind | undefined {
  return DEVELOPMENT_KINDS.find(({ form }) => form.test(path));
}

/** `requirements-dev.txt`, `requirements/test.txt`, `dev-requirements.in`. */
const DEV_REQUIREMENTS =
  /(?:^|[/._-])(?:dev|develop|development|tests?|testing|lint)(?:[-_]?requirements)?(?:[._-][\w.-]*)?\.(?:txt|in)$|(?:^|\/)(?:dev|test)[-_]requirements/i;

/** True for a file of requirements that only development needs, by its name. */
export function isDevelopmentRequirements(path: string): boolean {
  return DEV_REQUIREMENTS.test(path);
}
