/**
 * Names that ready-made ignore files list whether they are there or not: a line with one of them says nothing about a folder of
 * that name that lies deeper. Source: the templates of `docker init`, github/gitignore, and of the generators of projects.
 */

const LISTED: ReadonlySet<string> = new Set(
  (
    'app apps assets backend bin build builds cache caches cdk.out charts ci client config configs conf coverage cypress data ' +
    'database db debug deploy deployment deployments deps dist doc docker docs documentation e2e eggs env environments erl_crash.dump ' +
    'etc example examples export exports frontend generated gen hack helm html img images include infra infrastructure integration ' +
    'jspm_packages k8s kubernetes lib lib64 libs local locales lock log logs man manifests media migrations mlruns models mnt ' +
    'node obj out output outputs packages parts pids playwright-report profile_default public release reports resources ' +
    'results run samples scratch scripts sdist secrets server share site site-packages spec specs src static staticfiles ' +
    'storage storybook-static stubs tags target temp templates terraform test test-results tests third_party tmp tools upload uploads var ' +
    'vendor volumes web wheels work www'
  ).split(' '),
);

/** True for a name that templates list. */
export function isListedByTemplates(name: string): boolean {
  return LISTED.has(name.toLowerCase());
}

const NEVER_SOURCE =
  /^(?:_*fixtures_*|__mocks__|__snapshots__|__screenshots__|screenshots|snapshots|benchmarks?|testdata|test-?data|notebooks|node_modules|bower_components|__pycache__|\.?venv|htmlcov)$/i;

/** True for a folder that no program runs from, whatever the files in it are called. */
export function isNeverSource(name: string): boolean {
  return NEVER_SOURCE.test(name);
}
