/** One logical line becomes one instruction: the keyword decides who reads the rest. */
import { type Context, noHeredocs } from './context.ts';
import { readHealthcheck, readRun, readStart } from './commands.ts';
import { readCopy } from './files.ts';
import { acceptFlags } from './flags.ts';
import { ReadHeredoc } from './heredoc.ts';
import { frameOf, unknownInstruction } from './frame.ts';
import type { MappedText } from './mapped-text.ts';
import { readFrom } from './from.ts';
import { readArg, readExpose, readPairs, readVolume, readWhole } from './values.ts';
import type { Instruction, OnbuildInstruction, UnknownInstruction } from './types.ts';
import type { ProblemCode } from './problems.ts';
import { type Parts, splitInstruction } from './words.ts';

/** Reads an instruction. Never throws; what the builder refuses is reported and kept as text. */
export function readInstruction(line: MappedText, context: Context): Instruction {
  return readParts(splitInstruction(line, 0), context);
}

function readParts(parts: Parts, context: Context): Instruction {
  const { text } = parts.line;
  const keyword = text.slice(parts.keyword.from, parts.keyword.to).toUpperCase();
  switch (keyword) {
    case 'FROM':
      return readFrom(parts, context);
    case 'RUN':
      return readRun(parts, context);
    case 'COPY':
    case 'ADD':
      return readCopy(parts, keyword, context);
    case 'CMD':
    case 'ENTRYPOINT':
    case 'SHELL':
      return readStart(parts, keyword, context);
    case 'ENV':
    case 'LABEL':
      return readPairs(parts, keyword, context);
    case 'ARG':
      return readArg(parts, context);
    case 'USER':
    case 'WORKDIR':
    case 'STOPSIGNAL':
    case 'MAINTAINER':
      return readWhole(parts, keyword, context);
    case 'EXPOSE':
      return readExpose(parts, context);
    case 'VOLUME':
      return readVolume(parts, context);
    case 'HEALTHCHECK':
      return readHealthcheck(parts, context);
    case 'ONBUILD':
      return readOnbuild(parts, context);
    default: {
      const name = text.slice(parts.keyword.from, parts.keyword.to);
      context.refuse('unknown-instruction', `There is no instruction ${name}.`, parts.line, parts.keyword);
      return unknownInstruction(parts, frameOf(parts, '', context));
    }
  }
}

/** ONBUILD that still knows its parts, so that the trigger can be read again in a stage that is built upon this one. */
interface OnbuildNode extends OnbuildInstruction {
  readonly inner: Parts;
  readonly bodies: readonly ReadHeredoc[];
}

/** What the builder minds in a trigger when it reads it; the rest shows in the image that is built upon this one. */
const mindedInTriggers: ReadonlySet<ProblemCode> = new Set([
  'json-not-strings',
  'pair-without-value',
  'unterminated-heredoc',
]);

function readOnbuild(parts: Parts, context: Context): OnbuildNode | UnknownInstruction {
  const { line, rest } = parts;
  const inner = splitInstruction(line, rest.from);
  const keyword = line.text.slice(inner.keyword.from, inner.keyword.to).toUpperCase();
  if (keyword === '') {
    context.refuse('argument-count', 'ONBUILD needs an instruction.', line, parts.keyword);
    return unknownInstruction(parts, frameOf(parts, 'ONBUILD', context));
  }
  if (keyword === 'ONBUILD' || keyword === 'FROM' || keyword === 'MAINTAINER') {
    context.refuse('onbuild-trigger', `${keyword} cannot be a trigger of ONBUILD.`, line, inner.keyword);
    return unknownInstruction(parts, frameOf(parts, 'ONBUILD', context));
  }
  context.problems.only = mindedInTriggers;
  context.isTrigger = true;
  const trigger = readParts(inner, context);
  context.isTrigger = false;
  context.problems.only = undefined;

  const own = frameOf(parts, 'ONBUILD', context);
  const span = context.source.span(line.offset(parts.keyword.from), trigger.span.end.offset);
  const bodies = trigger.heredocs.filter((heredoc) => heredoc instanceof ReadHeredoc);
  const frame = { ...own, span, heredocs: bodies };
  if (!acceptFlags(frame.flags, 'ONBUILD', context)) return unknownInstruction(parts, frame);
  return { ...frame, keyword: 'ONBUILD', trigger, inner, bodies };
}

/** Reads the trigger of an ONBUILD once more, in the stage where it runs; the problems it has there are that stage's. */
export function readTrigger(onbuild: OnbuildInstruction, context: Context): Instruction {
  // Every ONBUILD is made by readOnbuild, as an OnbuildNode.
  const { inner, bodies, span } = onbuild as OnbuildNode;
  context.readAgain = bodies.length === 0 ? noHeredocs : { all: bodies, to: span.end.offset };
  context.problems.isForStage = true;
  const instruction = readParts(inner, context);
  context.problems.isForStage = false;
  context.readAgain = undefined;
  return instruction;
}
