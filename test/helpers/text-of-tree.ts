/** Holds a Dockerfile's tree against its text: what a node says has to be what stands at its place. */
import { shellCommands } from '../../src/core/dockerfile/shell/shell.ts';
import type {
  Command,
  Dockerfile,
  Heredoc,
  Instruction,
  PairsInstruction,
  Span,
  Word,
} from '../../src/core/dockerfile/types.ts';
import { allInstructions, spansOf, wordsIn, wordsOf } from './walk-dockerfile.ts';

/**
 * What is wrong, in words; nothing when every node says what stands at its place. Of words it looks at those that mean
 * what they say: no quotes, escapes or variables.
 */
export function* lies(file: Dockerfile): Generator<string> {
  const at = ({ start, end }: Span): string => file.text.slice(start.offset, end.offset);
  const joined = (span: Span): string => withoutContinuations(at(span), file.escape);
  for (const { text, span } of file.comments) yield* differs('comment', `#${text}`, at(span));
  for (const { name, value, span } of file.directives) {
    // In its JSON form `syntax` may be written with escapes.
    if (at(span).startsWith('{')) continue;
    if (!at(span).toLowerCase().includes(name) || !at(span).includes(value)) yield `directive ${name}: ${at(span)}`;
  }
  const bodies = [...allInstructions(file)].flatMap(({ heredocs }) => heredocs.map(({ span }) => span));
  for (const [what, span] of [...spansOf(file), ...[...wordsOf(file)].map(({ span }) => ['word', span] as const)]) {
    // Outside of bodies no place begins or ends in a continuation: a fix would join two lines.
    const isInBody = bodies.some((body) => body.start.offset <= span.end.offset && span.end.offset <= body.end.offset);
    if (!isInBody && hasLooseEnd(at(span), joined(span))) yield `${what} ends in a continuation: ${at(span)}`;
  }
  for (const instruction of allInstructions(file)) {
    const { keyword, keywordSpan, heredocs } = instruction;
    if (keyword !== '?') yield* differs('keyword', keyword, joined(keywordSpan).toUpperCase());
    if (instruction.span.start.offset !== keywordSpan.start.offset) yield `${keyword} does not begin with its keyword`;
    yield* liesOfFlags(instruction, joined);
    for (const heredoc of heredocs) yield* liesOfHeredoc(heredoc, at);
    for (const word of wordsIn(instruction)) yield* liesOfWord(`word of ${keyword}`, word, joined(word.span), keyword);
    if ('pairs' in instruction) yield* liesOfPairs(instruction, joined);
    if ('command' in instruction && instruction.command !== undefined)
      yield* liesOfCommand(instruction.command, file, joined);
  }
}

function hasLooseEnd(raw: string, text: string): boolean {
  return raw[0] !== text[0] || raw.at(-1) !== text.at(-1);
}

function* liesOfPairs({ pairs, isLegacy }: PairsInstruction, joined: (span: Span) => string): Generator<string> {
  for (const { key, value, span } of pairs) {
    if (value !== undefined && !isLegacy)
      yield* differs('pair', `${joined(key.span)}=${joined(value.span)}`, joined(span));
  }
}

function* liesOfFlags({ flags }: Instruction, joined: (span: Span) => string): Generator<string> {
  for (const { name, value, span } of flags) {
    const text = joined(span);
    if (!/["'\\]/.test(text)) {
      yield* differs('flag', `--${name}${value === undefined ? '' : `=${joined(value.span)}`}`, text);
    }
  }
}

function* liesOfHeredoc(
  { name, stripsTabs, content, span, endMark }: Heredoc,
  at: (span: Span) => string,
): Generator<string> {
  yield* differs('heredoc', content, stripsTabs ? at(span).replaceAll(/^\t+/gm, '') : at(span));
  if (endMark === undefined) return;
  yield* differs('end mark', name, at(endMark));
  const between = { start: span.end, end: endMark.start };
  if (!(stripsTabs ? /^\t*$/ : /^$/).test(at(between))) yield `between a body and its end mark: ${at(between)}`;
}

function* liesOfCommand(command: Command, file: Dockerfile, joined: (span: Span) => string): Generator<string> {
  if (command.form === 'shell' && command.heredocs.length === 0)
    yield* differs('command', command.text, joined(command.span));
  for (const { name, args, assignments, span } of shellCommands(command)) {
    for (const { raw, value } of args) {
      // Behind the builder's own continuations may stand the shell's, in a body.
      const text = withoutContinuations(withoutContinuations(raw, file.escape), '\\');
      if (isPlain(text) && !/[\n{}[\]*?~()#]/.test(text) && value !== undefined)
        yield* differs('shell word', value, text);
    }
    const text = joined(span);
    const isSimple =
      name !== undefined && name !== '' && assignments.size === 0 && isPlain(text) && !/[<>\n]/.test(text);
    if (isSimple && command.form === 'shell' && !text.startsWith(name)) yield `shell command ${name}: ${text}`;
  }
}

/** Ports are parted at more blanks than words are, and all parts stand at the place of the word. */
const partsPorts = /[\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

const takesJson = new Set(['RUN', 'CMD', 'ENTRYPOINT', 'SHELL', 'HEALTHCHECK', 'COPY', 'ADD', 'VOLUME']);

function* liesOfWord(what: string, { value }: Word, text: string, keyword: string): Generator<string> {
  if (value === undefined) return;
  if (text.startsWith('"') && takesJson.has(keyword)) {
    // Paths are expanded once they are out of the JSON.
    const isExpanded = /[$\\]/.test(text) && ['COPY', 'ADD', 'VOLUME'].includes(keyword);
    const string = isExpanded ? undefined : jsonString(text);
    if (string !== undefined) yield* differs(what, value.toWellFormed(), string);
  } else if (isPlain(text) && !(keyword === 'EXPOSE' && partsPorts.test(text))) {
    // Names of stages are compared in lower case.
    yield* keyword === 'FROM' ? differs(what, value.toLowerCase(), text.toLowerCase()) : differs(what, value, text);
  }
}

function jsonString(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value.toWellFormed() : undefined;
  } catch {
    return undefined;
  }
}

/** Nothing in it that a reader would resolve; NUL is left out because the lexer of variables takes it for the end of a word. */
function isPlain(text: string): boolean {
  return !/[$"'\\`]/.test(text);
}

function* differs(what: string, told: string, text: string): Generator<string> {
  if (told !== text) yield `${what}: told ${JSON.stringify(told)}, and there stands ${JSON.stringify(text)}`;
}

/** An empty line or a comment; blanks are Go's, among which there is no byte order mark. */
const skipped = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*(?:#[^]*)?$/;

/** Text of the original as the builder joins its lines; written apart from the parser on purpose. */
function withoutContinuations(raw: string, escape: '\\' | '`'): string {
  const end = escape === '`' ? /`[ \t]*\r*$/ : /\\[ \t]*\r*$/;
  const lines = raw.split('\n');
  let text = '';
  let isInside = false;
  for (const [index, line] of lines.entries()) {
    // The last one is part of a line, so it may be blank and yet be none that is skipped.
    if (isInside && index < lines.length - 1 && skipped.test(line)) continue;
    isInside = index < lines.length - 1 && end.test(line);
    if (isInside) text += line.replace(end, '');
    else text += index < lines.length - 1 ? `${line}\n` : line;
  }
  return text;
}
