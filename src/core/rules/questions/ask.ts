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
} from '../../dockerfile/types.ts';
import { cleanPath } from '../../context/pattern.ts';
import { shellCommands } from '../../dockerfile/shell/shell.ts';
import { knownImage } from '../tables/base-images.ts';
import type { KnownImage } from '../tables/base-images.ts';
import { question } from './question.ts';
import type { Subject } from '../rule.ts';

/** The stage that becomes the image; `undefined` when the file has none. */
export const finalStage = question((subject): Stage | undefined => subject.dockerfile.target);

/**
 * A stage and the stages it is FROM, oldest first: everything they do is in it.
 * @param deepest  how many to go down at most: questions asked of every install must not cost a whole file each
 */
export function chainOf(last: Stage, deepest = 64): readonly Stage[] {
  const stages: Stage[] = [];
  for (let stage: Stage | undefined = last; stage !== undefined && stages.length < deepest; stage = stageBelow(stage)) {
    stages.push(stage);
  }
  return stages.toReversed();
}

/** The final stage and the stages it is FROM, oldest first: everything they do ends up in the image. */
export const shippedStages = question((subject): readonly Stage[] => {
  const stage = finalStage(subject);
  return stage === undefined ? [] : chainOf(stage, Number.POSITIVE_INFINITY);
});

const shippedSet = question((subject): ReadonlySet<Stage> => new Set(shippedStages(subject)));

/** True for a stage that ends up in the image, false for one that only builds. */
export function isShipped(subject: Subject, stage: Stage): boolean {
  return shippedSet(subject).has(stage);
}

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
  const base = finalBase(subject);
  if (base?.kind === 'scratch') return { user: 'root', command: false, healthcheck: false, exposes: false };
  return base?.kind === 'image' ? knownImage(base.reference) : undefined;
});

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
  const [only] = stages;
  if (only !== undefined && stages.length === 1) return runsOfStage(only);
  let runs = runsOfStages.get(stages);
  if (runs === undefined) runsOfStages.set(stages, (runs = stages.flatMap(runsOfStage)));
  return runs;
}

/** Answered once for each list that questions hand out. */
const runsOfStages = new WeakMap<readonly Stage[], readonly RunInstruction[]>();
const runsByStage = new WeakMap<Stage, readonly RunInstruction[]>();

function runsOfStage(stage: Stage): readonly RunInstruction[] {
  let runs = runsByStage.get(stage);
  if (runs === undefined) runsByStage.set(stage, (runs = stage.instructions.filter((one) => one.keyword === 'RUN')));
  return runs;
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

/** A variable that ENV or ARG sets above a RUN; `undefined` where none does. Its value may not be known. */
export function variableAt(
  subject: Subject,
  stage: Stage,
  run: RunInstruction,
  name: string,
): { readonly value: string | undefined } | undefined {
  const value = run.command.env.get(name);
  if (typeof value === 'string') return { value };
  if (value === null) return undefined;
  // Not known: because this file sets it to something unknown, or because only the base image could have set it.
  const isSetHere = chainOf(stage).some((one) => {
    const offset = firstSettings(subject).get(one)?.get(name);
    return offset !== undefined && offset < run.span.start.offset;
  });
  return isSetHere ? { value: undefined } : undefined;
}

/** Where each stage first sets a variable by ENV or ARG, as offsets. */
const firstSettings = question(
  (subject): ReadonlyMap<Stage, ReadonlyMap<string, number>> =>
    new Map(
      subject.dockerfile.stages.map((stage) => {
        const offsets = new Map<string, number>();
        for (const { name, offset } of settingsOf(stage)) if (!offsets.has(name)) offsets.set(name, offset);
        return [stage, offsets];
      }),
    ),
);

function* settingsOf(stage: Stage): Generator<{ readonly name: string; readonly offset: number }> {
  for (const one of stage.instructions) {
    if (one.keyword !== 'ENV' && one.keyword !== 'ARG') continue;
    for (const { key, span } of one.pairs) {
      if (key.value !== undefined) yield { name: key.value, offset: span.start.offset };
    }
  }
}

function stageBelow({ base }: Stage): Stage | undefined {
  return base.kind === 'stage' ? base.stage : undefined;
}
