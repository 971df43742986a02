/**
 * The commands that a shell would start, with their words as far as they can be known.
 *
 * The shell is read by unbash, once per command of the Dockerfile. Substitutions come before the command they stand in,
 * which is the order in which a shell starts them.
 */
import {
  type DoubleQuotedChild,
  parse,
  type ParameterExpansionPart,
  type Word as WordSyntax,
  type WordPart,
} from 'unbash';
import type { MappedText } from '../text/mapped-text.ts';
import { Finder } from './finder.ts';
import type { Found, Place } from './finder.ts';
import { handedText } from './handed-text.ts';
import { scriptTextOf, shellTextOf } from './shell-text.ts';
import type { SourceWord } from '../text/source.ts';
import type { Command, Environment, ShellCommand } from '../types.ts';

/** A command of a script, with what only a script needs. */
export interface ScriptCommand extends ShellCommand {
  /** It stands in a branch, a loop or a function, or behind a test: it may not be started at all. */
  readonly isConditional: boolean;
  /** As written, redirections included. */
  readonly text: string;
}

/**
 * The commands of a script, as shellCommands finds those of an instruction; spans point into the script. Empty when another
 * interpreter reads it, and when the text is not worth reading.
 *
 * @param env  the variables of the container it runs in
 */
export function scriptCommands(script: string, env: Environment): readonly ScriptCommand[] {
  const text = scriptTextOf(script);
  if (text === undefined) return [];
  const finder = new Finder();
  finder.visit(parse(text.text), '', undefined);
  const words = new Words(text, env, finder.assigned);
  return finder.found.map((found) => ({
    ...words.command(found),
    isConditional: found.isConditional,
    text: text.text.slice(found.syntax.pos, found.syntax.end),
  }));
}

const remembered = new WeakMap<Command, readonly ShellCommand[]>();
const rememberedTop = new WeakMap<Command, readonly ShellCommand[]>();

/**
 * Splits what a command starts into the commands of the shell; the exec form is one command. Pure; never throws; keeps order.
 * Empty when another interpreter reads the text, and when the text is not worth reading (see shell-text.ts).
 * A line that only sets variables is a command with the name `''`.
 * Behind a command that hands a text to a shell (`bash -c 'TEXT'`) come the commands of that text.
 */
export function shellCommands(command: Command): readonly ShellCommand[] {
  let commands = remembered.get(command);
  if (commands === undefined) remembered.set(command, (commands = readCommands(command, DEEPEST)));
  return commands;
}

/** The same for the line alone: a text that it hands to a shell is one of its words. */
export function topCommands(command: Command): readonly ShellCommand[] {
  let commands = rememberedTop.get(command);
  if (commands === undefined) rememberedTop.set(command, (commands = readCommands(command, 0)));
  return commands;
}

/** Texts within texts that are read. */
const DEEPEST = 4;

function readCommands(command: Command, deepest: number): readonly ShellCommand[] {
  const text = shellTextOf(command);
  if (text === undefined) return command.form === 'exec' ? execCommand(command) : [];
  return commandsIn(text, command.env, new Set(), deepest);
}

function commandsIn(
  text: MappedText,
  env: Environment,
  assignedOutside: ReadonlySet<string>,
  deepest: number,
): readonly ShellCommand[] {
  const finder = new Finder();
  finder.visit(parse(text.text), '', undefined);
  const assigned = new Set([...finder.assigned, ...assignedOutside]);
  const words = new Words(text, env, assigned);
  return finder.found.flatMap((found) => {
    const command = words.command(found);
    const handed = deepest === 0 || found.inside !== undefined ? undefined : handedText(found.syntax, text);
    return handed === undefined ? command : [command, ...commandsIn(handed, env, assigned, deepest - 1)];
  });
}

function execCommand({ args, span }: Command): readonly ShellCommand[] {
  const [program, ...rest] = args;
  if (program === undefined) return [];
  return [{ name: program.value, args: rest, assignments: new Map(), joinedBy: '', span }];
}

/** Makes words of the original out of words of the shell. */
class Words {
  readonly #text: MappedText;
  readonly #env: Environment;
  readonly #assigned: ReadonlySet<string>;

  constructor(text: MappedText, env: Environment, assigned: ReadonlySet<string>) {
    this.#text = text;
    this.#env = env;
    this.#assigned = assigned;
  }

  command({ syntax, joinedBy, inside }: Found): ShellCommand {
    const wordAt = (place: Place, value: string | undefined): SourceWord => {
      const { pos, end } = inside ?? place;
      // Of a command that is no more than a beginning (`${`) the end may come before the start, or behind the text.
      const { length } = this.#text.text;
      return this.#text.word(Math.min(pos, length), Math.min(Math.max(pos, end), length), value);
    };
    const assignments = new Map<string, string | undefined>();
    for (const item of syntax.prefix) {
      if (item.type !== 'Assignment') continue;
      assignments.set(
        item.name,
        item.value.type === 'Word' && item.append !== true ? this.#value(item.value) : undefined,
      );
    }
    const args: SourceWord[] = [];
    for (const item of syntax.suffix) {
      if (item.type === 'Word') args.push(wordAt(item, this.#value(item)));
      else if (item.type === 'Assignment') {
        const value = item.value.type === 'Word' ? this.#value(item.value) : undefined;
        const sign = item.append === true ? '+=' : '=';
        args.push(wordAt(item, value === undefined ? undefined : `${item.name}${sign}${value}`));
      }
    }
    const name = syntax.name === undefined ? '' : this.#value(syntax.name);
    return { name, args, assignments, joinedBy, span: wordAt(syntax, undefined).span };
  }

  #value(word: WordSyntax): string | undefined {
    const { parts } = word;
    if (parts === undefined) return word.value;
    let value = '';
    for (const part of parts) {
      const known = this.#part(part);
      if (known === undefined) return undefined;
      value += known;
    }
    return value;
  }

  #part(part: WordPart | DoubleQuotedChild): string | undefined {
    switch (part.type) {
      case 'Literal':
      case 'SingleQuoted':
      case 'AnsiCQuoted':
      case 'Glob':
        return part.value;
      case 'ExtendedGlob':
      case 'BraceExpansion':
        return part.text;
      case 'DoubleQuoted':
      case 'LocaleString': {
        let value = '';
        for (const child of part.parts) {
          const known = this.#part(child);
          if (known === undefined) return undefined;
          value += known;
        }
        return value;
      }
      case 'SimpleExpansion':
        return this.#variable(part.text.slice(1));
      case 'ParameterExpansion':
        return this.#parameter(part);
      case 'CommandExpansion':
      case 'ArithmeticExpansion':
      case 'ProcessSubstitution':
        return undefined;
      default:
        return part satisfies never;
    }
  }

  #parameter({ prefix, index, operation, parameter }: ParameterExpansionPart): string | undefined {
    if (prefix !== undefined || index !== undefined) return undefined;
    const value = this.#variable(parameter);
    if (operation === undefined) return value;
    if (operation.type !== 'Default' || value === undefined || value === '') return undefined;
    return operation.operator.endsWith('+') ? this.#value(operation.operand) : value;
  }

  /** What ENV and ARG say, unless the script sets the name itself. */
  #variable(name: string): string | undefined {
    return this.#assigned.has(name) ? undefined : (this.#env.get(name) ?? undefined);
  }
}
