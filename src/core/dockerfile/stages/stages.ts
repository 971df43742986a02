/**
 * The graph of stages: what each stands on, what it takes from others, which one is built and which ones that needs.
 *
 * A stage built upon another inherits while the file is read, because the variables of the one are needed to read the other.
 * Who copies from whom is settled at the end: a name means the last stage that bears it, wherever it is used.
 */
import type { Reading } from '../instructions/reading.ts';
import { unknown, unset, Variables } from '../variables/environment.ts';
import { expand } from '../variables/expand.ts';
import type { CopyNode } from '../instructions/files.ts';
import { parseImageReference } from '../image-reference.ts';
import { readTrigger } from '../instructions/read-instruction.ts';
import type { MountNode } from '../instructions/mounts.ts';
import { LazyState, platformShell } from './state.ts';
import type {
  Base,
  Environment,
  FromInstruction,
  Instruction,
  OnbuildInstruction,
  Span,
  Stage,
  StageState,
} from '../types.ts';

/** The PATH that the builder gives to an image that has none. */
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Triggers that are followed in one file; many stages upon one with many triggers would multiply. */
const mostTriggers = 10_000;

/** Most stages use nobody and inherit no triggers; these stand for that and are never written to. */
const nobody: StageNode[] = [];
const noTriggers: readonly Instruction[] = [];

class StageNode implements Stage {
  readonly index: number;
  readonly name: string | undefined;
  readonly from: FromInstruction;
  readonly base: Base;
  triggers: readonly Instruction[] = noTriggers;
  readonly instructions: Instruction[] = [];
  readonly onbuilds: OnbuildInstruction[] = [];
  readonly variables: Variables;
  /** What SHELL and WORKDIR are: at its beginning while it is read, at its end from then on. */
  shell: readonly string[];
  workdir: string | undefined;
  uses: StageNode[] = nobody;
  isReachable = false;
  #state: StageState | undefined;

  constructor(index: number, from: FromInstruction, base: Base, below: StageNode | undefined) {
    this.index = index;
    this.name = from.alias?.value;
    this.from = from;
    this.base = base;
    this.variables = new Variables(below?.variables, base.kind === 'scratch' ? unset : unknown);
    if (base.kind === 'scratch') this.variables.set('PATH', defaultPath, true);
    this.shell = below?.shell ?? platformShell(this);
    this.workdir = base.kind === 'scratch' ? '/' : below?.workdir;
  }

  add(instruction: Instruction): void {
    this.instructions.push(instruction);
    if (instruction.keyword === 'ONBUILD') this.onbuilds.push(instruction);
  }

  get state(): StageState {
    return (this.#state ??= new LazyState(this));
  }
}

/** One `--from` or `from=`, and the place to write down what it names. */
interface Reference {
  readonly name: string;
  readonly span: Span;
  readonly takesIndex: boolean;
  readonly node: CopyNode | MountNode;
}

/** Collects stages while the file is read, and ties them together at its end. */
export class StageGraph {
  readonly stages: StageNode[] = [];
  readonly #byName = new Map<string, StageNode>();
  readonly #reading: Reading;
  #triggersLeft = mostTriggers;
  /** Some stage takes from itself or from a later one; else there can be no circle. */
  #mayCircle = false;
  /** What the stage that is being resolved uses already. */
  readonly #used = new Set<StageNode>();

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** Takes the next instruction of the file. */
  add(instruction: Instruction): void {
    if (instruction.keyword === 'FROM') this.#begin(instruction);
    else this.stages.at(-1)?.add(instruction);
  }

  #begin(from: FromInstruction): void {
    const reading = this.#reading;
    const previous = this.stages.at(-1);
    if (previous !== undefined) {
      previous.shell = reading.shell;
      previous.workdir = reading.workdir;
    }

    const base = this.#baseOf(from);
    const below = base.kind === 'stage' ? this.stages[base.stage.index] : undefined;
    const stage = new StageNode(this.stages.length, from, base, below);
    this.stages.push(stage);
    if (stage.name !== undefined) this.#byName.set(stage.name, stage);
    reading.enterStage(stage);
    if (below === undefined || below.onbuilds.length === 0) return;
    const triggers = below.onbuilds.slice(0, this.#triggersLeft);
    this.#triggersLeft -= triggers.length;
    stage.triggers = triggers.map((onbuild) => readTrigger(onbuild, reading));
  }

  #baseOf(from: FromInstruction): Base {
    const name = from.image.value;
    if (name === undefined) return { kind: 'unknown', why: `${from.image.raw} holds a variable that is not known.` };
    if (name === '') {
      this.#reading.problems.add('image-name-blank', `${from.image.raw} is an empty name.`, from.image.span);
      return { kind: 'unknown', why: `${from.image.raw} is an empty name.` };
    }
    // Names of stages are lower case, and here the builder compares letter by letter.
    const stage = this.#byName.get(name);
    return stage === undefined ? this.#imageBase(name, from.image.span) : { kind: 'stage', stage };
  }

