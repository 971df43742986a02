/** The files of this repository: what a clone would hold, with what is not committed yet. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What git tracks or would; without git, everything but what is made or downloaded. Paths; files that are not there any more may be among them. */
export function filesOfRepository(): readonly string[] {
  if (existsSync('.git')) {
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      encoding: 'utf8',
    });
    return listed.split('\0').filter((path) => path !== '');
  }
  const left = new Set(['node_modules', '.git', 'data', 'dist', '.tap']);
  return readdirSync('.').flatMap((top) =>
    left.has(top)
      ? []
      : lstatSync(top).isDirectory()
        ? readdirSync(top, { recursive: true, encoding: 'utf8' }).map((name) => `${top}/${name}`)
        : [top],
  );
}

/** Copies them into a folder. */
export function cloneInto(folder: string): void {
  for (const path of filesOfRepository()) {
    if (!existsSync(path)) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(path, join(folder, path));
  }
}
