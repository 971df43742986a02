/**
 * An engine of which nothing is heard that was told in confidence: what containers print, are called and answer is masked before
 * anything is made of it. Texts are cut to size on their way into a report, and of a secret that was cut no mask would know.
 */
import { maskDeep } from '../core/secrets/mask.ts';
import type { Mask } from '../core/secrets/mask.ts';
import type { RunningBox } from '../core/probes/box.ts';
import type { CompanionProblem, Engine, Run } from './engine-port.ts';

/** The part of an engine that runs containers. */
export type Runner = Pick<Engine, 'run' | 'accompany' | 'lost'>;

/** Makes it from one that tells everything. */
export function maskedRunner(engine: Runner, mask: Mask): Runner {
  const problem = (one: CompanionProblem): CompanionProblem => maskDeep(one, mask);
  return {
    run: async (request, signal) => maskedRun(await engine.run(request, signal), mask),
    accompany: async (request, signal) => {
      const companions = await engine.accompany(request, signal);
      return 'problem' in companions ? problem(companions) : companions;
    },
    lost: async (companions, signal) => {
      const lost = await engine.lost(companions, signal);
      return lost === undefined ? undefined : problem(lost);
    },
  };
}

function maskedRun(run: Run, mask: Mask): Run {
  const { running } = run;
  const masked: RunningBox = {
    purpose: () => running.purpose(),
    patience: () => running.patience(),
    state: async () => maskDeep(await running.state(), mask),
    processes: async () => maskDeep(await running.processes(), mask),
    answer: async () => maskDeep(await running.answer(), mask),
    health: async () => maskDeep(await running.health(), mask),
    sockets: async () => maskDeep(await running.sockets(), mask),
    written: async () => maskDeep(await running.written(), mask),
    memory: async () => maskDeep(await running.memory(), mask),
  };
  return {
    running: masked,
    pausing: async (companion) => maskDeep(await run.pausing(companion), mask),
    stop: async () => maskDeep(await run.stop(), mask),
    discard: () => run.discard(),
  };
}
