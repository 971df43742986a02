/**
 * The wiring of a thread that thinks: what compose.ts is to the process. Each function answers the method of the port `Thinker` that
 * has its name. The pool (adapters/threads) is told where this file is, `.ts` or `.js`; importing it starts nothing.
 */
import { makeSecretScanner } from './adapters/secretlint/secret-scanner.ts';
import type { Order } from './adapters/threads/thinker.ts';
import type { Answer, Question } from './core/thinking.ts';
import { makeThink } from './use-cases/think.ts';

/** URL of this file. */
export const threadFile: string = import.meta.url;

const think = makeThink(makeSecretScanner());

/** Thinks about an analysis. */
export function analyze({ asked, progress }: Order<Question>): Promise<Answer> {
  return think(asked, (step) => Atomics.store(progress, 0, step));
}
