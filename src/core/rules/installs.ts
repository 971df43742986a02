/**
 * What RUN installs: every call of a package manager that installs something, told in the words of package-managers.ts,
 * and whether its cache stays in the layer.
 */
import type { RunInstruction, ShellCommand, Span, Stage } from '../dockerfile/types.ts';
import { builtStages, commandsOf } from './ask.ts';
import { packageManagers } from './package-managers.ts';
import type { PackageManager } from './package-managers.ts';
import { question } from './question.ts';

/** One install: `pip install -r requirements.txt`. */
export interface Install {
  readonly manager: PackageManager;
  readonly verb: string;
  /** Options as written, `--name=value` kept together. */
  readonly flags: readonly string[];
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

/** True when the install takes its list from files of the project, not from names on the command line. */
export function installsFromManifest({ manager, packages, manifests }: Install): boolean {
  const namesTheProject = packages.some((name) => name !== undefined && /^\.{1,2}(?:[/[].*)?$/.test(name));
  return manifests.length > 0 || namesTheProject || (manager.readsManifest && packages.length === 0);
}

/**
 * The words a command really starts with: `sudo`, `env A=b`, `exec`, `time`, `nice` taken off, the folder of the program
 * taken off. `undefined` marks a word that cannot be known.
 */
export function effectiveWords(command: ShellCommand): readonly (string | undefined)[] {
  let words: readonly (string | undefined)[] = [command.name, ...command.args.map((word) => word.value)];
  for (;;) {
    const [first, ...rest] = words;
    const program = first?.slice(first.lastIndexOf('/') + 1);
    if (program === 'env') words = dropWhile(rest, (word) => word !== undefined && /^-|^[A-Za-z_]\w*=/.test(word));
    else if (
      program !== undefined &&
      ['sudo', 'exec', 'time', 'nice', 'nohup', 'command', 'eatmydata'].includes(program)
    ) {
      words = dropWhile(rest, (word) => word?.startsWith('-') === true);
    } else return program === undefined ? words : [program, ...rest];
  }
}

/** True when the words begin with these: `startsWith(words, ['apt-get', 'update'])`, options in between left out. */
export function callsFor(command: ShellCommand, ...call: readonly string[]): boolean {
  const words = effectiveWords(command);
  return call.every((word, index) => words[index] === word);
}

type Call = Pick<Install, 'manager' | 'verb' | 'flags' | 'packages' | 'manifests'>;

function readInstall(command: ShellCommand): Call | undefined {
  const words = effectiveWords(command);
  for (const manager of packageManagers) {
    const call = manager.calls.find((one) => one.every((word, index) => normal(words[index]) === word));
    if (call === undefined) continue;
    const read = readArguments(manager, words.slice(call.length));
    if (manager.verbs.includes(read.verb)) return { manager, ...read };
  }
  return undefined;
}

/** `python3.12` and `pip3.12` are python3 and pip3. */
function normal(word: string | undefined): string | undefined {
  return word?.replace(/^(python|pip)3\.\d+$/, '$13');
}

function readArguments(manager: PackageManager, words: readonly (string | undefined)[]): Omit<Call, 'manager'> {
  const flags: string[] = [];
  const packages: (string | undefined)[] = [];
  const manifests: (string | undefined)[] = [];
  let verb: string | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    const name = word?.split('=', 1)[0] ?? '';
    const attached = manager.manifestOptions.find((option) => /^-\w$/.test(option) && word?.startsWith(option));
    if (word === undefined || !word.startsWith('-')) {
      if (verb === undefined && word !== undefined) verb = word;
      else packages.push(word);
    } else if (manager.manifestOptions.includes(name)) {
      flags.push(word);
      if (word.includes('=')) manifests.push(word.slice(name.length + 1));
      else manifests.push(words[(index += 1)]);
    } else if (attached !== undefined) {
      flags.push(attached); // -rrequirements.txt
      manifests.push(word.slice(attached.length));
    } else {
      flags.push(word);
      if (manager.valued.includes(name) && !word.includes('=')) index += 1;
    }
  }
  return { verb: verb ?? '', flags, packages, manifests };
}

function dropWhile<T>(list: readonly T[], test: (item: T) => boolean): readonly T[] {
  const first = list.findIndex((item) => !test(item));
  return first === -1 ? [] : list.slice(first);
}
