/** One logical line becomes one instruction: the keyword decides who reads the rest. */
import type { Context } from './context.ts';
import { readHealthcheck, readRun, readStart } from './commands.ts';
import { readCopy } from './files.ts';
import { acceptFlags } from './flags.ts';
import { frameOf, unknownInstruction } from './frame.ts';
import type { LogicalLine } from './lines.ts';
import { readFrom } from './from.ts';
import { readArg, readExpose, readPairs, readVolume, readWhole } from './values.ts';
import type { Instruction } from './types.ts';
import type { ProblemCode } from './problems.ts';
import { type Parts, splitInstruction } from './words.ts';

/** Reads an instruction. Never throws; what the builder refuses is reported and kept as text. */
export function readInstruction(line: LogicalLine, context: Context): Instruction {
  return readParts(splitInstruction(line.mapped, 0), context);
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

/** What the builder minds in a trigger when it reads it; the rest shows in the image that is built upon this one. */
const mindedInTriggers: ReadonlySet<ProblemCode> = new Set(['json-not-strings', 'pair-without-value', 'unterminated-heredoc']);

function readOnbuild(parts: Parts, context: Context): Instruction {
  const { line, rest } = parts;
  const inner = rest.from < rest.to ? splitInstruction(line, rest.from) : undefined;
  const keyword = inner === undefined ? '' : line.text.slice(inner.keyword.from, inner.keyword.to).toUpperCase();
  const isForbidden = keyword === 'ONBUILD' || keyword === 'FROM' || keyword === 'MAINTAINER';
  const trigger = inner === undefined || isForbidden ? undefined : readTrigger(inner, context);
  const ownFrame = frameOf(parts, 'ONBUILD', context);
  const frame = trigger === undefined ? ownFrame : { ...ownFrame, span: spanTo(ownFrame, trigger, context), heredocs: trigger.heredocs };
  if (inner === undefined) {
    context.refuse('argument-count', 'ONBUILD needs an instruction.', line, parts.keyword);
  } else if (acceptFlags(ownFrame.flags, 'ONBUILD', context)) {
    if (!isForbidden) return { keyword: 'ONBUILD', ...frame, trigger };
    context.refuse('onbuild-trigger', `${keyword} cannot be a trigger of ONBUILD.`, line, inner.keyword);
  }
  return unknownInstruction(parts, { ...ownFrame, ...frame, heredocs: [] });
}

function readTrigger(parts: Parts, context: Context): Instruction {
  const outer = context.problems.only;
  context.problems.only = mindedInTriggers;
  context.isTrigger = true;
  try {
    return readParts(parts, context);
  } finally {
    context.problems.only = outer;
    context.isTrigger = false;
  }
}

function spanTo(own: { readonly span: Instruction['span'] }, trigger: Instruction, context: Context): Instruction['span'] {
  return context.source.span(own.span.start.offset, trigger.span.end.offset);
}
