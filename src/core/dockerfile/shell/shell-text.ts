/**
 * Which text of a command a POSIX shell would read, with its places in the original: the shell form, the body of a
 * here-document, the string behind `sh -c`. `cmd`, PowerShell and other interpreters are recognised and left alone.
 */
import { CommandNode } from '../instructions/commands.ts';
import { heredocStart } from '../instructions/heredoc.ts';
import { MappedText, MappedTextBuilder } from '../text/mapped-text.ts';
import { Source } from '../text/source.ts';
import type { Command } from '../types.ts';

const shells = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'mksh', 'busybox']);

/** Longer texts, and texts with more substitutions, cost more to read than they tell. */
const longestText = 65_536;
const mostSubstitutions = 200;

/** The text that a shell reads; `undefined` when there is none, or when it is not worth reading. */
export function shellTextOf(command: Command): MappedText | undefined {
  if (!(command instanceof CommandNode)) return undefined;
  const text = command.form === 'exec' ? scriptArgument(command) : shellForm(command);
  return text === undefined || isTooMuch(text.text) ? undefined : text;
}

/** A script as its shell reads it; `undefined` when something else does, and when it is not worth reading. */
export function scriptTextOf(script: string): MappedText | undefined {
  return isForShell(script) && !isTooMuch(script) ? new MappedText(new Source(script), script, 0) : undefined;
}

function shellForm(command: CommandNode): MappedText | undefined {
  if (!command.shell.some((word) => isShell(word)) || isForWindows(command.text)) return undefined;
  const own = command.line.slice(command.range.from, command.range.to);
  const first = command.heredocs[0];
  if (first === undefined) return own;
  // Alone on the line the body is the script itself; else the shell gets the line with the bodies behind it.
  if (heredocStart(own.text) !== undefined) return isForShell(first.content) ? first.mapped : undefined;
  const builder = new MappedTextBuilder(command.line.source).addMapped(own);
  for (const { mapped, name, from, mark } of command.heredocs) {
    builder.add('\n', from - 1).addMapped(mapped);
    if (mark !== undefined) builder.add(name, mark);
  }
  return builder.build(own.offset(0));
}

/** A body without `#!` goes to the shell; one with it to what it names. */
function isForShell(script: string): boolean {
  if (!script.startsWith('#!')) return true;
  const line = script.slice(2, script.indexOf('\n'));
  return line.split(/\s+/).some((word) => isShell(word));
}

/** True for `bash`, `/bin/sh` and their kin. */
export function isShell(path: string): boolean {
  return shells.has(path.slice(path.lastIndexOf('/') + 1));
}

function isForWindows(text: string): boolean {
  return /^(powershell|pwsh|cmd)(\.exe)?\s+[-/]/i.test(text);
}

/** TEXT of `["sh", "-c", "TEXT"]`. */
function scriptArgument({ args, line, range }: CommandNode): MappedText | undefined {
  const shell = args.findIndex((word) => isShell(word.value ?? ''));
  const isFirst = shell === 0 || (shell > 0 && args[0]?.value?.endsWith('env') === true);
  if (!isFirst) return undefined;
  const flag = args.findIndex((word, index) => index > shell && /^-[a-z]*c$/i.test(word.value ?? ''));
  return flag < 0 || flag + 1 >= args.length ? undefined : jsonText(line, range.from, flag + 1);
}

/** The value of the string number `count` behind `from`, with the place of each character. */
function jsonText(line: MappedText, from: number, count: number): MappedText | undefined {
  const string = /"((?:[^"\\]|\\.)*)"/g;
  string.lastIndex = from;
  let match = string.exec(line.text);
  for (let at = 0; at < count && match !== null; at++) match = string.exec(line.text);
  if (match?.[1] === undefined) return undefined;
  const begin = match.index + 1;
  const builder = new MappedTextBuilder(line.source);
  for (const piece of match[1].matchAll(/[^\\]+|\\u[0-9a-fA-F]{4}|\\./g)) {
    const at = begin + piece.index;
    if (piece[0].startsWith('\\')) builder.add(unescapeJson(piece[0]), line.offset(at));
    else builder.addMapped(line.slice(at, at + piece[0].length));
  }
  return builder.build(line.offset(begin));
}

function unescapeJson(escape: string): string {
  const simple: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
  const letter = escape[1] ?? '';
  if (letter === 'u') return String.fromCharCode(Number.parseInt(escape.slice(2), 16));
  return simple[letter] ?? letter;
}

function isTooMuch(text: string): boolean {
  if (text.length > longestText) return true;
  let count = 0;
  for (let at = text.indexOf('$('); at >= 0; at = text.indexOf('$(', at + 2))
    if (++count > mostSubstitutions) return true;
  return false;
}
