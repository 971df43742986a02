/** The modes that steps give to files: chmod, also behind find and xargs, and what mkdir and install make. */
import type { RunInstruction, ShellCommand, Word } from '../../dockerfile/types.ts';
import { variablesIn } from './credentials.ts';
import { effectiveWords } from './installs.ts';

type Paths = readonly Pick<Word, 'value' | 'raw'>[];

/** A mode, and what gets it. */
export interface GivenMode {
  /** As written: `755`, `u+s`. */
  readonly mode: string;
  /** `undefined` where the words do not name them: behind xargs. */
  readonly paths: Paths | undefined;
  readonly isRecursive: boolean;
}

const PROGRAMS = new Set(['chmod', 'find', 'install', 'mkdir', 'xargs']);

/** The mode that a command gives; `undefined` for every other command, and where it cannot be known. */
export function givenMode(command: ShellCommand): GivenMode | undefined {
  const [program, ...rest] = effectiveWords(command);
  if (program === undefined || !PROGRAMS.has(program)) return undefined;
  // sudo and the like are taken off in front: the words stand at the end.
  const args = command.args.slice(command.args.length - rest.length);
  if (program === 'chmod') return byChmod(args);
  if (program === 'mkdir' || program === 'install') return byOption(args);
  const at = args.findIndex(({ value }) => value === 'chmod');
  if (at === -1) return undefined;
  const end = args.findIndex(({ value }, index) => index > at && (value === ';' || value === '+'));
  const given = byChmod(args.slice(at + 1, end === -1 ? args.length : end));
  if (given === undefined || program === 'xargs') return given && { ...given, paths: undefined };
  // `find DIR… -name … -exec chmod …`
  const first = args.findIndex(({ value }) => value?.startsWith('-') === true);
  return { ...given, paths: first > 0 ? args.slice(0, first) : undefined };
}

function byChmod(args: Paths): GivenMode | undefined {
  const [mode, ...paths] = args.filter(({ value }) => value === undefined || !/^-[-a-zA-Z]*[RvcfH]|^--/.test(value));
  const isRecursive = args.some(({ value }) => /^-[a-zA-Z]*R|^--recursive$/.test(value ?? ''));
  return mode?.value === undefined ? undefined : { mode: mode.value, paths, isRecursive };
}

/** `mkdir -m 777 DIR`, `install -d -m 0755 DIR`. */
function byOption(args: Paths): GivenMode | undefined {
  const at = args.findIndex(({ value }) => /^-[a-zA-Z]*m\d*$|^--mode(?:=|$)/.test(value ?? ''));
  const word = args[at]?.value;
  if (word === undefined) return undefined;
  const own = /(?:=|m)([\d]+)$/.exec(word)?.[1];
  const mode = own ?? args[at + 1]?.value;
  if (mode === undefined) return undefined;
  const paths = args.filter(
    ({ value }, index) => value?.startsWith('-') !== true && (own !== undefined || index !== at + 1),
  );
  return { mode, paths, isRecursive: false };
}

/**
 * True for what is gone when the build has ended: /tmp, which is everybody's, devices, and `$(mktemp -d)`. A variable that the
 * step sets itself mostly names such a folder; one that comes from outside names a place of the image.
 */
export function isPassing({ paths }: GivenMode, run: RunInstruction): boolean {
  return (
    paths?.every(({ value, raw }) =>
      value === undefined ? isOfTheStep(raw, run) : /^\/(?:var\/)?tmp(?:\/|$)|^\/dev\//.test(value),
    ) === true
  );
}

function isOfTheStep(raw: string, run: RunInstruction): boolean {
  if (/\$\(|`/.test(raw)) return true;
  const names = variablesIn(raw);
  return names.length === 0 || names.some((name) => setBy(run).has(name));
}

/** Names that a step sets itself. Answered once for each: a step may ask of a thousand paths. */
function setBy(run: RunInstruction): ReadonlySet<string> {
  let names = remembered.get(run);
  if (names === undefined) {
    const found = run.command.text.matchAll(/\b([A-Za-z_]\w*)=|\b(?:for|read)\s+(?:-\w+\s+)*([A-Za-z_]\w*)/g);
    remembered.set(run, (names = new Set([...found].map(([, assigned, read]) => assigned ?? read ?? ''))));
  }
  return names;
}

const remembered = new WeakMap<RunInstruction, ReadonlySet<string>>();
