/** Which files of a project say what to install: read off the table of package managers. */
import type { ContextFile } from '../../context/types.ts';
import { packageManagers } from '../tables/package-managers.ts';
import type { PackageManager } from '../tables/package-managers/types.ts';
import { question } from './question.ts';
import type { Subject } from '../rule.ts';

/** Files beside manifests and lock files that package managers read. */
const SETTINGS =
  /^(?:\.npmrc|\.yarnrc(?:\.yml)?|pnpm-workspace\.yaml|\.pnpmfile\.cjs|pip\.conf|uv\.toml|\.python-version|README.*|LICENSE.*|\.dockerignore|Dockerfile.*)$/;

/** True for a file that says what to install, lock files and settings of package managers included. */
export function isManifest(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    SETTINGS.test(name) ||
    packageManagers.some((one) => one.lockFiles.includes(name) || one.manifests.some((form) => fits(form, name)))
  );
}

/** True when a file name has a form of the table above: `requirements-dev.txt` and `requirements*.txt`. */
export function fits(form: string, name: string): boolean {
  const star = form.indexOf('*');
  return star === -1 ? name === form : name.startsWith(form.slice(0, star)) && name.endsWith(form.slice(star + 1));
}

/** What a manifest says that lists dependencies; manifests that are not named here may always list some. */
const LISTS: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    'go.mod': /^require\b/m,
    'Cargo.toml': /^\[(?:.*[.])?(?:dev-|build-)?dependencies\b/m,
    'package.json': /"(?:dependencies|devDependencies|optionalDependencies|workspaces)"\s*:\s*[{[]\s*"/,
    'composer.json': /"require(?:-dev)?"\s*:\s*\{\s*"/,
  }),
);

/** The manifests and lock files that the builder gets, by name. */
export const manifestFiles = question((subject): ReadonlyMap<string, readonly ContextFile[]> =>
  Map.groupBy(
    subject.context.sent.filter(({ path }) => !/(?:^|\/)node_modules\//.test(path) && isManifest(path)),
    ({ path }) => path.slice(path.lastIndexOf('/') + 1),
  ),
);

/** True when every manifest that the package manager could read is known and lists no dependency. */
export function listsNothing(subject: Subject, { manifests }: PackageManager): boolean {
  return manifests.every((name) => {
    const lists = LISTS.get(name);
    const found = manifestFiles(subject).get(name) ?? [];
    return (
      lists !== undefined &&
      found.length > 0 &&
      found.every(({ content = '' }) => content.trim() !== '' && !lists.test(content))
    );
  });
}
