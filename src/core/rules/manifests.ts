/** Which files of a project say what to install: read off the table of package managers. */
import { packageManagers } from './package-managers.ts';

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
