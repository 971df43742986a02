/**
 * Programs that do nothing but start the one that their command line names: `sudo -u app make`, `env A=b make`, `time make`.
 * Source: the manuals of each.
 */

interface Starter {
  /** Its options whose value is the next word. */
  readonly valued: readonly string[];
  /** Words of its own beside options: the user of `gosu`. */
  readonly takes: number;
  /** `A=b` may stand before what it starts. */
  readonly takesVariables?: true;
}

const bare: Starter = { valued: [], takes: 0 };
const STARTERS: Readonly<Record<string, Starter>> = {
  sudo: { valued: ['-u', '-g', '-C', '-p', '--user', '--group'], takes: 0, takesVariables: true },
  env: { valued: ['-u', '-C', '--unset', '--chdir'], takes: 0, takesVariables: true },
  gosu: { valued: [], takes: 1 },
  'su-exec': { valued: [], takes: 1 },
  setpriv: { valued: ['--reuid', '--regid', '--groups', '--inh-caps', '--bounding-set'], takes: 0 },
  timeout: { valued: ['-k', '-s', '--kill-after', '--signal'], takes: 1 },
  nice: { valued: ['-n', '--adjustment'], takes: 0 },
  exec: { valued: ['-a'], takes: 0 },
  time: { valued: ['-f', '-o'], takes: 0 },
  nohup: bare,
  command: bare,
  eatmydata: bare,
  corepack: bare,
};

/**
 * How many words at the beginning of a command line belong to such a program; 0 where none stands there. Behind them another one may
 * stand. Pure.
 *
 * @param words  `undefined` for one that cannot be known: it is taken for the program that is started
 */
export function starterWords(words: readonly (string | undefined)[]): number {
  const program = programOf(words[0]) ?? '';
  const starter = Object.hasOwn(STARTERS, program) ? STARTERS[program] : undefined;
  if (starter === undefined) return 0;
  let at = 1;
  for (; at < words.length; at += 1) {
    const word = words[at];
    if (word?.startsWith('-') === true) at += starter.valued.includes(word) ? 1 : 0;
    else if (starter.takesVariables !== true || word === undefined || !/^[A-Za-z_]\w*=/.test(word)) break;
  }
  return Math.min(at + starter.takes, words.length);
}

/** The program of a path: its name without the folder. Pure. */
export function programOf(path: string | undefined): string | undefined {
  return path?.slice(path.lastIndexOf('/') + 1);
}
