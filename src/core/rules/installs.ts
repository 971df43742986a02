/**
 * What RUN installs: every call of a package manager that installs something, told in the words of package-managers.ts,
 * and whether its cache stays in the layer.
 */
import type { RunInstruction, ShellCommand, Span, Stage } from '../dockerfile/types.ts';
import { builtStages, commandsOf, isShipped } from './ask.ts';
import { packageManagers } from './package-managers.ts';
import type { PackageManager } from './package-managers.ts';
import { question } from './question.ts';
import type { Subject } from './rule.ts';

/** One install: `pip install -r requirements.txt`. */
export interface Install {
  readonly manager: PackageManager;
  readonly verb: string;
  /** Options as written, `--name=value` kept together. */
  readonly flags: readonly string[];
  /** Values of the options that take one, by name; `undefined` for one that cannot be known. */
  readonly options: ReadonlyMap<string, string | undefined>;
  /** Packages named on the command line; `undefined` for one that cannot be known. */
  readonly packages: readonly (string | undefined)[];
  /** Values of `-r`, `--requirement`, `-e` …: files to install from. */
  readonly manifests: readonly (string | undefined)[];
  readonly stage: Stage;
  readonly run: RunInstruction;
  readonly command: ShellCommand;
  /** Position of the command among the commands of its RUN. */
  readonly index: number;
  readonly span: Span;
}

/** Every install of the built stages, in file order. */
export const installs = question((subject): readonly Install[] =>
  builtStages(subject).flatMap((stage) =>
    stage.instructions.flatMap((run) =>
      run.keyword === 'RUN'
        ? commandsOf(run).flatMap((command, index) => {
            const call = readInstall(command);
            return call === undefined ? [] : [{ ...call, stage, run, command, index, span: command.span }];
          })
        : [],
    ),
  ),
);

/** The installs of the stages that ship, by these package managers. */
export function shippedInstalls(subject: Subject, ...managers: readonly string[]): readonly Install[] {
  return installs(subject).filter(({ manager, stage }) => managers.includes(manager.id) && isShipped(subject, stage));
}

