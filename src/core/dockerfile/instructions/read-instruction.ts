/** One logical line becomes one instruction: the keyword decides who reads the rest. */
import { type Reading, noHeredocs } from './reading.ts';
import { readHealthcheck, readRun, readStart } from './commands.ts';
import { readCopy } from './files.ts';
import { acceptFlags } from './flags.ts';
import { ReadHeredoc } from './heredoc.ts';
import { frameOf, unknownInstruction } from './frame.ts';
import type { MappedText } from '../text/mapped-text.ts';
import { readFrom } from './from.ts';
import { readArg, readExpose, readPairs, readVolume, readWhole } from './values.ts';
import type { Instruction, OnbuildInstruction, UnknownInstruction } from '../types.ts';
import type { ProblemCode } from '../problems.ts';
import { type Parts, splitInstruction } from '../text/words.ts';

/** Reads an instruction. Never throws; what the builder refuses is reported and kept as text. */
export function readInstruction(line: MappedText, reading: Reading): Instruction {
  return readParts(splitInstruction(line, 0), reading);
}

function readParts(parts: Parts, reading: Reading): Instruction {
  const { text } = parts.line;
  const keyword = text.slice(parts.keyword.from, parts.keyword.to).toUpperCase();
  switch (keyword) {
    case 'FROM':
      return readFrom(parts, reading);
    case 'RUN':
      return readRun(parts, reading);
    case 'COPY':
    case 'ADD':
      return readCopy(parts, keyword, reading);
    case 'CMD':
    case 'ENTRYPOINT':
    case 'SHELL':
      return readStart(parts, keyword, reading);
    case 'ENV':
    case 'LABEL':
      return readPairs(parts, keyword, reading);
    case 'ARG':
      return readArg(parts, reading);
    case 'USER':
    case 'WORKDIR':
    case 'STOPSIGNAL':
    case 'MAINTAINER':
      return readWhole(parts, keyword, reading);
    case 'EXPOSE':
      return readExpose(parts, reading);
    case 'VOLUME':
      return readVolume(parts, reading);
    case 'HEALTHCHECK':
      return readHealthcheck(parts, reading);
    case 'ONBUILD':
      return readOnbuild(parts, reading);
    default: {
      const name = text.slice(parts.keyword.from, parts.keyword.to);
      reading.refuse('unknown-instruction', `There is no instruction ${name}.`, parts.line, parts.keyword);
      return unknownInstruction(parts, frameOf(parts, '', reading));
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

function readOnbuild(parts: Parts, reading: Reading): OnbuildNode | UnknownInstruction {
  const { line, rest } = parts;
  const inner = splitInstruction(line, rest.from);
  const keyword = line.text.slice(inner.keyword.from, inner.keyword.to).toUpperCase();
  if (keyword === '') {
    reading.refuse('argument-count', 'ONBUILD needs an instruction.', line, parts.keyword);
    return unknownInstruction(parts, frameOf(parts, 'ONBUILD', reading));
  }
  if (keyword === 'ONBUILD' || keyword === 'FROM' || keyword === 'MAINTAINER') {
    reading.refuse('onbuild-trigger', `${keyword} cannot be a trigger of ONBUILD.`, line, inner.keyword);
    return unknownInstruction(parts, frameOf(parts, 'ONBUILD', reading));
  }
  reading.problems.only = mindedInTriggers;
  reading.isTrigger = true;
  const trigger = readParts(inner, reading);
  reading.isTrigger = false;
  reading.problems.only = undefined;

  const own = frameOf(parts, 'ONBUILD', reading);
  const span = reading.source.span(line.offset(parts.keyword.from), trigger.span.end.offset);
  const bodies = trigger.heredocs.filter((heredoc) => heredoc instanceof ReadHeredoc);
  const frame = { ...own, span, heredocs: bodies };
  if (!acceptFlags(frame.flags, 'ONBUILD', reading)) return unknownInstruction(parts, frame);
  return { ...frame, keyword: 'ONBUILD', trigger, inner, bodies };
}

/** Reads the trigger of an ONBUILD once more, in the stage where it runs; the problems it has there are that stage's. */
export function readTrigger(onbuild: OnbuildInstruction, reading: Reading): Instruction {
  // Every ONBUILD is made by readOnbuild, as an OnbuildNode.
  const { inner, bodies, span } = onbuild as OnbuildNode;
  reading.readAgain = bodies.length === 0 ? noHeredocs : { all: bodies, to: span.end.offset };
  reading.problems.isForStage = true;
  const instruction = readParts(inner, reading);
  reading.problems.isForStage = false;
  reading.readAgain = undefined;
  return instruction;
}
