/**
 * What a container of the image starts, as far as a shell comes into it: whether one stands between the signal and the
 * program, and whether it gets out of the way.
 *
 * Measured with `docker run` and the command line of PID 1 (Docker 28, one `sleep` behind each form):
 * - dash 0.5.12, /bin/sh of Debian 12 and 13 (Ubuntu has it too): stays PID 1, also for a single command, with and without `&&`.
 * - ash of busybox 1.38, /bin/sh of Alpine: starts the last command in its own place; not after a pipe, `a && b || c`, trap, a loop.
 * - bash 5.2, as itself and as /bin/sh, which it is in the Red Hat family: the same for plain lists; also not with a redirection, `&`, `if`, `( )`.
 * - `exec` as the last command: replaced in all three.
 * - CMD in shell form beside an ENTRYPOINT in exec form: the entrypoint gets `/bin/sh -c …` as its last three arguments.
 */
import { topCommands } from '../../dockerfile/shell/shell.ts';
import type { Base, Command, CommandInstruction, ShellCommand } from '../../dockerfile/types.ts';
import { finalBase, finalStage } from './ask.ts';
import { systemShell } from '../tables/base-images.ts';
import type { SystemShell } from '../tables/base-images.ts';
import { effectiveWords } from './installs.ts';
import { launcherWords } from '../tables/launchers.ts';
import { question } from './question.ts';

/** A shell that is started before the program. */
export interface ShellInFront {
  /** CMD or ENTRYPOINT, whichever brings the shell. */
  readonly instruction: CommandInstruction;
  /** Program of an ENTRYPOINT in exec form that the shell is handed to. */
  readonly handedTo: string | undefined;
  readonly shell: SystemShell | undefined;
  /**
   * What becomes of the shell once the program runs. `gone`: exec takes its place. `gone-by-chance`: this shell happens to
   * give up its place to a plain last command. `stays`: it is in the way. `unknown`: its commands cannot be read, or it
   * handles signals itself.
   */
  readonly fate: 'gone' | 'gone-by-chance' | 'stays' | 'unknown';
}

/** The shell that stands before the program of the image; `undefined` where none does. */
export const shellInFront = question((subject): ShellInFront | undefined => {
  const state = finalStage(subject)?.state;
  const base = finalBase(subject);
  const { entrypoint, cmd } = state ?? {};
  // An ENTRYPOINT in shell form ignores CMD.
  const first = entrypoint ?? cmd;
  if (first === undefined) return undefined;
  const own = inFront(first, base, undefined, cmd?.command.args[0]?.value);
  if (own !== undefined || entrypoint === undefined || cmd === undefined) return own;
  const handedTo = programOf(entrypoint.command);
  if (handedTo === undefined || signalsItsGroup(entrypoint.command)) return undefined;
  return inFront(cmd, base, handedTo, undefined);
});

/** Programs that put what they are given in their own place, or pass signals on to it alone: the shell counts as if it stood there by itself. */
export function isPassedThrough(program: string): boolean {
  return ['env', 'gosu', 'su-exec', 'setpriv', 'tini', 'catatonit', 'docker-entrypoint.sh'].includes(program);
}

function inFront(
  instruction: CommandInstruction,
  base: Base | undefined,
  handedTo: string | undefined,
  followedBy: string | undefined,
): ShellInFront | undefined {
  const { command } = instruction;
  const shell = shellOf(command, base);
  if (shell === 'none') return undefined;
  // `ENTRYPOINT ["sh", "-c"]` takes its script from CMD.
  const isOpen = command.form === 'exec' && /^-[a-z]*c$/.test(command.args.at(-1)?.value ?? '');
  if (!isOpen) return { instruction, handedTo, shell, fate: fateOf(command, shell) };
  if (followedBy === undefined) return { instruction, handedTo, shell, fate: 'unknown' };
  return { instruction, handedTo, shell, fate: /(?:^|&&|;)\s*exec\s/.test(followedBy) ? 'gone' : 'stays' };
}

