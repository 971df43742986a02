/**
 * Programs that start another one: how their own words are told from those of what they start.
 * Source: the manuals of each.
 */

/** One launcher. */
interface Launcher {
  /** How it is called, program without its folder. */
  readonly call: readonly string[];
  /** Its options whose value is the next word. */
  readonly valued: readonly string[];
  /** Words of its own beside options: the user of `gosu`. */
  readonly takes: number;
  /** What it starts stands behind `--`, and only there. */
  readonly onlyBehindDashes?: true;
  /** `A=b` may stand before what it starts. */
  readonly takesVariables?: true;
}

const plain = (...call: readonly string[]): Launcher => ({ call, valued: [], takes: 0 });

const LAUNCHERS: readonly Launcher[] = [
  { call: ['tini'], valued: ['-p', '-e'], takes: 0 },
  { call: ['docker-init'], valued: ['-p', '-e'], takes: 0 },
  { call: ['dumb-init'], valued: ['-r', '--rewrite'], takes: 0 },
  plain('catatonit'),
  { call: ['gosu'], valued: [], takes: 1 },
  { call: ['su-exec'], valued: [], takes: 1 },
  { call: ['sudo'], valued: ['-u', '-g', '--user', '--group'], takes: 0, takesVariables: true },
  { call: ['env'], valued: ['-u', '-C'], takes: 0, takesVariables: true },
  { call: ['cross-env'], valued: [], takes: 0, takesVariables: true },
  plain('exec'),
  plain('nohup'),
  plain('time'),
  { call: ['nice'], valued: ['-n'], takes: 0 },
  { call: ['timeout'], valued: ['-k', '-s'], takes: 1 },
  { call: ['stdbuf'], valued: ['-o', '-e', '-i'], takes: 0 },
  { call: ['setpriv'], valued: ['--reuid', '--regid', '--groups'], takes: 0 },
  {
    call: ['uv', 'run'],
    valued: [
      '--with',
      '--group',
      '--extra',
      '-p',
      '--python',
      '--package',
      '--project',
      '--directory',
      '--env-file',
      '--only-group',
      '--no-group',
    ],
    takes: 0,
  },
  plain('poetry', 'run'),
  plain('pipenv', 'run'),
  plain('pdm', 'run'),
  plain('rye', 'run'),
  plain('hatch', 'run'),
  plain('bundle', 'exec'),
  { call: ['conda', 'run'], valued: ['-n', '--name', '-p', '--prefix', '--cwd'], takes: 0 },
  { call: ['npx'], valued: ['-p', '--package'], takes: 0 },
  plain('bunx'),
  plain('pnpm', 'exec'),
  plain('pnpm', 'dlx'),
  plain('yarn', 'exec'),
  { call: ['ddtrace-run'], valued: [], takes: 0 },
  {
    call: ['opentelemetry-instrument'],
    valued: ['--traces_exporter', '--metrics_exporter', '--service_name'],
    takes: 0,
  },
  plain('newrelic-admin', 'run-program'),
  { call: ['xvfb-run'], valued: ['-s', '-n', '--server-args', '--server-num'], takes: 0 },
  plain('docker-entrypoint.sh'),
  plain('docker-php-entrypoint'),
  { call: ['doppler', 'run'], valued: [], takes: 0, onlyBehindDashes: true },
  { call: ['wait-for-it.sh'], valued: [], takes: 0, onlyBehindDashes: true },
  { call: ['wait-for-it'], valued: [], takes: 0, onlyBehindDashes: true },
  { call: ['wait-for'], valued: [], takes: 0, onlyBehindDashes: true },
  { call: ['wait-for.sh'], valued: [], takes: 0, onlyBehindDashes: true },
];

const byProgram = new Map<string, Launcher[]>();
for (const one of LAUNCHERS) {
  const program = one.call[0] ?? '';
  byProgram.set(program, [...(byProgram.get(program) ?? []), one]);
}

/** The program of a path: its name without the folder. */
export function programOf(path: string | undefined): string | undefined {
  return path?.slice(path.lastIndexOf('/') + 1);
}

/**
 * How many words at the beginning of a command line belong to one launcher; 0 when it begins with the program itself.
 * @param words  values; `undefined` for one that cannot be known
 */
export function launcherWords(words: readonly (string | undefined)[]): number {
  const program = programOf(words[0]);
  const launcher = byProgram
    .get(program ?? '')
    ?.find(({ call }) => call.every((word, index) => index === 0 || words[index] === word));
  if (launcher === undefined) return 0;
  if (launcher.onlyBehindDashes === true) return words.indexOf('--') + 1;
  let at = launcher.call.length;
  for (let left = launcher.takes; at < words.length; at += 1) {
    const word = words[at];
    if (word === '--') return at + 1;
    if (word?.startsWith('-') === true) at += launcher.valued.includes(word) ? 1 : 0;
    else if (launcher.takesVariables === true && word !== undefined && /^\w+=/.test(word)) continue;
    else if (left > 0) left -= 1;
    else break;
  }
  return at;
}

/** How a program is told as which user it starts another one: by an option, or as its first word. */
interface Handing {
  readonly option?: readonly string[];
  /** Without the option nobody is handed to. */
  readonly onlyOption?: true;
  /** Its other options whose value is the next word. */
  readonly valued?: readonly string[];
}

const SHELLS = ['-c', '-s', '-g', '-G', '--command', '--shell'];
const HANDING: Readonly<Record<string, Handing>> = {
  gosu: {},
  'su-exec': {},
  setuidgid: {},
  's6-setuidgid': {},
  su: { valued: SHELLS },
  runuser: { option: ['-u', '--user'], valued: SHELLS },
  setpriv: { option: ['--reuid'], onlyOption: true },
  sudo: { option: ['-u', '--user'], onlyOption: true },
  chpst: { option: ['-u'], onlyOption: true },
};

/**
 * The user that a command line hands over to: `app` of `gosu app server`; `''` when the name cannot be known, `undefined` when
 * it goes on as whoever it is.
 */
export function handedTo(words: readonly (string | undefined)[]): string | undefined {
  const program = programOf(words[0]) ?? '';
  const handing = Object.hasOwn(HANDING, program) ? HANDING[program] : undefined;
  if (handing === undefined) return undefined;
  const { option = [], onlyOption, valued = [] } = handing;
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (option.includes(word)) return words[at + 1] ?? '';
    const named = option.find((name) => word.startsWith(`${name}=`));
    if (named !== undefined) return word.slice(named.length + 1);
    if (valued.includes(word)) at += 1;
    else if (!word.startsWith('-')) return onlyOption === true ? undefined : word;
  }
  return undefined;
}
