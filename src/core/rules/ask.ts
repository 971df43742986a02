/**
 * The questions that rules ask about stages, bases and commands. Each is answered once per file (question.ts).
 * What an install is, and what it leaves behind, stands in installs.ts.
 */
import type {
  Base,
  CopyInstruction,
  FromInstruction,
  RunInstruction,
  ShellCommand,
  Stage,
  Word,
} from '../dockerfile/types.ts';
import { cleanPath } from '../context/pattern.ts';
import { shellCommands } from '../dockerfile/shell.ts';
import { knownImage } from './base-images.ts';
import type { KnownImage } from './base-images.ts';
import { question } from './question.ts';

/** The stage that becomes the image; `undefined` when the file has none. */
export const finalStage = question((subject): Stage | undefined => subject.dockerfile.target);

/** A stage and the stages it is FROM, oldest first: everything they do is in it. */
export function chainOf(last: Stage): readonly Stage[] {
  const stages: Stage[] = [];
  for (let stage: Stage | undefined = last; stage !== undefined; stage = stageBelow(stage)) stages.push(stage);
  return stages.reverse();
}

/** The final stage and the stages it is FROM, oldest first: everything they do ends up in the image. */
export const shippedStages = question((subject): readonly Stage[] => {
  const stage = finalStage(subject);
  return stage === undefined ? [] : chainOf(stage);
});

/** Every stage that the final one needs, itself included, in file order: through FROM, COPY --from and RUN --mount=from. */
export const builtStages = question((subject): readonly Stage[] =>
  subject.dockerfile.stages.filter((stage) => stage.isReachable),
);

/** FROM of each built stage that starts from an image or from something unknown, not from another stage. */
export const externalBases = question((subject): readonly { from: FromInstruction; base: Base }[] =>
  builtStages(subject)
    .filter((stage) => stage.base.kind !== 'stage')
    .map(({ from, base }) => ({ from, base })),
);

/** What the final image stands on in the end. */
export const finalBase = question((subject): Base | undefined => shippedStages(subject)[0]?.base);

/** What is known of the image that the final one stands on; `undefined` when that image is not a well-known one. */
export const knownFinalBase = question((subject): KnownImage | undefined => {
  const stage = finalStage(subject);
  return stage === undefined ? undefined : knownBaseOf(stage);
});

/** What is known of the image that a stage stands on in the end. */
export function knownBaseOf(stage: Stage): KnownImage | undefined {
  const base = chainOf(stage)[0]?.base;
  if (base?.kind === 'scratch') return { user: 'root', command: false, healthcheck: false, exposes: false };
  return base?.kind === 'image' ? knownImage(base.reference) : undefined;
}

/** True when the base image is known to start as root and to hand over to a user of its own, and its entrypoint is kept. */
export const givesUpRoot = question(
  (subject): boolean =>
    knownFinalBase(subject)?.user === 'drops-root' && finalStage(subject)?.state.entrypoint === undefined,
);

/** The user of a USER instruction, without its group; `undefined` when it cannot be known. */
export function userName({ value, raw }: Word): string | undefined {
  const [name = ''] = (value ?? raw).split(':', 1);
  return value === undefined && /[$\\`"']/.test(name) ? undefined : name.trim();
}

/** True for the names and numbers of root. */
export function isRoot(user: string): boolean {
  return /^(?:root|0+)$/.test(user);
}

/** The RUN instructions of some stages, in order. */
export function runsOf(stages: readonly Stage[]): readonly RunInstruction[] {
  return stages.flatMap((stage) => stage.instructions).filter((one) => one.keyword === 'RUN');
}

/** The commands that a RUN starts, in order. */
export function commandsOf(run: RunInstruction): readonly ShellCommand[] {
  return shellCommands(run.command);
}

/** COPY and ADD that take files of the build context, not of a stage or an image. */
export function contextCopies(stage: Stage): readonly CopyInstruction[] {
  return stage.instructions.filter(
    (one): one is CopyInstruction =>
      (one.keyword === 'COPY' || one.keyword === 'ADD') && one.from === undefined && one.heredocs.length === 0,
  );
}

/** True when a source of COPY names the whole context: `.`, `./`, `/`, `*`, or `../`, which leads no further. */
export function takesWholeContext(copy: CopyInstruction): boolean {
  return copy.sources.some(({ value }) => value !== undefined && isWholeContext(value));
}

/** True for a path, as COPY and `--mount=source=` take it, that names everything there is. */
export function isWholeContext(path: string): boolean {
  return ['/', '/*', '/**'].includes(cleanPath(`/${path}`));
}

/** A variable that ENV or ARG sets above an instruction; `undefined` where none does. Its value may not be known. */
export function variableAt(
  stage: Stage,
  instruction: RunInstruction,
  name: string,
): { readonly value: string | undefined } | undefined {
  const value = instruction.command.env.get(name);
  if (typeof value === 'string') return { value };
  if (value === null) return undefined;
  // Not known: because this file sets it to something unknown, or because only the base image could have set it.
  const isSetHere = chainOf(stage)
    .flatMap((one) => one.instructions)
    .some(
      (one) =>
        (one.keyword === 'ENV' || one.keyword === 'ARG') &&
        one.span.start.offset < instruction.span.start.offset &&
        one.pairs.some((pair) => pair.key.value === name),
    );
  return isSetHere ? { value: undefined } : undefined;
}

function stageBelow({ base }: Stage): Stage | undefined {
  return base.kind === 'stage' ? base.stage : undefined;
}
