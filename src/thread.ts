/**
 * The wiring of a thread that thinks: what compose.ts is to the process. Each function answers the method of the port `Thinker` that
 * has its name. The pool (adapters/threads) is told where this file is, `.ts` or `.js`; importing it starts nothing.
 */
import { makeSecretScanner } from './adapters/secretlint/secret-scanner.ts';
import type { Order } from './adapters/threads/thinker.ts';
import { explainBuild, planBuild } from './core/plan/build-plan.ts';
import type { BuildPlan, FailureQuestion, PlanQuestion } from './core/plan/build-plan.ts';
import { STEPS } from './core/thinking.ts';
import type { Answer, Question } from './core/thinking.ts';
import type { BuildFailure } from './schemas/report.ts';
import { makeThink } from './use-cases/think.ts';

/** URL of this file. */
export const threadFile: string = import.meta.url;

const think = makeThink(makeSecretScanner());

/** Thinks about an analysis. */
export function analyze({ asked, progress }: Order<Question>): Promise<Answer> {
  return think(asked, (step) => Atomics.store(progress, 0, step));
}

/** Plans what is built. */
export function plan({ asked, progress }: Order<PlanQuestion>): BuildPlan {
  Atomics.store(progress, 0, STEPS.indexOf('the builds were planned'));
  return planBuild(asked);
}

/** Explains why a build failed. */
export function explain({ asked, progress }: Order<FailureQuestion>): BuildFailure {
  Atomics.store(progress, 0, STEPS.indexOf('the failure was explained'));
  return explainBuild(asked);
}
