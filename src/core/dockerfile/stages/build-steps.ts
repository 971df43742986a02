/**
 * Which line of the Dockerfile a step of the real build stands for. BuildKit names no lines; it numbers the steps of each
 * stage, and the counting is repeated here.
 *
 * `[builder 3/5] RUN …` is the third of five in that stage: FROM when the base is an image, then each RUN, COPY, ADD and
 * WORKDIR. The stage is named when there is more than one: by its own name, else `stage-1` by its place.
 * Source: moby/buildkit, frontend/dockerfile/dockerfile2llb, convert.go (cmdTotal, prefixCommand); checked on a real build.
 */
import type { Dockerfile, Instruction, Stage } from '../types.ts';

const COUNTED = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR']);
const NUMBERED = /^\[(?:[^\s\]]+\/[^\s\]]+ )?(?:([^\s\]]+) )? *(\d{1,6})\/(\d{1,6})\] ([A-Za-z]+)([^]*)$/;
const PULLED = /^(?:\[internal\] load metadata for|(?:\[[^\]]+\] )?FROM) (\S+)/;

/**
 * 1-based line on which the instruction of a step begins; `undefined` for the builder's own work and for what cannot be
 * told for sure. Pure; never throws.
 *
 * @param stepName  as BuildKit prints it
 */
export function lineOfStep(dockerfile: Dockerfile, stepName: string): number | undefined {
  const numbered = NUMBERED.exec(stepName);
  if (numbered !== null) {
    const [, stageName, number, total, keyword = '', rest = ''] = numbered;
    for (const stage of stagesNamed(dockerfile, stageName)) {
      // A trigger that the base image brought along: the line that chose the base is the one to look at.
      if (keyword === 'ONBUILD') return stage.from.span.start.line;
      const found = numberedInstruction(stage, Number(number), Number(total));
      if (found?.keyword !== keyword.toUpperCase()) continue;
      const written = keyword === 'RUN' ? runsWritten(dockerfile, rest) : [];
      return (written.includes(found) ? found : (onlyOne(written) ?? found)).span.start.line;
    }
    // What two builds do at the same moment is done once, and may bear the numbers of the other: an image is found by its name, and
    // a RUN by its text.
    if (keyword === 'RUN') return onlyOne(runsWritten(dockerfile, rest))?.span.start.line;
    if (keyword !== 'FROM') return undefined;
  }
  const image = PULLED.exec(stepName)?.[1];
  return image === undefined ? undefined : lineOfImage(dockerfile, image);
}

/** Every RUN that says what stands behind the keyword of a step; of one with here-documents the step tells only the beginning. */
function runsWritten(dockerfile: Dockerfile, rest: string): readonly Instruction[] {
  let byText = runsByText.get(dockerfile);
  if (byText === undefined) {
    const runs = dockerfile.instructions.filter(({ keyword }) => keyword === 'RUN');
    byText = Map.groupBy(runs, ({ span }) => {
      const text = dockerfile.text.slice(span.start.offset, span.end.offset);
      return plain(text.replaceAll(CONTINUED, '').replace(/^\S+/, ''));
    });
    runsByText.set(dockerfile, byText);
  }
  return byText.get(plain(rest)) ?? [];
}

const runsByText = new WeakMap<Dockerfile, ReadonlyMap<string, readonly Instruction[]>>();

function onlyOne(instructions: readonly Instruction[]): Instruction | undefined {
  return instructions.length === 1 ? instructions[0] : undefined;
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** The end of a line that goes on, and the comments before the next. */
const CONTINUED = /[\\`][ \t]*\r?\n(?:[ \t]*(?:#.*)?\r?\n)*/g;

function stagesNamed(dockerfile: Dockerfile, name: string | undefined): readonly Stage[] {
  const { stages } = dockerfile;
  if (name === undefined) return stages.length === 1 ? stages : [];
  const named = stages.filter((stage) => stage.name === name.toLowerCase());
  const place = /^stage-(\d+)$/.exec(name)?.[1];
  return named.length > 0 || place === undefined ? named : stages.slice(Number(place), Number(place) + 1);
}

function numberedInstruction(stage: Stage, number: number, total: number): Instruction | undefined {
  const counted = stage.instructions.filter(({ keyword }) => COUNTED.has(keyword));
  const hasFrom = stage.base.kind === 'image' || (stage.base.kind === 'unknown' && total > counted.length) ? 1 : 0;
  if (number === 1 && hasFrom === 1) return stage.from;
  // What is counted beyond the file came out of ONBUILD of the base, and runs before everything else.
  const inherited = Math.max(0, total - counted.length - hasFrom);
  const index = number - 1 - hasFrom - inherited;
  return counted.filter((instruction) => !isAtRoot(instruction))[index];
}

/** `WORKDIR /` is counted in the total, but makes no step: the folder is always there. */
function isAtRoot(instruction: Instruction): boolean {
  return instruction.keyword === 'WORKDIR' && /^\/[/.]*$/.test(instruction.words[0]?.value ?? '');
}

/** The first instruction that names the image: FROM, `--from` of a copy, or `from=` of a mount. */
function lineOfImage(dockerfile: Dockerfile, image: string): number | undefined {
  const full = image.replace(/(?<=:[^/]*)@.*$/, '');
  const isMeant = (name: string | undefined): boolean => {
    if (name === undefined || name === '') return false;
    const short = /[:@][^/]*$/.test(name) ? name.replace(/(?<=:[^/]*)@.*$/, '') : `${name}:latest`;
    return full === short || full.endsWith(`/${short}`);
  };
  return dockerfile.instructions.find((instruction) => {
    switch (instruction.keyword) {
      case 'FROM':
        return isMeant(instruction.image.value);
      case 'COPY':
      case 'ADD':
        return isMeant(instruction.from?.value);
      case 'RUN':
        return instruction.mounts.some((mount) => isMeant(mount.options.get('from')));
      default:
        return false;
    }
  })?.span.start.line;
}
