/**
 * The questions that rules ask about stages, bases and commands. Each is answered once per file (question.ts).
 * What an install is, and what it leaves behind, stands in installs.ts.
 */
import type {
  Base,
  CopyInstruction,
  FromInstruction,
  Instruction,
  RunInstruction,
  ShellCommand,
  Stage,
} from '../dockerfile/types.ts';
import { shellCommands } from '../dockerfile/shell.ts';
import { knownImage } from './base-images.ts';
import type { KnownImage } from './base-images.ts';
import { question } from './question.ts';
import type { Subject } from './rule.ts';

/** The stage that becomes the image; `undefined` when the file has none. */
export const finalStage = question((subject): Stage | undefined => subject.dockerfile.target);

/** The final stage and the stages it is FROM, oldest first: everything they do ends up in the image. */
export const shippedStages = question((subject): readonly Stage[] => {
  const stages: Stage[] = [];
  for (let stage = finalStage(subject); stage !== undefined;) {
    stages.unshift(stage);
    stage = stage.base.kind === 'stage' ? stage.base.stage : undefined;
  }
  return stages;
});

/** Every stage that the final one needs, itself included, in file order: through FROM, COPY --from and RUN --mount=from. */
export const builtStages = question((subject): readonly Stage[] => {
  const needed = new Set<Stage>();
  const visit = (stage: Stage | undefined): void => {
    if (stage === undefined || needed.has(stage)) return;
    needed.add(stage);
    if (stage.base.kind === 'stage') visit(stage.base.stage);
    for (const instruction of stage.instructions) {
      for (const name of stagesNamedBy(instruction)) visit(stageNamed(subject, name, stage));
    }
  };
  visit(finalStage(subject));
  return subject.dockerfile.stages.filter((stage) => needed.has(stage));
});

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
  const base = finalBase(subject);
  if (base?.kind === 'scratch') return { user: 'root', command: false, healthcheck: false, exposes: false };
  return base?.kind === 'image' ? knownImage(base.reference) : undefined;
});

/** The instructions that shape the image, in order. */
export const shippedInstructions = question((subject): readonly Instruction[] =>
  shippedStages(subject).flatMap((stage) => stage.instructions),
);

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

/** True when a source of COPY names the whole context: `.`, `./`, `/`, `*`. */
export function takesWholeContext(copy: CopyInstruction): boolean {
  return copy.sources.some((source) => /^(?:\.?\/?|\.?\/?\*)$/.test(source.value ?? 'unknown'));
}

function stagesNamedBy(instruction: Instruction): readonly string[] {
  if (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') {
    return instruction.from?.value === undefined ? [] : [instruction.from.value];
  }
  if (instruction.keyword === 'RUN') return instruction.mounts.flatMap((mount) => mount.options.get('from') ?? []);
  return [];
}

/** A stage by name or number, as it can be named from another: only stages further up count. */
function stageNamed(subject: Subject, name: string, from: Stage): Stage | undefined {
  const earlier = subject.dockerfile.stages.slice(0, from.index);
  return (
    earlier.findLast((stage) => stage.name === name.toLowerCase()) ??
    (/^\d+$/.test(name) ? earlier[Number(name)] : undefined)
  );
}
