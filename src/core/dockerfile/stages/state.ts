/** What an image has after the last instruction of a stage. Worked out when it is asked for, field by field. */
import type { CommandInstruction, HealthcheckInstruction, Instruction, Stage, StageState, Word } from '../types.ts';
import { defaultShell } from '../instructions/reading.ts';
import { joinPath } from '../instructions/paths.ts';

/** What one stage sets itself, without what it inherits. */
interface OwnState {
  user?: Word;
  workdirs: (string | undefined)[];
  cmd?: CommandInstruction;
  /** ENTRYPOINT takes an inherited CMD away; one of the same stage stays. */
  dropsCmd: boolean;
  entrypoint?: CommandInstruction;
  healthcheck?: HealthcheckInstruction;
  stopSignal?: Word;
  shell?: readonly string[];
  exposed: readonly Word[][];
}

/** The state of a stage: its own instructions upon those of the stages below it. */
export class LazyState implements StageState {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  get user(): Word | undefined {
    return this.#topmost((own) => own.user);
  }

  get workdir(): string | undefined {
    let path = this.#bottom().base.kind === 'scratch' ? '/' : undefined;
    for (const stage of this.#upwards()) for (const step of ownState(stage).workdirs) path = joinPath(path, step);
    return path;
  }

  get env(): ReadonlyMap<string, string | undefined> {
    return this.#pairs('ENV');
  }

  get shell(): readonly string[] {
    return this.#topmost((own) => own.shell) ?? platformShell(this.#bottom());
  }

  get cmd(): CommandInstruction | undefined {
    for (const stage of this.#downwards()) {
      const own = ownState(stage);
      if (own.cmd !== undefined || own.dropsCmd) return own.cmd;
    }
    return undefined;
  }

  get entrypoint(): CommandInstruction | undefined {
    return this.#topmost((own) => own.entrypoint);
  }

  get healthcheck(): HealthcheckInstruction | undefined {
    return this.#topmost((own) => own.healthcheck);
  }

  get exposed(): readonly Word[] {
    return this.#upwards().flatMap((stage) => ownState(stage).exposed.flat());
  }

  get labels(): ReadonlyMap<string, string | undefined> {
    return this.#pairs('LABEL');
  }

  get stopSignal(): Word | undefined {
    return this.#topmost((own) => own.stopSignal);
  }

  /** This stage, the one it is built upon, and so on. */
  *#downwards(): Generator<Stage> {
    let stage: Stage | undefined = this.#stage;
    while (stage !== undefined) {
      yield stage;
      stage = stage.base.kind === 'stage' ? stage.base.stage : undefined;
    }
  }

  #upwards(): readonly Stage[] {
    return [...this.#downwards()].toReversed();
  }

  #bottom(): Stage {
    return this.#upwards()[0] ?? this.#stage;
  }

  #topmost<T>(pick: (own: OwnState) => T | undefined): T | undefined {
    for (const stage of this.#downwards()) {
      const found = pick(ownState(stage));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #pairs(keyword: 'ENV' | 'LABEL'): ReadonlyMap<string, string | undefined> {
    const result = new Map<string, string | undefined>();
    for (const stage of this.#upwards()) {
      for (const instruction of stepsOf(stage)) {
        if (instruction.keyword !== keyword) continue;
        for (const { key, value } of instruction.pairs)
          if (key.value !== undefined) result.set(key.value, value?.value);
      }
    }
    return result;
  }
}

/** What runs in a stage: the triggers of the stage it is built upon, then its own instructions. */
function* stepsOf(stage: Pick<Stage, 'triggers' | 'instructions'>): Generator<Instruction> {
  yield* stage.triggers;
  yield* stage.instructions;
}

/** The shell of a base image that sets none: Windows images have another. */
export function platformShell(stage: Pick<Stage, 'base' | 'from'>): readonly string[] {
  const platform = stage.from.platform?.value ?? '';
  const isWindows =
    platform.startsWith('windows') ||
    (stage.base.kind === 'image' &&
      stage.base.reference.registry === 'mcr.microsoft.com' &&
      /^(windows\/|windows$|dotnet\/framework\/)/.test(stage.base.reference.repository));
  return isWindows ? ['cmd', '/S', '/C'] : defaultShell;
}

/** Nobody asks before the whole file is read, and then often. */
const known = new WeakMap<Stage, OwnState>();

function ownState(stage: Stage): OwnState {
  const before = known.get(stage);
  if (before !== undefined) return before;
  const own: OwnState & { exposed: Word[][] } = { workdirs: [], dropsCmd: false, exposed: [] };
  for (const instruction of stepsOf(stage)) addTo(own, instruction);
  known.set(stage, own);
  return own;
}

function addTo(own: OwnState & { exposed: Word[][] }, instruction: Instruction): void {
  switch (instruction.keyword) {
    case 'CMD':
      own.cmd = instruction;
      return;
    case 'ENTRYPOINT':
      own.entrypoint = instruction;
      own.dropsCmd = true;
      return;
    case 'SHELL':
      own.shell = instruction.command.args.map((word) => word.value ?? '');
      return;
    case 'HEALTHCHECK':
      own.healthcheck = instruction;
      return;
    case 'EXPOSE':
      own.exposed.push([...instruction.words]);
      return;
    case 'WORKDIR':
      own.workdirs.push(instruction.words[0]?.value);
      return;
    case 'USER':
    case 'STOPSIGNAL': {
      const word = instruction.words[0];
      if (word === undefined) return;
      if (instruction.keyword === 'USER') own.user = word;
      else own.stopSignal = word;
      return;
    }
    default:
  }
}
