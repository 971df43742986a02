/** Docker's compose, as an operator has it: the client that `test/engine/engine.sh` fetched, or the machine's own. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const HOME =
  process.env['ENGINE_HOME'] ??
  (process.getuid?.() === 0
    ? '/var/lib/drydock-engine'
    : join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'drydock-engine'));

/** What a shell needs to find `docker` with its plugins. */
export function composeEnv(): NodeJS.ProcessEnv {
  const plugins = join(HOME, 'docker');
  if (!existsSync(join(plugins, 'cli-plugins'))) return process.env;
  return { ...process.env, PATH: `${join(HOME, 'bin')}:${process.env['PATH']}`, DOCKER_CONFIG: plugins };
}

/** The commands that a compose file's own head tells its reader to paste, one a line. */
export function commandsInHead(text: string): readonly string[] {
  const [head = ''] = text.split('\nname:', 1);
  return head
    .split('\n')
    .filter((line) => line.startsWith('#   '))
    .map((line) => line.slice(4).replace(/\s+# .*$/, ''));
}

/** What git tracks of this repository, or would, as a folder of its own: a clone with what is not committed yet. */
export function cloneInto(folder: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  for (const path of listed.split('\0')) {
    if (path === '' || !existsSync(path)) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(path, join(folder, path));
  }
}
