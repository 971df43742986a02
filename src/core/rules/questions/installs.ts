/**
 * What RUN installs: every call of a package manager that installs something, told in the words of package-managers.ts,
 * and whether its cache stays in the layer.
 */
import type { RunInstruction, ShellCommand, Span, Stage } from '../../dockerfile/types.ts';
import { programOf, starterWords } from '../../dockerfile/shell/starters.ts';
import { builtStages, commandsOf, isShipped } from './ask.ts';
import { packageManagers } from '../tables/package-managers.ts';
import type { PackageManager, Switch } from '../tables/package-managers/types.ts';
import { question } from './question.ts';
import type { Subject } from '../rule.ts';

/** One install: `pip install -r requirements.txt`. */
export interface Install {
  readonly manager: PackageManager;
  readonly verb: string;
  /** Options as written, `--name=value` kept together. */
  readonly flags: readonly string[];
  /** Values of the options that take one, by name; `undefined` for one that cannot be known. */
  readonly options: ReadonlyMap<string, string | undefined>;
  /** Every flag and option in order, name and value apart; a flag has the value `''`, what cannot be known `undefined`. */
  readonly given: readonly { readonly name: string; readonly value: string | undefined }[];
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

/** Every call of a package manager in the built stages, in file order. */
const steps = question((subject): readonly Install[] =>
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

/** Every install of the built stages, in file order. */
export const installs = question((subject): readonly Install[] =>
  steps(subject).filter(({ manager }) => manager.step === 'install'),
);

/** Every compilation of the project in the built stages, which fetches the dependencies that are missing, in file order. */
export const compilations = question((subject): readonly Install[] =>
  steps(subject).filter(({ manager }) => manager.step === 'compile'),
);

/** The installs of the stages that ship, by these package managers. */
export function shippedInstalls(subject: Subject, ...managers: readonly string[]): readonly Install[] {
  return installs(subject).filter(({ manager, stage }) => managers.includes(manager.id) && isShipped(subject, stage));
}

/** `.`, `./api`, `.[dev]`, `/src`: a folder with a manifest in it. */
const FOLDER = /^(?:\.{1,2}(?:[/[].*)?|\/.*)$/;
const BUILT = /\.(?:whl|zip|tgz|tar\.\w+|deb|gem)$|\*/;

/** True when the install takes its list from files of the project, not from names on the command line. */
export function installsFromManifest({ manager, verb, packages, manifests, given }: Install): boolean {
  // `uv pip sync requirements.txt`, `dotnet restore Shop.csproj`, `cargo install --path .`
  const takesPaths = manager.takesPaths || (manager.id === 'uv pip' && verb === 'sync');
  if (takesPaths || given.some(({ name }) => name === '--path' && manager.id === 'cargo build')) return true;
  if (manager.step === 'compile' && !['install', 'get'].includes(verb)) return true;
  const namesTheProject = packages.some((name) => name !== undefined && FOLDER.test(name) && !BUILT.test(name));
  if (manager.id === 'cargo build') return false;
  return manifests.length > 0 || namesTheProject || (manager.readsManifest && packages.length === 0);
}

/** True when a flag or option of the install is one of these; a value that cannot be known is taken for the right one. */
export function isGiven(install: Install, switches: readonly Switch[]): boolean {
  return install.given.some(({ name, value }) =>
    switches.some((one) => one.name === name && (value === undefined || one.value?.test(value) !== false)),
  );
}

const firstTests = new WeakMap<RunInstruction, number>();

/** True when a test stands before the install in its RUN, so that it may not happen: `if [ "$DEV" = true ]; then …`. */
export function mayBeSkipped({ run, index }: Install): boolean {
  let first = firstTests.get(run);
  if (first === undefined) {
    // `test -n "$TOKEN"; …` alone decides nothing: with `set -e` it ends the step, without it it does not matter.
    const found = commandsOf(run).findIndex(
      ({ name }, at, all) => (name === '[' || name === '[[' || name === 'test') && all[at + 1]?.joinedBy !== ';',
    );
    firstTests.set(run, (first = found === -1 ? Number.POSITIVE_INFINITY : found));
  }
  return first < index;
}

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
  let words: (string | undefined)[] = [command.name];
  for (const word of command.args) words.push(word.value);
  for (let own = starterWords(words); own > 0; own = starterWords(words)) words = words.slice(own);
  if (words.length > 0) words[0] = programOf(words[0]);
  return words;
}

/** The words of a command that starts one of these programs; `undefined` for every other command. */
export function callOf(command: ShellCommand, programs: RegExp): readonly (string | undefined)[] | undefined {
  const words = effectiveWords(command);
  return words[0] !== undefined && programs.test(words[0]) ? words : undefined;
}

/** True when the command is such a call: `callsFor(command, 'apt-get', 'update')`; options and `-o name=value` are left out. */
export function callsFor(command: ShellCommand, ...call: readonly (string | RegExp)[]): boolean {
  let index = 0;
  for (const word of effectiveWords(command)) {
    if (index === call.length) return true;
    if (word !== undefined && (word.startsWith('-') || word.includes('='))) continue;
    const wanted = call[index];
    const fits = word !== undefined && (typeof wanted === 'string' ? word === wanted : wanted?.test(word) === true);
    if (!fits) return false;
    index += 1;
  }
  return index === call.length;
}

type Call = Pick<Install, 'manager' | 'verb' | 'flags' | 'options' | 'given' | 'packages' | 'manifests'>;

function readInstall(command: ShellCommand): Call | undefined {
  const words = effectiveWords(command);
  const first = normal(words[0]);
  for (const { manager, call } of first === undefined ? [] : (callsByProgram.get(first) ?? [])) {
    if (!call.every((word, index) => normal(words[index]) === word)) continue;
    const read = readArguments(manager, words.slice(call.length));
    if (manager.verbs.length === 0 && manager.verbForm === undefined)
      return { manager, ...read, verb: '', packages: [read.verb, ...read.packages] };
    const onlyTells = read.flags.some((flag) => /^(?:--version|--help|-v|-V|-h)$/.test(flag));
    if (isVerb(manager, read.verb) && !(read.verb === '' && onlyTells)) return { manager, ...read };
  }
  return undefined;
}

function isVerb({ verbs, verbForm, manyVerbs }: PackageManager, word: string): boolean {
  return verbs.includes(manyVerbs ? word.slice(word.lastIndexOf(':') + 1) : word) || verbForm?.test(word) === true;
}

/** The calls that a program begins, longest first within a package manager. */
const callsByProgram = Map.groupBy(
  packageManagers.flatMap((manager) => manager.calls.map((call) => ({ manager, call }))),
  ({ call }) => call[0] ?? '',
);

/** `python3.12` and `pip3.12` are python3 and pip3. */
function normal(word: string | undefined): string | undefined {
  return word?.replace(/^(python|pip)([23])[.-]?[\d.]*$/, '$1$2');
}

function readArguments(manager: PackageManager, words: readonly (string | undefined)[]): Omit<Call, 'manager'> {
  const flags: string[] = [];
  const options = new Map<string, string | undefined>();
  const given: { readonly name: string; readonly value: string | undefined }[] = [];
  const packages: (string | undefined)[] = [];
  const manifests: (string | undefined)[] = [];
  let verb: string | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined || !word.startsWith('-')) {
      if (verb === undefined && word !== undefined && (!manager.manyVerbs || isVerb(manager, word))) verb = word;
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
    if (!isManifest && !manager.valued.includes(name)) {
      given.push({ name, value: equals === -1 ? '' : word.slice(equals + 1) });
      continue;
    }
    const value = attached !== undefined ? word.slice(2) : equals === -1 ? words[(index += 1)] : word.slice(equals + 1);
    given.push({ name: attached ?? name, value });
    // A group is a list in the manifest, not a file.
    if (isManifest) manifests.push(name === '--group' ? undefined : value);
    else options.set(name, value);
  }
  return { verb: verb ?? '', flags, options, given, packages, manifests };
}
