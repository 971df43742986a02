/**
 * The commands that a container of the image starts: ENTRYPOINT and CMD put together, launchers taken off, `sh -c`, scripts of the
 * context and scripts of package.json followed. What shell stands in front is start.ts.
 */
import { scriptCommands } from '../../dockerfile/shell/shell.ts';
import type { CommandInstruction, Environment, Span, Word } from '../../dockerfile/types.ts';
import { finalStage } from './ask.ts';
import { fileInImage } from './image-files.ts';
import { programOf } from '../../dockerfile/shell/starters.ts';
import { handedTo, launcherWords } from '../tables/launchers.ts';
import { packageScriptOf } from './package-scripts.ts';
import { question } from './question.ts';
import type { Subject, Trouble } from '../rule.ts';

/** One command that the container starts. */
export interface Started {
  /** The program and its arguments, launchers taken off. */
  readonly words: readonly Pick<Word, 'value' | 'raw'>[];
  /** Programs of the launchers, and of the package runners whose script this is, outermost first. */
  readonly launchers: readonly string[];
  /** Who a launcher hands over to: `app` of `gosu app server`; `''` when the name is not known, `undefined` when none does. */
  readonly user: string | undefined;
  readonly assignments: ReadonlyMap<string, string | undefined>;
  /** CMD or ENTRYPOINT. */
  readonly instruction: CommandInstruction;
  /** The script of the context that it stands in, with its place there. */
  readonly script: { readonly path: string; readonly span: Span } | undefined;
  /** The script whose `"$@"` it is, and the place of that. */
  readonly handedOnBy: Started['script'];
  /** As written, redirections included, where a shell reads it. */
  readonly text: string;
  /** In a branch, a loop or a function: it may not be started at all. */
  readonly isConditional: boolean;
  /** The last one of its script, and nothing stands behind the script: what the container runs in the end. */
  readonly isLast: boolean;
  readonly joinedBy: string;
}

/** Deeper chains of scripts are followed no further, nor are more commands told. */
const DEEPEST = 6;
const MOST_COMMANDS = 2000;
const MOST_LAUNCHERS = 12;

/** What the container starts, in order; empty when nothing here sets a command, or a shell of another kind reads it. */
export const startedCommands = question((subject): readonly Started[] => {
  const { entrypoint, cmd } = finalStage(subject)?.state ?? {};
  const first = entrypoint ?? cmd;
  if (first === undefined) return [];
  const budget = { left: MOST_COMMANDS };
  const begin = { ...start, instruction: first, rest: [], restFrom: cmd ?? first, depth: 0, subject, budget };
  if (first.command.form === 'shell') return [...unfoldText(first.command.text, begin, isPosix(first))];
  const rest = first === entrypoint && cmd !== undefined ? argumentsOf(cmd) : [];
  const instruction = rest.length > 0 && cmd !== undefined && isOnlyLauncher(first) ? cmd : first;
  return [...unfold([...first.command.args, ...rest], { ...begin, instruction, rest })];
});

/** The one that the container runs in the end; `undefined` when a branch decides, or nothing is known. */
export const mainCommand = question((subject): Started | undefined => {
  const last = startedCommands(subject).at(-1);
  return last?.isLast === true && !last.isConditional ? last : undefined;
});

/** Where a finding about a command points to. */
export function placeOf({ instruction, script, text }: Started): Pick<Trouble, 'at' | 'file' | 'identity'> {
  return script === undefined
    ? { at: instruction.span }
    : { at: script.span, file: script.path, identity: text.slice(0, 500) };
}

type Words = Started['words'];

interface Way {
  readonly subject: Subject;
  readonly instruction: CommandInstruction;
  readonly launchers: readonly string[];
  readonly user: string | undefined;
  readonly script: Started['script'];
  readonly handedOnBy: Started['script'];
  readonly isConditional: boolean;
  readonly isLast: boolean;
  readonly assignments: Started['assignments'];
  readonly text: string | undefined;
  readonly joinedBy: string;
  /** What `"$@"` stands for in a script. */
  readonly rest: Words;
  /** Where `rest` is written. */
  readonly restFrom: CommandInstruction;
  readonly depth: number;
  readonly budget: { left: number };
}

const start = {
  launchers: [],
  user: undefined,
  script: undefined,
  handedOnBy: undefined,
  isConditional: false,
  isLast: true,
  assignments: new Map<string, string | undefined>(),
  text: undefined,
  joinedBy: '',
} as const;

function isPosix({ command }: CommandInstruction): boolean {
  return !command.shell.some((word) => /^(?:cmd|powershell|pwsh)(?:\.exe)?$/i.test(programOf(word) ?? ''));
}

/** CMD as arguments of ENTRYPOINT: its words, or `/bin/sh -c TEXT`. */
function argumentsOf({ command }: CommandInstruction): Words {
  if (command.form === 'exec') return command.args;
  return [...command.shell, command.text].map((value) => ({ value, raw: value }));
}

