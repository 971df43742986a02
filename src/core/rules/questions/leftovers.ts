/** What stays in the layer of a RUN: package caches, unless a flag, a variable, a mount or a later command takes them away. */
import type { RunInstruction, ShellCommand } from '../../dockerfile/types.ts';
import { commandsOf, knownFinalBase, variableAt } from './ask.ts';
import { behind } from '../edits.ts';
import { callsFor, effectiveWords } from './installs.ts';
import type { Install } from './installs.ts';
import type { PackageCache, Switch } from '../tables/package-managers/types.ts';
import type { Subject, Trouble } from '../rule.ts';

/** The trouble that an install leaves its cache in the layer; none when something takes it away, or the manager keeps none. */
export function* cacheLeftBy(subject: Subject, install: Install): Generator<Trouble> {
  if (!leavesItsCache(subject, install)) return;
  yield {
    at: install.span,
    // A base image that nobody knows may switch the cache off for all that stands on it.
    confidence: knownFinalBase(subject) === undefined ? 'medium' : 'high',
    message: `This ${install.manager.id} ${install.verb || 'install'} leaves its cache in the image.`,
    ...editsFor(subject, install),
  };
}

/** The flag that leaves nothing behind, or the command that empties the cache right after the install. */
function editsFor(subject: Subject, install: Install): Pick<Trouble, 'edits'> {
  const { command, index, manager, run, verb } = install;
  const [flag] = manager.cache?.flags ?? [];
  // In exec form every word stands in quotes of its own. A mount was put there for something.
  if (run.command.form === 'exec' || run.mounts.some(({ type }) => type === 'cache')) return {};
  if (flag !== undefined) {
    const word = command.args.find(({ value, raw }) => value === verb && raw === verb);
    return word === undefined ? {} : { edits: [behind(word.span, ` ${flag}`)] };
  }
  const cleaner = CLEANED_BY.get(command.name ?? '');
  if (cleaner === undefined || !takesAnd(subject, run, index)) return {};
  return { edits: [behind(command.span, ` && ${cleaner}`)] };
}

/** What empties the cache of a program at any time, without changing what was installed. */
const CLEANED_BY: ReadonlyMap<string, string> = new Map([
  ['npm', 'npm cache clean --force'],
  ['dnf', 'dnf clean all'],
  ['dnf5', 'dnf5 clean all'],
  ['microdnf', 'microdnf clean all'],
  ['yum', 'yum clean all'],
  ['tdnf', 'tdnf clean all'],
  ['zypper', 'zypper clean --all'],
]);

/** True when ` && …` can be put right behind a command of a RUN: nothing but `&&` or the end of the RUN follows. */
export function takesAnd(subject: Subject, run: RunInstruction, index: number): boolean {
  const commands = commandsOf(run);
  const command = commands[index];
  if (command === undefined || run.command.form === 'exec' || run.heredocs.length > 0) return false;
  if (command.joinedBy !== '&&' && index !== 0) return false;
  const end = commands[index + 1]?.span.start ?? run.span.end;
  // Continuations aside, comments and brackets between two commands are somebody's reason to look.
  const after = subject.dockerfile.text.slice(command.span.end.offset, end.offset).replace(/[\\\s]+/g, '');
  return after === (index + 1 < commands.length ? '&&' : '');
}

function leavesItsCache(subject: Subject, install: Install): boolean {
  const { cache } = install.manager;
  if (cache === undefined || cache.flags.some((flag) => install.flags.includes(flag))) return false;
  const settings = new Settings(subject, install);
  if (cache.variables.some((variable) => isSwitchedOn(settings.get(variable.name), variable.mustSayYes))) return false;
  const folders = cacheFolders(install, cache, settings);
  if (folders === undefined || folders.some((folder) => isMounted(install.run, folder))) return false;
  return lastCleaning(install, cache, folders) < install.index;
}

const cleanings = new WeakMap<RunInstruction, Map<string, number>>();

/** Index of the last command of the RUN that empties the cache; -1 when none does. Worked out once for all installs of a RUN. */
function lastCleaning({ run, manager }: Install, cache: PackageCache, folders: readonly string[]): number {
  const known = cleanings.get(run) ?? new Map<string, number>();
  cleanings.set(run, known);
  const key = [manager.id, ...folders].join('\0');
  let last = known.get(key);
  if (last === undefined) {
    last = commandsOf(run).findLastIndex((one) => empties(one, cache, folders));
    known.set(key, last);
  }
  return last;
}

function empties(command: ShellCommand, cache: PackageCache, folders: readonly string[]): boolean {
  return (
    cache.cleaners.some((cleaner) => callsFor(command, ...cleaner)) ||
    folders.some((folder) => deletes(command, folder) || deletesPartOf(command, folder))
  );
}

/** Position of the last command of a RUN whose content of a cache does not stay, as a mount holds it or that command empties it; -1: all stays. */
export function lastNotKept(run: RunInstruction, cache: PackageCache): number {
  const { folders } = cache;
  if (folders.some((folder) => isMounted(run, folder))) return Number.POSITIVE_INFINITY;
  return commandsOf(run).findLastIndex((one) => empties(one, cache, folders));
}

/** Where the cache is; `undefined` when it was moved to a place that cannot be known or that keeps nothing. */
function cacheFolders(install: Install, cache: PackageCache, settings: Settings): readonly string[] | undefined {
  for (const option of cache.movedBy.options) {
    if (install.options.has(option)) return listOf(install.options.get(option));
  }
  for (const name of [...cache.movedBy.variables, 'XDG_CACHE_HOME']) {
    const variable = settings.get(name);
    if (variable !== undefined) return listOf(variable.value);
  }
  return cache.folders;
}