/** `.`, `./api`, `.[dev]`, `/src`: a folder with a manifest in it. */
const FOLDER = /^(?:\.{1,2}(?:[/[].*)?|\/.*)$/;
const BUILT = /\.(?:whl|zip|tgz|tar\.\w+|deb|gem)$|\*/;

/** True when the install takes its list from files of the project, not from names on the command line. */
export function installsFromManifest({ manager, packages, manifests }: Install): boolean {
  const namesTheProject = packages.some((name) => name !== undefined && FOLDER.test(name) && !BUILT.test(name));
  return manifests.length > 0 || namesTheProject || (manager.readsManifest && packages.length === 0);
}

/** A program that starts another one. */
interface Starter {
  /** Words of its own beside options: the user of `gosu`. */
  readonly takes: number;
  /** Its options with a value. */
  readonly valued: readonly string[];
}

const bare: Starter = { takes: 0, valued: [] };
const STARTERS: Readonly<Record<string, Starter>> = {
  sudo: { takes: 0, valued: ['-u', '-g', '-C', '-p', '--user', '--group'] },
  gosu: { takes: 1, valued: [] },
  'su-exec': { takes: 1, valued: [] },
  timeout: { takes: 1, valued: ['-k', '-s'] },
  nice: { takes: 0, valued: ['-n'] },
  exec: bare,
  time: bare,
  nohup: bare,
  command: bare,
  eatmydata: bare,
  corepack: bare,
};

/**
 * The words a command really starts with: `sudo`, `env A=b`, `exec`, `time`, `gosu app` taken off, the folder of the
 * program taken off. `undefined` marks a word that cannot be known.
 */
export function effectiveWords(command: ShellCommand): readonly (string | undefined)[] {
  let words = remembered.get(command);
  if (words === undefined) remembered.set(command, (words = readWords(command)));
  return words;
}

const remembered = new WeakMap<ShellCommand, readonly (string | undefined)[]>();

function readWords(command: ShellCommand): readonly (string | undefined)[] {
  let words: readonly (string | undefined)[] = [command.name, ...command.args.map((word) => word.value)];
  for (;;) {
    const [first, ...rest] = words;
    const program = first?.slice(first.lastIndexOf('/') + 1);
    const starter = program !== undefined && Object.hasOwn(STARTERS, program) ? STARTERS[program] : undefined;
    if (program === 'env') words = dropWhile(rest, (word) => word !== undefined && /^-|^[A-Za-z_]\w*=/.test(word));
    else if (starter !== undefined) words = withoutOptions(rest, starter.valued).slice(starter.takes);
    else return program === undefined ? words : [program, ...rest];
  }
}

function withoutOptions(
  words: readonly (string | undefined)[],
  valued: readonly string[],
): readonly (string | undefined)[] {
  let first = 0;
  while (words[first]?.startsWith('-') === true) first += valued.includes(words[first] ?? '') ? 2 : 1;
  return words.slice(first);
}

/** True when the command is such a call: `callsFor(command, 'apt-get', 'update')`; options and `-o name=value` are left out. */
export function callsFor(command: ShellCommand, ...call: readonly (string | RegExp)[]): boolean {
  const words = effectiveWords(command).filter((word) => word === undefined || !/^-|=/.test(word));
  return call.every((wanted, index) => {
    const word = words[index];
    return typeof wanted === 'string' ? word === wanted : word !== undefined && wanted.test(word);
  });
}

type Call = Pick<Install, 'manager' | 'verb' | 'flags' | 'options' | 'packages' | 'manifests'>;

function readInstall(command: ShellCommand): Call | undefined {
  const words = effectiveWords(command);
  for (const manager of packageManagers) {
    const call = manager.calls.find((one) => one.every((word, index) => normal(words[index]) === word));
    if (call === undefined) continue;
    const read = readArguments(manager, words.slice(call.length));
    const onlyTells = read.flags.some((flag) => /^(?:--version|--help|-v|-V|-h)$/.test(flag));
    if (manager.verbs.includes(read.verb) && !(read.verb === '' && onlyTells)) return { manager, ...read };
  }
  return undefined;
}

/** `python3.12` and `pip3.12` are python3 and pip3. */
function normal(word: string | undefined): string | undefined {
  return word?.replace(/^(python|pip)([23])[.-]?[\d.]*$/, '$1$2');
}

function readArguments(manager: PackageManager, words: readonly (string | undefined)[]): Omit<Call, 'manager'> {
  const flags: string[] = [];
  const options = new Map<string, string | undefined>();
  const packages: (string | undefined)[] = [];
  const manifests: (string | undefined)[] = [];
  let verb: string | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined || !word.startsWith('-')) {
      if (verb === undefined && word !== undefined) verb = word;
      else packages.push(word);
      continue;
    }
    flags.push(word);
    const equals = word.indexOf('=');
    const name = equals === -1 ? word : word.slice(0, equals);
    // `-rrequirements.txt`
    const attached = manager.manifestOptions.find(
      (option) => /^-\w$/.test(option) && word.startsWith(option) && word !== option,
    );
    const isManifest = attached !== undefined || manager.manifestOptions.includes(name);
    if (!isManifest && !manager.valued.includes(name)) continue;
    const value = attached !== undefined ? word.slice(2) : equals === -1 ? words[(index += 1)] : word.slice(equals + 1);
    if (isManifest) manifests.push(value);
    else options.set(name, value);
  }
  return { verb: verb ?? '', flags, options, packages, manifests };
}

function dropWhile<T>(list: readonly T[], test: (item: T) => boolean): readonly T[] {
  const first = list.findIndex((item) => !test(item));
  return first === -1 ? [] : list.slice(first);
}
