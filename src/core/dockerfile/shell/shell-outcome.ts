/**
 * How a command can end: with 0 or not, as far as its text shows. Follows lists, pipes and groups; whatever else there is
 * (branches, loops, functions, unknown programs, `set`) may end in any way, so what is said here holds for certain.
 */
import {
  type AndOr,
  type Command as CommandSyntax,
  parse,
  type Pipeline,
  type Redirection,
  type SyntaxNode,
} from 'unbash';
import { shellTextOf } from './shell-text.ts';
import type { Command } from '../types.ts';

/** `exits` is true where the whole shell ends there, false where the next command follows. */
interface Ending {
  readonly succeeds: boolean;
  readonly exits: boolean;
}

const yes: Ending = { succeeds: true, exits: false };
const no: Ending = { succeeds: false, exits: false };
const exitYes: Ending = { succeeds: true, exits: true };
const exitNo: Ending = { succeeds: false, exits: true };
const program = [yes, no];
const anything = [yes, no, exitYes, exitNo];

/** Commands of the shell that can end it, or change how it treats what follows. */
const unruly = new Set(['exec', 'set', 'trap', 'eval', '.', 'source', 'return', 'alias', 'kill']);

/** True when the command ends with 0 for certain, whatever it finds. Pure. */
export function alwaysSucceeds(command: Command): boolean {
  const text = shellTextOf(command)?.text;
  if (text === undefined) {
    const [first] = command.args;
    return command.form === 'exec' && ['true', 'echo'].includes(baseName(first?.value ?? ''));
  }
  return !isStrict(command) && endings(parse(text)).every((one) => one.succeeds);
}

/** True for a shell started with `-e` or `-o pipefail`, under which other commands count than the last one. */
function isStrict({ form, shell, args }: Command): boolean {
  const words = form === 'shell' ? shell : args.slice(0, -1).map((word) => word.value ?? '');
  return words.some((word) => /^-[a-z]*[eo]/.test(word));
}

/** Every way in which a node can end. */
function endings(node: SyntaxNode): readonly Ending[] {
  switch (node.type) {
    case 'Script':
    case 'CompoundList':
      return inTurn(node.commands.map((one) => () => endings(one)));
    case 'Statement':
      return node.background === true ? [yes] : endings(node.command);
    case 'AndOr':
      return endingsOfList(node);
    case 'Pipeline':
      return endingsOfPipe(node);
    case 'BraceGroup':
      return endings(node.body);
    case 'Subshell':
      return endings(node.body).map(inShellOfItsOwn);
    case 'Command':
      return endingsOfCommand(node);
    default:
      return anything;
  }
}

/** One after the other: the last one that is reached decides. */
function inTurn(steps: readonly (() => readonly Ending[])[]): readonly Ending[] {
  let now: readonly Ending[] = [yes];
  for (const step of steps) {
    const ended = now.filter((one) => one.exits);
    if (ended.length === now.length) break;
    now = [...ended, ...step()];
  }
  return distinct(now);
}

function endingsOfList({ commands, operators }: AndOr): readonly Ending[] {
  const [first, ...others] = commands;
  let now = first === undefined ? anything : endings(first);
  others.forEach((other, index) => {
    const goesOn = ({ succeeds, exits }: Ending): boolean => !exits && succeeds === (operators[index] === '&&');
    if (now.some(goesOn)) now = distinct([...now.filter((one) => !goesOn(one)), ...endings(other)]);
  });
  return now;
}

/** The last command of a pipe is its status, and `exit` ends no more than its own part. */
function endingsOfPipe({ commands, prefixes }: Pipeline): readonly Ending[] {
  const last = commands.at(-1);
  const all = last === undefined ? anything : endings(last);
  const own = commands.length > 1 ? all.map(inShellOfItsOwn) : all;
  const isTurned = prefixes.filter((one) => one.type === 'Negation').length % 2 === 1;
  return isTurned ? own.map((one) => (one.exits ? one : { ...one, succeeds: !one.succeeds })) : own;
}

function endingsOfCommand(command: CommandSyntax): readonly Ending[] {
  const name = command.name?.value;
  if (name === undefined) return program;
  // A word such as $CHECK could be any command; `${READY:?}` ends the shell.
  if (unruly.has(name) || name.includes('$') || command.args.some((word) => /\$\{\w+:?\?/.test(word.text)))
    return anything;
  if (name === 'exit') return endingsOfExit(command);
  if (name === 'false') return [no];
  if (![':', 'true', 'echo'].includes(baseName(name))) return program;
  return command.redirects.every(cannotFail) ? [yes] : program;
}

function endingsOfExit({ args: [code] }: CommandSyntax): readonly Ending[] {
  if (code === undefined || !/^\d+$/.test(code.text)) return [exitYes, exitNo];
  return Number(code.text) % 256 === 0 ? [exitYes] : [exitNo];
}

/** To another descriptor, or to nowhere. A file may be missing, and `/dev/tcp/…` is a check in bash. */
function cannotFail(redirect: Redirection): boolean {
  if (redirect.type !== 'Redirect') return true;
  const target = redirect.target?.text ?? '';
  return target === '/dev/null' || (redirect.operator === '>&' && /^[012]$/.test(target));
}

function inShellOfItsOwn(ending: Ending): Ending {
  return ending.succeeds ? yes : no;
}

function distinct(all: readonly Ending[]): readonly Ending[] {
  return [yes, no, exitYes, exitNo].filter((one) =>
    all.some((other) => one.succeeds === other.succeeds && one.exits === other.exits),
  );
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
