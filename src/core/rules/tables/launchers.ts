/**
 * Programs that start another one in a container, beside those of every command line (starters.ts): how their own words are told from
 * those of what they start.
 * Source: the manuals of each.
 */
import { programOf, starterWords } from '../../dockerfile/shell/starters.ts';

/** One launcher. */
interface Launcher {
  /** How it is called, program without its folder. */
  readonly call: readonly string[];
  /** Its options whose value is the next word. */
  readonly valued: readonly string[];
  /** What it starts stands behind `--`, and only there. */
  readonly onlyBehindDashes?: true;
  /** `A=b` may stand before what it starts. */
  readonly takesVariables?: true;
}

const plain = (...call: readonly string[]): Launcher => ({ call, valued: [] });

const LAUNCHERS: readonly Launcher[] = [
  { call: ['tini'], valued: ['-p', '-e'] },
  { call: ['docker-init'], valued: ['-p', '-e'] },
  { call: ['dumb-init'], valued: ['-r', '--rewrite'] },
  plain('catatonit'),
  { call: ['cross-env'], valued: [], takesVariables: true },
  { call: ['stdbuf'], valued: ['-o', '-e', '-i'] },
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
  },
  plain('poetry', 'run'),
  plain('pipenv', 'run'),
  plain('pdm', 'run'),
  plain('rye', 'run'),
  plain('hatch', 'run'),
  plain('bundle', 'exec'),
  { call: ['conda', 'run'], valued: ['-n', '--name', '-p', '--prefix', '--cwd'] },
  { call: ['npx'], valued: ['-p', '--package'] },
  plain('bunx'),
  plain('pnpm', 'exec'),
  plain('pnpm', 'dlx'),
  plain('yarn', 'exec'),
  { call: ['ddtrace-run'], valued: [] },
  {
    call: ['opentelemetry-instrument'],
    valued: ['--traces_exporter', '--metrics_exporter', '--service_name'],
  },
  plain('newrelic-admin', 'run-program'),
  { call: ['xvfb-run'], valued: ['-s', '-n', '--server-args', '--server-num'] },
  plain('docker-entrypoint.sh'),
  plain('docker-php-entrypoint'),
  { call: ['doppler', 'run'], valued: [], onlyBehindDashes: true },
  { call: ['wait-for-it.sh'], valued: [], onlyBehindDashes: true },
  { call: ['wait-for-it'], valued: [], onlyBehindDashes: true },
  { call: ['wait-for'], valued: [], onlyBehindDashes: true },
  { call: ['wait-for.sh'], valued: [], onlyBehindDashes: true },
];

const byProgram = new Map<string, Launcher[]>();
for (const one of LAUNCHERS) {
  const program = one.call[0] ?? '';
  byProgram.set(program, [...(byProgram.get(program) ?? []), one]);
}

/**
 * How many words at the beginning of a command line belong to one launcher; 0 when it begins with the program itself.
 * @param words  values; `undefined` for one that cannot be known
 */
export function launcherWords(words: readonly (string | undefined)[]): number {
  const started = starterWords(words);
  if (started > 0) return started;
  const program = programOf(words[0]);
  const launcher = byProgram
    .get(program ?? '')
    ?.find(({ call }) => call.every((word, index) => index === 0 || words[index] === word));
  if (launcher === undefined) return 0;
  if (launcher.onlyBehindDashes === true) return words.indexOf('--') + 1;
  let at = launcher.call.length;
  for (; at < words.length; at += 1) {
    const word = words[at];
    if (word === '--') return at + 1;
    if (word?.startsWith('-') === true) at += launcher.valued.includes(word) ? 1 : 0;
    else if (launcher.takesVariables === true && word !== undefined && /^\w+=/.test(word)) continue;
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