/** `ENTRYPOINT ["tini", "--"]`, `ENTRYPOINT []`: what is started stands in CMD. */
function isOnlyLauncher({ command }: CommandInstruction): boolean {
  const words = command.args.map(({ value }) => value);
  return launcherWords(words) === words.length;
}

function* unfold(words: Words, way: Way): Generator<Started> {
  if (way.budget.left <= 0) return;
  const values = words.map(({ value }) => value);
  // A `docker-entrypoint.sh` of the context is read; only the one of a base is taken on trust.
  const isOfContext = programOf(values[0]) === 'docker-entrypoint.sh' && scriptOf(values, way.subject) !== undefined;
  const own = isOfContext ? 0 : launcherWords(values);
  if (own > 0 && own < words.length && way.launchers.length < MOST_LAUNCHERS) {
    const launchers = [...way.launchers, programOf(values[0]) ?? ''];
    yield* unfold(words.slice(own), { ...way, launchers, user: handedTo(values.slice(0, own)) ?? way.user });
    return;
  }
  if (isAllArguments(words[0]?.raw) && way.rest.length > 0) {
    yield* unfold(way.rest, {
      ...way,
      instruction: way.restFrom,
      rest: [],
      script: undefined,
      handedOnBy: way.script,
      text: undefined,
    });
    return;
  }
  const inner = way.depth < DEEPEST ? follow(words, values, way) : undefined;
  if (inner !== undefined) {
    yield* unfoldText(inner.text, { ...way, ...inner.way, depth: way.depth + 1 });
    return;
  }
  way.budget.left -= 1;
  const { launchers, assignments, instruction, script, handedOnBy, isConditional, isLast, joinedBy } = way;
  const user = handedTo(values) ?? way.user;
  const text = way.text ?? values.join(' ');
  yield { words, launchers, user, assignments, instruction, script, handedOnBy, text, isConditional, isLast, joinedBy };
}

/** The text that a command line hands to a shell: `sh -c TEXT`, a script of the context, a script of package.json. */
function follow(
  words: Words,
  values: readonly (string | undefined)[],
  way: Way,
): { readonly text: string; readonly way: Partial<Way> } | undefined {
  const text = shellText(values);
  if (text !== undefined) return { text, way: {} };
  const file = scriptOf(values, way.subject);
  if (file?.content !== undefined) {
    const span = way.script?.span ?? way.instruction.span;
    const rest = words.slice(isShell(values[0]) ? 2 : 1);
    return { text: file.content, way: { rest, script: { path: file.path, span } } };
  }
  const runs = packageScriptOf(values, way.subject);
  if (runs === undefined) return undefined;
  const launchers = [...way.launchers, programOf(values[0]) ?? ''];
  // Positions inside package.json are not known: the finding points to what runs it.
  return { text: runs, way: { launchers, rest: [] } };
}

function* unfoldText(text: string, way: Way, isRead = true): Generator<Started> {
  const commands = isRead ? scriptCommands(text, environmentOf(way.subject)) : [];
  const isScript = way.script !== undefined && way.subject.context.file(way.script.path)?.content === text;
  for (const [index, one] of commands.entries()) {
    if (one.name === '') continue;
    // Of the name there is no word: what is written in its place begins the text.
    const written = one.text.slice(/^(?:\w+=\S*\s+)*/.exec(one.text)?.[0].length ?? 0);
    const words = [{ value: one.name, raw: /^\S*/.exec(written)?.[0] ?? '' }, ...one.args];
    yield* unfold(words, {
      ...way,
      assignments: one.assignments,
      text: one.text,
      joinedBy: one.joinedBy,
      isConditional: way.isConditional || one.isConditional,
      isLast: way.isLast && index === commands.length - 1,
      script: isScript && way.script !== undefined ? { path: way.script.path, span: one.span } : way.script,
    });
  }
}

/** What ENV has set: ARG is gone when the container runs. */
const environmentOf = question((subject): Environment => {
  const env = finalStage(subject)?.state.env;
  return { get: (name) => env?.get(name) };
});

/** `"$@"` and its kin. */
export function isAllArguments(raw: string | undefined): boolean {
  return raw !== undefined && /^"?\$(?:[@*]|\{[@*]\})"?$/.test(raw);
}

function isShell(word: string | undefined): boolean {
  return /^(?:ba|da|a|z|k)?sh$/.test(programOf(word) ?? '');
}

/** TEXT of `sh -c TEXT`. */
function shellText(values: readonly (string | undefined)[]): string | undefined {
  if (!isShell(values[0])) return undefined;
  const flag = values.findIndex((word) => word !== undefined && /^-[a-z]*c$/.test(word));
  return flag > 0 ? values[flag + 1] : undefined;
}

function scriptOf(
  values: readonly (string | undefined)[],
  subject: Subject,
): { readonly path: string; readonly content?: string } | undefined {
  const [first, second] = values;
  const path = isShell(first) ? second : first;
  if (path === undefined || path.startsWith('-')) return undefined;
  const file = fileInImage(subject, path);
  const isText = isShell(first) || /\.(?:sh|bash)$/.test(path) || file?.content?.startsWith('#!') === true;
  return isText ? file : undefined;
}