  #imageBase(name: string, span: Span): Base {
    if (name === 'scratch') return { kind: 'scratch' };
    const reference = parseImageReference(name);
    if (reference !== undefined) return { kind: 'image', reference };
    this.#reading.problems.add('image-name', `${name} is no image name.`, span);
    return { kind: 'unknown', why: `${name} is no image name.` };
  }

  /**
   * Ties the stages together once all are read.
   * @param target  name of the stage to build; the last one when `undefined`
   * @returns       the stage that is built
   */
  finish(target: string | undefined): Stage | undefined {
    for (const stage of this.stages) this.#resolve(stage);
    if (this.#mayCircle) this.#refuseCircles();
    const name = target?.toLowerCase();
    const built = name === undefined ? this.stages.at(-1) : this.#byName.get(name);
    if (built === undefined && name !== undefined && this.stages.length > 0) {
      this.#reading.problems.add('target-missing', `No stage is named ${name}.`, this.#reading.source.span(0, 0));
    }
    markReachable(built === undefined ? this.stages : [built]);
    return built;
  }

  /** Finds out what `--from` and `from=` name in the steps of a stage. */
  #resolve(stage: StageNode): void {
    this.#used.clear();
    if (stage.base.kind === 'stage') this.#use(stage, stage.base.stage);
    for (const instruction of stage.triggers) this.#resolveStep(instruction, stage);
    for (const instruction of stage.instructions) this.#resolveStep(instruction, stage);
  }

  #resolveStep(instruction: Instruction, stage: StageNode): void {
    for (const reference of referencesOf(instruction)) {
      const source = this.#sourceOf(reference, stage);
      reference.node.source = source;
      if (source?.kind === 'stage') this.#use(stage, source.stage);
    }
  }

  #use(stage: StageNode, { index }: Stage): void {
    const used = this.stages[index];
    if (used === undefined) return;
    if (index >= stage.index) this.#mayCircle = true;
    if (this.#used.has(used)) return;
    this.#used.add(used);
    if (stage.uses === nobody) stage.uses = [used];
    else stage.uses.push(used);
  }

  #sourceOf({ name, span, takesIndex }: Reference, stage: StageNode): Base | undefined {
    const { problems } = this.#reading;
    problems.stage = stage.index;
    if (takesIndex && expand(name, nothingSet, { escape: this.#reading.escape }).value !== name) {
      problems.add('from-flag-variable', '--from takes no variables; name a stage that is built FROM them.', span);
      return { kind: 'unknown', why: `${name} holds a variable, which --from does not take.` };
    }
    const isIndex = takesIndex && /^[-+]?\d+$/.test(name);
    const used = isIndex ? this.stages[Number(name)] : this.#byName.get(name.toLowerCase());
    if (isIndex && used === undefined) {
      problems.add('stage-index', `There is no stage ${name}; they are counted from 0.`, span);
      return { kind: 'unknown', why: `There is no stage ${name}.` };
    }
    if (used === undefined) return this.#imageBase(name, span);
    if (used.index > stage.index) {
      problems.add('stage-not-ready', `The stage ${name} comes later; it has to be defined before it is used.`, span);
    }
    return { kind: 'stage', stage: used };
  }

  /** A stage that takes from itself, be it by way of others. What a stage is built upon always comes before it and makes no circle. */
  #refuseCircles(): void {
    const done = new Set<StageNode>();
    const path = new Set<StageNode>();
    for (const start of this.stages) {
      if (done.has(start)) continue;
      const stack = [{ stage: start, next: 0 }];
      path.add(start);
      for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
        const used = top.stage.uses[top.next++];
        if (used === undefined) {
          stack.pop();
          path.delete(top.stage);
          done.add(top.stage);
        } else if (path.has(used)) {
          const message = `The stage ${used.name ?? String(used.index)} takes from itself.`;
          this.#reading.problems.add('circular-stage', message, used.from.span);
        } else if (!done.has(used)) {
          path.add(used);
          stack.push({ stage: used, next: 0 });
        }
      }
    }
  }
}

const nothingSet: Environment = { get: () => null };

const noReferences: readonly Reference[] = [];

/** The places of an instruction that name a stage or an image. */
function referencesOf(instruction: Instruction): readonly Reference[] {
  if (instruction.keyword === 'COPY') {
    const { from } = instruction;
    if (from === undefined || (from.value ?? '') === '') return noReferences;
    return [{ name: from.value ?? '', span: from.span, takesIndex: true, node: instruction }];
  }
  if (instruction.keyword !== 'RUN' || instruction.mounts.length === 0) return noReferences;
  return instruction.mounts.flatMap((mount) => {
    const name = mount.options.get('from') ?? '';
    return name === '' ? [] : [{ name, span: mount.span, takesIndex: false, node: mount }];
  });
}

function markReachable(roots: readonly StageNode[]): void {
  const waiting = [...roots];
  for (let stage = waiting.pop(); stage !== undefined; stage = waiting.pop()) {
    if (stage.isReachable) continue;
    stage.isReachable = true;
    waiting.push(...stage.uses);
  }
}
