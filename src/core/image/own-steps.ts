/**
 * Which entries of an image's history the Dockerfile makes: the border between the base and what is judged.
 *
 * BuildKit writes one entry for each instruction of the final stage and of the stages that it is FROM, in their order, heredocs and
 * all; ONBUILD itself makes none, its trigger makes one in the stage above. Only RUN, COPY, ADD and WORKDIR make layers.
 * What ONBUILD of a base image runs stands before all of it, and counts as the base's. Source: measured on engine 28 (image-pass.engine.test.ts).
 */
import type { Dockerfile, Instruction, Stage } from '../dockerfile/types.ts';

/** One instruction, as far as it shows in the image. */
export interface OwnStep {
  readonly keyword: string;
  readonly line: number;
  /** A COPY or ADD that takes from the build context. */
  readonly takesContext: boolean;
  /** Names that ENV, ARG or LABEL set. */
  readonly names: readonly string[];
}

const LAYERED = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR']);

/** The steps that the target leaves in the history, oldest first. Pure. */
export function ownSteps({ target }: Dockerfile): readonly OwnStep[] {
  const chain: Stage[] = [];
  for (let stage = target; stage !== undefined; stage = stage.base.kind === 'stage' ? stage.base.stage : undefined) {
    chain.unshift(stage);
  }
  return chain
    .flatMap(({ triggers, instructions }) => [...triggers, ...instructions])
    .filter(({ keyword }) => keyword !== 'ONBUILD' && keyword !== '?')
    .map(stepOf);
}

/** At most so many layers, counted from the last one, are the Dockerfile's own. */
export function mostOwnLayers(steps: readonly OwnStep[]): number {
  return steps.filter(({ keyword }) => LAYERED.has(keyword)).length;
}

function stepOf(instruction: Instruction): OwnStep {
  const { keyword, span } = instruction;
  const isCopy = keyword === 'COPY' || keyword === 'ADD';
  return {
    keyword,
    line: span.start.line,
    takesContext: isCopy && instruction.from === undefined,
    names: 'pairs' in instruction ? instruction.pairs.flatMap(({ key }) => key.value ?? []) : [],
  };
}
