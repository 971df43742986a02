/** The scripts of package.json: which one a command line runs, and its text. */
import { fileInImage } from './image-files.ts';
import { programOf } from '../../dockerfile/shell/starters.ts';
import { question } from './question.ts';
import type { Subject } from '../rule.ts';

const RUNNERS = new Set(['npm', 'yarn', 'pnpm', 'bun']);

/** The name of the script of package.json that a command line runs; `undefined` when it runs none. */
export function packageScriptName(values: readonly (string | undefined)[]): string | undefined {
  const program = programOf(values[0]);
  if (program === undefined || !RUNNERS.has(program)) return undefined;
  const words = values.slice(1).filter((word) => word === undefined || !word.startsWith('-'));
  const [verb, name] = words;
  if (verb === 'run' || verb === 'run-script') return name;
  if (program === 'npm') return verb === 'start' || verb === 'test' ? verb : undefined;
  // yarn and pnpm take the name of a script as it is.
  return program === 'bun' ? undefined : verb;
}

/** The text of the script of package.json that a command line runs, as far as the context tells. */
export function packageScriptOf(values: readonly (string | undefined)[], subject: Subject): string | undefined {
  const name = packageScriptName(values);
  const isElsewhere = values.some((word) => word !== undefined && /^(?:--prefix|--cwd|--filter|-F|-C|-w)/.test(word));
  return name === undefined || isElsewhere ? undefined : packageScripts(subject).get(name);
}

const packageScripts = question((subject): ReadonlyMap<string, string> => {
  const manifest = fileInImage(subject, './package.json')?.content;
  try {
    const read: unknown = manifest === undefined ? undefined : JSON.parse(manifest);
    const scripts: unknown = typeof read === 'object' && read !== null && 'scripts' in read ? read.scripts : undefined;
    if (typeof scripts !== 'object' || scripts === null) return new Map();
    return new Map(Object.entries(scripts).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
  } catch {
    // Not JSON: the package manager itself would refuse it.
    return new Map();
  }
});
