/**
 * What the readers of instructions share while a file is read: the text, the variables in force, the shell in force, and the
 * place where problems go. It lives as long as one parse.
 */
import { expand, type Expansion, isPlain } from '../variables/expand.ts';
import { heredocStarts, readHeredoc, type ReadHeredoc } from './heredoc.ts';
import { nothingKnown, Variables } from '../variables/environment.ts';
import type { LexOptions } from '../variables/lexer.ts';
import type { LineReader } from '../text/lines.ts';
import type { MappedText } from '../text/mapped-text.ts';
import type { ProblemCode, Problems } from '../problems.ts';
import { type Source, SourceWord } from '../text/source.ts';
import type { Environment, Span, UnsetVariable } from '../types.ts';
import type { Range } from '../text/words.ts';

/** What SHELL is where nobody set it. */
export const defaultShell: readonly string[] = ['/bin/sh', '-c'];

/** Names that the builder sets for every build; what they hold depends on the machine and on what is built. */
const automatic = new Set([
  ...['PLATFORM', 'OS', 'OSVERSION', 'ARCH', 'VARIANT'].flatMap((name) => [`BUILD${name}`, `TARGET${name}`]),
  'TARGETSTAGE',
]);

/** All text that expansion may produce, as a multiple of the file's size; a file cannot buy more than this. */
const expansionFactor = 16;
const expansionFloor = 1_000_000;

/** What the parser is told about the build, next to the text. */
export interface ParseOptions {
  /** Name of the stage to build; the last one when it is not given. */
  readonly target?: string;
  /** The build arguments. When given they are all there are: an ARG that is not among them and has no default is unset. */
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Report what is wrong in every stage, also in those that the target does not need and the builder leaves out. */
  readonly allStages?: boolean;
}

/** The state of one parse. */
export class Reading {
  readonly source: Source;
  readonly escape: '\\' | '`';
  readonly lines: LineReader;
  readonly problems: Problems;
  readonly buildArgs: Readonly<Record<string, string>> | undefined;
  /** Variables set before the first FROM. */
  readonly globals: Variables;
  /** Variables of the stage that is being read; the globals before the first FROM. */
  variables: Variables;
  /** What reads shell form where we are. */
  shell: readonly string[] = defaultShell;
  /** Where relative paths start; `undefined`: the base image knows. */
  workdir: string | undefined;
  /** Inside a trigger of ONBUILD: it runs in another stage, so nothing in it can be known here. */
  isTrigger = false;
  /** The here-documents of a trigger that is read a second time: their lines are gone from the reader. */
  readAgain: Heredocs | undefined;
  readonly unsetVariables: UnsetVariable[] = [];
  #expansionLeft: number;

  constructor(source: Source, escape: '\\' | '`', lines: LineReader, problems: Problems, options: ParseOptions) {
    this.source = source;
    this.escape = escape;
    this.lines = lines;
    this.problems = problems;
    this.buildArgs = options.buildArgs;
    this.globals = new Variables(undefined, (name) => (automatic.has(name) ? this.buildArgument(name) : null));
    this.variables = this.globals;
    this.#expansionLeft = expansionFloor + expansionFactor * source.text.length;
  }

  /** The build argument of a name; `undefined`: not given, or not known. */
  buildArgument(name: string): string | undefined {
    const { buildArgs } = this;
    return buildArgs !== undefined && Object.hasOwn(buildArgs, name) ? buildArgs[name] : undefined;
  }

  /** The variables in force. */
  get env(): Environment {
    return this.isTrigger ? nothingKnown : this.variables;
  }

  /** A word whose variables are expanded here. */
  expanded(line: MappedText, from: number, to: number): SourceWord {
    const text = line.text.slice(from, to);
    return line.word(from, to, this.value(text, line, from, to));
  }

  /** A word of the JSON form whose variables are expanded here. */
  expandedWord(word: SourceWord): SourceWord {
    const text = word.value;
    if (text === undefined || isPlain(text)) return word;
    return new SourceWord(
      this.source,
      word.from,
      word.to,
      this.valueAt(text, () => word.span),
    );
  }

  /** What a text means here; a mistake in it is reported at `[from, to)`. */
  value(text: string, line: MappedText, from: number, to: number): string | undefined {
    if (isPlain(text)) return text;
    return this.valueAt(text, () => line.span(from, to));
  }

  /** What a text means here; a mistake in it is reported at the span. */
  valueAt(text: string, span: () => Span): string | undefined {
    if (this.#expansionLeft < 0) return undefined;
    return this.#expand(text, span, { escape: this.escape }).value;
  }

  /** What a text means here, split at the blanks that its variables bring; `undefined` when it cannot be known. */
  splitValue(text: string, line: MappedText, range: Range): readonly string[] | undefined {
    if (this.#expansionLeft < 0) return undefined;
    const { value, words } = this.#expand(text, () => line.span(range.from, range.to), {
      escape: this.escape,
      split: true,
    });
    return value === undefined ? undefined : words;
  }

  #expand(text: string, span: () => Span, options: LexOptions): Expansion {
    const expansion = expand(text, this.env, options);
    const { value, error, unset } = expansion;
    this.#expansionLeft -= text.length + (value?.length ?? 0);
    if (error !== undefined) this.problems.add('expansion', `${shorten(text)} cannot be expanded: ${error}.`, span());
    for (const name of unset) if (!this.variables.isDeclared(name)) this.unsetVariables.push({ name, span: span() });
    return expansion;
  }

  /** Looks into the body of a here-document that becomes a file: its variables are expanded, its quotes mean nothing. */
  checkBody({ expands, content, span }: ReadHeredoc): void {
    if (!expands || !content.includes('$') || this.#expansionLeft < 0) return;
    this.#expand(content, () => span, { escape: '\\', quotes: 'plain' });
  }

  /** Reports what the builder refuses. */
  refuse(code: ProblemCode, message: string, line: MappedText, range: Range): void {
    this.problems.add(code, message, line.span(range.from, range.to));
  }

  /** Steps out of the stage that was read: what comes next is read with the variables from before the first FROM. */
  leaveStage(): void {
    this.variables = this.globals;
    this.problems.stage = undefined;
  }

  /** Steps into a stage. */
  enterStage(stage: {
    readonly index: number;
    readonly variables: Variables;
    readonly shell: readonly string[];
    readonly workdir: string | undefined;
  }): void {
    this.variables = stage.variables;
    this.shell = stage.shell;
    this.workdir = stage.workdir;
    this.problems.stage = stage.index;
  }

  /** The here-documents that a line opens; their lines are taken from the reader. */
  heredocs(line: MappedText): Heredocs {
    if (this.readAgain !== undefined) return this.readAgain;
    const starts = heredocStarts(line.text);
    if (starts.length === 0) return noHeredocs;
    const all: ReadHeredoc[] = [];
    let to: number | undefined;
    for (const start of starts) {
      const body = readHeredoc(this.source, this.lines, start, this.source.text.length);
      all.push(body.heredoc);
      to = body.to;
      if (!body.isTerminated) {
        const whole = { from: 0, to: line.text.length };
        this.refuse(
          'unterminated-heredoc',
          `The here-document is not closed: no line is ${start.name} alone.`,
          line,
          whole,
        );
        break;
      }
    }
    return { all, to };
  }
}

/** Here-documents of an instruction, and where the last one ends. */
export interface Heredocs {
  readonly all: readonly ReadHeredoc[];
  readonly to: number | undefined;
}

/** No here-documents. */
export const noHeredocs: Heredocs = { all: [], to: undefined };

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
