/**
 * The commands that a shell would start, with their words as far as they can be known.
 *
 * The shell is read by unbash, once per command of the Dockerfile. Substitutions come before the command they stand in,
 * which is the order in which a shell starts them.
 */
import {
  type Command as CommandSyntax,
  type DoubleQuotedChild,
  forEachChild,
  parse,
  type ParameterExpansionPart,
  type SyntaxNode,
  type Word as WordSyntax,
  type WordPart,
} from 'unbash';
import type { MappedText } from '../text/mapped-text.ts';
import { scriptTextOf, shellTextOf } from './shell-text.ts';
import type { SourceWord } from '../text/source.ts';
import type { Command, Environment, ShellCommand } from '../types.ts';

type Joint = ShellCommand['joinedBy'];

/** A command as it was found, before its words are resolved. */
interface Found {
  readonly syntax: CommandSyntax;
  readonly joinedBy: Joint;
  /** It stands in a branch, a loop or a function, or behind a test: it may not be started at all. */
  readonly isConditional: boolean;
  /** Where positions cannot be followed (inside escaped backticks): the place of the whole substitution. */
  readonly inside: Place | undefined;
}

/** A range of the text that the shell reads. */
interface Place {
  readonly pos: number;
  readonly end: number;
}

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

/**
 * Splits what a command starts into the commands of the shell; the exec form is one command. Pure; never throws; keeps order.
 * Empty when another interpreter reads the text, and when the text is not worth reading (see shell-text.ts).
 * A line that only sets variables is a command with the name `''`.
 */
export function shellCommands(command: Command): readonly ShellCommand[] {
  let commands = remembered.get(command);
  if (commands === undefined) remembered.set(command, (commands = readCommands(command)));
  return commands;
}

function readCommands(command: Command): readonly ShellCommand[] {
  const text = shellTextOf(command);
  if (text === undefined) return command.form === 'exec' ? execCommand(command) : [];
  const finder = new Finder();
  finder.visit(parse(text.text), '', undefined);
  const words = new Words(text, command.env, finder.assigned);
  return finder.found.map((found) => words.command(found));
}

function execCommand({ args, span }: Command): readonly ShellCommand[] {
  const [program, ...rest] = args;
  if (program === undefined) return [];
  return [{ name: program.value, args: rest, assignments: new Map(), joinedBy: '', span }];
}

/** Walks the tree and collects the commands, and the variables that the script sets itself. */
class Finder {
  readonly found: Found[] = [];
  readonly assigned = new Set<string>();
  /** How many branches, loops and functions the walk is in. */
  #branches = 0;

  visit(node: SyntaxNode, joinedBy: Joint, inside: Place | undefined): void {
    switch (node.type) {
      case 'Script':
      case 'CompoundList': {
        let joint = joinedBy;
        for (const statement of node.commands) {
          this.visit(statement, joint, inside);
          joint = statement.background === true ? '&' : ';';
        }
        return;
      }
      case 'Statement':
      case 'Redirected':
        this.visit(node.command, joinedBy, inside);
        if (node.type === 'Redirected') for (const redirect of node.redirects) this.visit(redirect, '', inside);
        return;
      case 'AndOr': {
        const branches = this.#branches;
        node.commands.forEach((one, index) => {
          const joint = index === 0 ? joinedBy : (node.operators[index - 1] ?? '');
          if (joint === '||' || (index > 0 && isTest(node.commands[index - 1]))) this.#branches = branches + 1;
          this.visit(one, joint, inside);
        });
        this.#branches = branches;
        return;
      }
      case 'Pipeline':
        node.commands.forEach((one, index) => this.visit(one, index === 0 ? joinedBy : '|', inside));
        return;
      case 'Command':
        forEachChild(node, (child) => this.visit(child, '', inside));
        this.#note(node);
        this.found.push({ syntax: node, joinedBy, inside, isConditional: this.#branches > 0 });
        return;
      case 'CommandExpansion': {
        if (node.script === undefined) return;
        const isDecoded = node.script.source !== undefined;
        this.visit(node.script, '', isDecoded ? (inside ?? { pos: node.pos, end: node.end }) : inside);
        return;
      }
      case 'For':
      case 'Select':
        this.assigned.add(node.name.text);
        this.#branches += 1;
        forEachChild(node, (child) => this.visit(child, '', inside));
        this.#branches -= 1;
        return;
      case 'If':
      case 'While':
      case 'Case':
      case 'Function':
      case 'ArithmeticFor':
        this.#branches += 1;
        forEachChild(node, (child) => this.visit(child, '', inside));
        this.#branches -= 1;
        return;
      default:
        forEachChild(node, (child) => this.visit(child, '', inside));
    }
  }

  /** Variables that a command sets for those after it. */
  #note(command: CommandSyntax): void {
    if (command.name === undefined) {
      for (const item of command.prefix) if (item.type === 'Assignment') this.assigned.add(item.name);
      return;
    }
    const reads = ['read', 'getopts', 'mapfile', 'readarray', 'unset'].includes(command.name.text);
    for (const item of command.suffix) {
      if (item.type === 'Assignment') this.assigned.add(item.name);
      else if (reads && item.type === 'Word') this.assigned.add(item.text);
    }
  }
}

/** `[ … ]`, `[[ … ]]`, `test …`: what comes behind `&&` is not always started. */
function isTest(node: SyntaxNode | undefined): boolean {
  if (node?.type === 'Command') return ['[', 'test'].includes(node.name?.text ?? '');
  if (node?.type === 'Statement' || node?.type === 'Redirected') return isTest(node.command);
  return node?.type === 'TestCommand' || node?.type === 'ArithmeticCommand' || node?.type === 'Pipeline';
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
      // Of a command that is no more than a beginning the end may come before the start.
      return this.#text.word(pos, Math.max(pos, end), value);
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
