/** Walks over a Dockerfile's tree: all its places, all its words, and its leaves in the order of the text. */
import { shellCommands } from '../../src/core/dockerfile/shell/shell.ts';
import type { Dockerfile, Instruction, Span, Word } from '../../src/core/dockerfile/types.ts';

/** Every span of the tree, named. */
export function* spansOf(file: Dockerfile): Generator<readonly [string, Span]> {
  for (const directive of file.directives) yield ['directive', directive.span];
  for (const comment of file.comments) yield ['comment', comment.span];
  for (const problem of file.problems) yield [`problem ${problem.code}`, problem.span];
  for (const variable of file.unsetVariables) yield [`unset ${variable.name}`, variable.span];
  for (const instruction of allInstructions(file)) {
    yield [instruction.keyword, instruction.span];
    yield ['keyword', instruction.keywordSpan];
    for (const flag of instruction.flags) yield ['flag', flag.span];
    for (const heredoc of instruction.heredocs) yield ['heredoc', heredoc.span];
    if ('pairs' in instruction) for (const pair of instruction.pairs) yield ['pair', pair.span];
    if ('mounts' in instruction) for (const mount of instruction.mounts) yield ['mount', mount.span];
    if (!('command' in instruction) || instruction.command === undefined) continue;
    yield ['command', instruction.command.span];
    for (const command of shellCommands(instruction.command)) yield ['shell command', command.span];
  }
}

/** Every word of the tree, those of the shell included. */
export function* wordsOf(file: Dockerfile): Generator<Word> {
  for (const instruction of allInstructions(file)) {
    yield* wordsIn(instruction);
    if ('command' in instruction && instruction.command !== undefined) {
      for (const command of shellCommands(instruction.command)) yield* command.args;
    }
  }
}

/** Every instruction, and what triggers hold. */
export function* allInstructions(file: Dockerfile): Generator<Instruction> {
  for (const instruction of file.instructions) {
    yield instruction;
    if (instruction.keyword === 'ONBUILD' && instruction.trigger !== undefined) yield instruction.trigger;
  }
  for (const stage of file.stages) yield* stage.triggers;
}

/** The words of an instruction, without those of the shell. */
export function* wordsIn(instruction: Instruction): Generator<Word> {
  for (const flag of instruction.flags) if (flag.value !== undefined) yield flag.value;
  switch (instruction.keyword) {
    case 'FROM':
      yield instruction.image;
      if (instruction.alias !== undefined) yield instruction.alias;
      return;
    case 'COPY':
    case 'ADD':
      yield* instruction.sources;
      if (instruction.destination !== undefined) yield instruction.destination;
      return;
    case 'ENV':
    case 'LABEL':
    case 'ARG':
      for (const { key, value } of instruction.pairs) {
        yield key;
        if (value !== undefined) yield value;
      }
      return;
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
    case 'SHELL':
    case 'HEALTHCHECK':
      if (instruction.command !== undefined) yield* instruction.command.args;
      return;
    case 'ONBUILD':
    case '?':
      return;
    default:
      yield* instruction.words;
  }
}

/** The ends of the tree in the order of the text: comments, keywords, flags, words, commands, bodies. */
export function leavesOf(file: Dockerfile): readonly (readonly [number, number])[] {
  const leaves: (readonly [number, number, boolean])[] = [];
  const add = ({ start, end }: Span, isComment = false): void =>
    void leaves.push([start.offset, end.offset, isComment]);
  // Forms of `syntax` that are no comments are instructions to the parser.
  for (const { span } of file.directives) if (file.text[span.start.offset] === '#') add(span, true);
  for (const { span } of file.comments) add(span, true);
  for (const instruction of file.instructions) {
    // A FROM that is refused is kept as far as it could be read.
    const isWhole =
      instruction.keyword !== 'FROM' ||
      !file.problems.some((one) => one.when === 'reading' && isInside(one.span, instruction));
    if (isWhole) addLeaves(instruction, add);
    else add(instruction.span);
  }
  let last = 0;
  return leaves
    .toSorted((a, b) => a[0] - b[0] || a[1] - b[1])
    .flatMap(([start, end, isComment], index, sorted) => {
      const before = sorted[index - 1];
      // A comment may stand inside a command, and a port that a variable splits stands at one place several times.
      if ((isComment && end <= last) || (before?.[0] === start && before[1] === end)) return [];
      last = Math.max(last, end);
      return [[start, end] as const];
    });
}

function isInside({ start }: Span, { span }: Instruction): boolean {
  return start.offset >= span.start.offset && start.offset <= span.end.offset;
}

function addLeaves(instruction: Instruction, add: (span: Span) => void): void {
  if (instruction.keyword === '?') return add(instruction.span);
  add(instruction.keywordSpan);
  for (const flag of instruction.flags) add(flag.span);
  if (instruction.keyword === 'ONBUILD') {
    if (instruction.trigger !== undefined) addLeaves(instruction.trigger, add);
    return;
  }
  for (const heredoc of instruction.heredocs) {
    add(heredoc.span);
    if (heredoc.endMark !== undefined) add(heredoc.endMark);
  }
  if ('command' in instruction && instruction.command?.form === 'shell') return add(instruction.command.span);
  const ofFlags = new Set<Word | undefined>(instruction.flags.map(({ value }) => value));
  for (const word of wordsIn(instruction)) if (!ofFlags.has(word)) add(word.span);
}
