/**
 * Text becomes a Dockerfile, read as BuildKit reads it.
 *
 * The file is read once from top to bottom: each logical line becomes an instruction, whose words are expanded with the
 * variables that hold there, and the stage it belongs to grows. When the end is reached the stages are tied together.
 * What the builder would refuse is reported and the reading goes on.
 */
import { Reading, type ParseOptions } from './instructions/reading.ts';
import { readHeader } from './text/directives.ts';
import { readInstruction } from './instructions/read-instruction.ts';
import { LineReader, maxLineBytes } from './text/lines.ts';
import { Problems } from './problems.ts';
import { Source } from './text/source.ts';
import { StageGraph } from './stages/stages.ts';
import type { Comment, Directive, Dockerfile, Instruction } from './types.ts';

export type { ParseOptions } from './instructions/reading.ts';

/**
 * Reads a Dockerfile. Pure; never throws; the time grows with the length of the text.
 *
 * @param text     the decoded text, a byte order mark included if there is one
 * @param options  the stage to build, and the build arguments if they are known
 */
export function parseDockerfile(text: string, options: ParseOptions = {}): Dockerfile {
  const source = new Source(text);
  const problems = new Problems();
  const { directives, escape, start } = readHeader(source, problems);
  const lines = new LineReader(source, start, escape);
  const reading = new Reading(source, escape, lines, problems, options);
  const graph = new StageGraph(reading);

  const instructions: Instruction[] = [];
  let stray: Instruction | undefined;
  for (let line = lines.nextInstruction(); line !== undefined; line = lines.nextInstruction()) {
    const instruction = readInstruction(line, reading);
    instructions.push(instruction);
    graph.add(instruction);
    if (graph.stages.length === 0 && !mayStandFirst(instruction)) stray ??= instruction;
  }

  for (const from of lines.tooLong) {
    problems.add('line-too-long', `A line is longer than ${maxLineBytes} bytes.`, source.span(from, from));
  }
  const target = graph.finish(options.target);
  problems.stage = undefined;
  if (instructions.length === 0) {
    problems.add('empty-file', 'The file holds no instruction.', source.span(0, 0));
  } else if (stray !== undefined) {
    problems.add('outside-stage', 'Only ARG may stand before the first FROM.', stray.span);
  } else if (graph.stages.length === 0) {
    problems.add('no-stage', 'There is no FROM, so there is no stage to build.', source.span(0, 0));
  }
  return {
    text,
    escape,
    directives,
    comments: withoutDirectives(lines.comments, directives),
    instructions,
    stages: graph.stages,
    target,
    problems: problems.of((stage) => options.allStages === true || (graph.stages[stage]?.isReachable ?? true)),
    unsetVariables: reading.unsetVariables,
  };
}

/** A directive is a comment that the builder listens to, and told as what it is. */
function withoutDirectives(comments: readonly Comment[], directives: readonly Directive[]): readonly Comment[] {
  if (directives.length === 0) return comments;
  const taken = new Set(directives.map(({ span }) => span.start.offset));
  return comments.filter(({ span }) => !taken.has(span.start.offset));
}

/** Before the first FROM; an instruction that is unknown has been reported already. */
function mayStandFirst({ keyword }: Instruction): boolean {
  return keyword === 'ARG' || keyword === '?';
}
