/** A thread that does what the Dockerfile says: for the test of the pool. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Order } from '../../../src/adapters/threads/thinker.ts';
import type { PlanQuestion } from '../../../src/core/plan/build-plan.ts';
import type { Question } from '../../../src/core/thinking.ts';

/** Does it, and answers the text in upper case. */
export async function analyze({ asked, progress }: Order<Question>): Promise<string> {
  Atomics.store(progress, 0, 2);
  const [verb, much = ''] = asked.texts.dockerfile.trim().split(' ');
  if (verb === 'loop') for (;;) Math.sqrt(2);
  if (verb === 'hoard') {
    const kept: string[] = [];
    for (let index = 0; ; index += 1) kept.push(`${index} ${'x'.repeat(index % 100)}`.split('').join('-'));
  }
  if (verb === 'throw') throw new RangeError(much);
  if (verb === 'exit') process.exit(3);
  if (verb === 'wait') await sleep(Number(much));
  return asked.texts.dockerfile.toUpperCase();
}

/** Loops, or answers at once. */
export function plan({ asked }: Order<PlanQuestion>): string {
  if (asked.texts.dockerfile === 'loop') for (;;) Math.sqrt(2);
  return 'planned';
}
