/** Docker's compose, as an operator has it: the client that `test/engine/engine.sh` fetched, or the machine's own. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

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

/** The lines that a compose file's own head tells its reader to paste, with what is said behind them. */
export function linesInHead(text: string): readonly string[] {
  const [head = ''] = text.split('\nname:', 1);
  return [...head.matchAll(/^# {3}(.*)$/gm)].map(([, line = '']) => line);
}