function shellOf(command: Command, base: Base | undefined): SystemShell | undefined | 'none' {
  const words = command.form === 'shell' ? command.shell : command.args.map((word) => word.value ?? '');
  const [program = '', ...rest] = programOf(command) === 'env' ? words.slice(1) : words;
  const name = baseName(program);
  const runsText = command.form === 'shell' || rest.some((word) => /^-[a-z]*c$/.test(word));
  if (!runsText) return 'none';
  if (/^(?:cmd|powershell|pwsh)(?:\.exe)?$/i.test(name)) return command.form === 'shell' ? 'windows' : 'none';
  if (name === 'dash' || name === 'ash' || name === 'bash') return name;
  if (name === 'busybox') return 'ash';
  if (name !== 'sh') return command.form === 'shell' ? undefined : 'none';
  return base?.kind === 'image' ? systemShell(base.reference) : undefined;
}

function fateOf(command: Command, shell: SystemShell | undefined): ShellInFront['fate'] {
  const commands = topCommands(command);
  const last = commands.at(-1);
  if (last === undefined || shell === 'windows') return 'unknown';
  if (last.name === 'exec' && last.args.length > 0 && last.joinedBy !== '|') return 'gone';
  // `app & wait $!` under a trap: a shell that was taught to pass signals on.
  if (commands.some((one) => one.name === 'trap')) return 'unknown';
  return givesUpItsPlace(shell, command, commands) ? 'gone-by-chance' : 'stays';
}

function givesUpItsPlace(shell: SystemShell | undefined, command: Command, commands: readonly ShellCommand[]): boolean {
  if (shell !== 'ash' && shell !== 'bash') return false;
  const text = command.text.replace(/'[^']*'|"(?:[^"\\]|\\.)*"/g, command.form === 'shell' ? '""' : '$&');
  const joints = new Set(commands.map((one) => one.joinedBy));
  if (joints.has('|') || (joints.has('||') && joints.has('&&'))) return false;
  if (/(?:^|[\s;&"])(?:while|until|for|case)\s/.test(text)) return false;
  return shell === 'ash' || !/[<>(]|[^&]&[^&]|(?:^|[\s;&"])(?:if|\{)\s/.test(text);
}

/** Inits that signal the whole group of processes: the program hears of it, shell or not. */
function signalsItsGroup(command: Command): boolean {
  const program = programOf(command);
  return program === 'dumb-init' || (program === 'tini' && command.args.some((word) => word.value === '-g'));
}

function programOf(command: Command): string | undefined {
  const first = command.args[0]?.value;
  return first === undefined ? undefined : baseName(first);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The command line that PID 1 is, or that an init starts, and where it is written: shells that exec and inits taken off. */
export interface OuterCommand {
  readonly words: readonly (string | undefined)[];
  readonly instruction: CommandInstruction;
}

/** The program that a signal meets first; `undefined` when a shell stays in front, or an init signals the whole group. */
export const outerCommand = question((subject): OuterCommand | undefined => {
  const { entrypoint, cmd } = finalStage(subject)?.state ?? {};
  const first = entrypoint ?? cmd;
  if (first === undefined || signalsItsGroup(first.command)) return undefined;
  const instruction = first === entrypoint && cmd !== undefined && endsInDashes(first.command) ? cmd : first;
  const front = shellInFront(subject);
  if (front !== undefined && front.fate !== 'gone') return undefined;
  if (front !== undefined) {
    const last = topCommands(front.instruction.command).at(-1);
    return last === undefined ? undefined : { words: effectiveWords(last), instruction: front.instruction };
  }
  const words = [...first.command.args, ...(first === entrypoint ? (cmd?.command.args ?? []) : [])];
  let values: readonly (string | undefined)[] = words.map(({ value }) => value);
  // Nobody puts more inits and wrappers in front of a program.
  for (let left = 12; left > 0 && programNamed(values[0]) !== 'npx'; left -= 1) {
    const own = launcherWords(values);
    if (own === 0) break;
    values = values.slice(own);
  }
  return { words: values, instruction };
});

function programNamed(word: string | undefined): string | undefined {
  return word === undefined ? undefined : baseName(word);
}

function endsInDashes({ args }: Command): boolean {
  return launcherWords(args.map(({ value }) => value)) === args.length && args.length > 0;
}