function listOf(folder: string | undefined): readonly string[] | undefined {
  // What goes to a device is gone.
  return folder === undefined || folder.startsWith('/dev/') ? undefined : [folder];
}

/** True when a cache or tmpfs mount of this RUN keeps the folder, or part of it, out of the layer. */
export function isMounted(run: RunInstruction, folder: string): boolean {
  return run.mounts.some(({ type, options }) => {
    if (type !== 'cache' && type !== 'tmpfs') return false;
    const target = options.get('target');
    // A mount to a place that cannot be known was put there for something.
    return target === undefined ? options.has('target') : isWithin(folder, target) || isWithin(target, folder);
  });
}

/** True when the command deletes the folder or everything in it: `rm -rf /var/lib/apt/lists/*`, `find … -delete`. */
export function deletes(command: ShellCommand, folder: string): boolean {
  return deletedPaths(command).some((path) => isWithin(folder, path));
}

/** True when the command deletes a folder of that name, wherever it is. */
export function deletesNamed(command: ShellCommand, name: string): boolean {
  return deletedPaths(command).some((path) => path === name || path.endsWith(`/${name}`));
}

function deletesPartOf(command: ShellCommand, folder: string): boolean {
  return deletedPaths(command).some((path) => isWithin(path, folder));
}

/** The paths that a command deletes, with all that is in them. */
function deletedPaths(command: ShellCommand): readonly string[] {
  const [program, ...words] = effectiveWords(command);
  // The end of a path tells enough when its beginning is a variable: `$HOME/.npm`.
  const paths = command.args
    .map((word) => word.value ?? word.raw.replaceAll('"', ''))
    .filter((word) => !word.startsWith('-'));
  if (program === 'find') {
    const ends = words.includes('-delete') || (words.includes('-exec') && words.includes('rm'));
    return ends ? paths.slice(0, 1) : [];
  }
  if (program !== 'rm') return [];
  const isRecursive = words.some((word) => word !== undefined && /^-\w*[rR]|^--recursive$/.test(word));
  return paths.flatMap(alternatives).flatMap((path) => {
    // `lists/*_*`: all that apt fetches has such a name.
    const folder = path.replace(/\/\*(?:_\*)?$/, '');
    return isRecursive || folder !== path ? [folder] : [];
  });
}

/** `/var/lib/{apt,dpkg}` stands for two paths. */
function alternatives(path: string): readonly string[] {
  const braces = /^(.*?)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(path);
  if (braces === null) return [path];
  const [, before = '', list = '', after = ''] = braces;
  return list.split(',').map((one) => before + one + after);
}

function isWithin(path: string, folder: string): boolean {
  const inner = fromHome(path);
  const outer = fromHome(folder);
  // `~/.cache/pip*`
  if (/[^/]\*$/.test(outer)) return inner.startsWith(outer.slice(0, -1));
  return outer !== '' && (inner === outer || inner.startsWith(`${outer}/`));
}

/** Homes are all alike here: `/root/.npm`, `/home/app/.npm`, `$HOME/.npm` and `~/.npm`. */
function fromHome(path: string): string {
  return path.replace(/\/+$/, '').replace(/^(?:\$HOME|\$\{HOME\}|\/root|\/home\/[^/]+)(?=\/|$)/, '~');
}

function isSwitchedOn(variable: { readonly value: string | undefined } | undefined, mustSayYes: boolean): boolean {
  if (variable === undefined) return false;
  // A value that cannot be known was put there by somebody who meant something by it.
  if (variable.value === undefined) return true;
  return variable.value !== '' && !(mustSayYes && /^(?:0|false|off|no|f|n)$/i.test(variable.value));
}

/** The variables that an install sees: `A=b` before it, `export A=b` above it, ENV and ARG further up. */
class Settings {
  readonly #subject: Subject;
  readonly #install: Install;

  constructor(subject: Subject, install: Install) {
    this.#subject = subject;
    this.#install = install;
  }

  get(name: string): { readonly value: string | undefined } | undefined {
    const { command, run, stage, index } = this.#install;
    if (command.assignments.has(name)) return { value: command.assignments.get(name) };
    const exported = exportsOf(run).findLast((one) => one.name === name && one.index < index);
    return exported ?? variableAt(this.#subject, stage, run, name);
  }
}

/** A variable as an install sees it; `undefined` where nothing sets it. Its value may not be known. */
export function variableSeenBy(
  subject: Subject,
  install: Install,
  name: string,
): { readonly value: string | undefined } | undefined {
  return new Settings(subject, install).get(name);
}

/** True when one of the variables is set to what is asked; a value that cannot be known was meant for something. */
export function isSetFor(subject: Subject, install: Install, variables: readonly Switch[]): boolean {
  return variables.some(({ name, value }) => {
    const variable = variableSeenBy(subject, install, name);
    return variable !== undefined && (variable.value === undefined || value?.test(variable.value) !== false);
  });
}

interface Exported {
  readonly name: string;
  readonly value: string | undefined;
  readonly index: number;
}

const exported = new WeakMap<RunInstruction, readonly Exported[]>();

/** What `export A=b` and a bare `A=b` set inside a RUN. */
function exportsOf(run: RunInstruction): readonly Exported[] {
  let all = exported.get(run);
  if (all === undefined) {
    all = commandsOf(run).flatMap((command, index): readonly Exported[] => {
      if (command.name === '') return [...command.assignments].map(([name, value]) => ({ name, value, index }));
      if (command.name !== 'export') return [];
      return command.args.flatMap(({ raw, value }) => {
        const name = /^(\w+)=/.exec(raw)?.[1];
        return name === undefined ? [] : [{ name, value: value?.slice(name.length + 1), index }];
      });
    });
    exported.set(run, all);
  }
  return all;
}
