/** A small question about a subject, answered once per subject however many rules ask it. */
import type { Subject } from '../rule.ts';

/**
 * Turns a pure function of a subject into a question: the first one who asks pays, everybody else gets the same answer.
 * Answers live as long as their subject.
 */
export function question<Answer>(answer: (subject: Subject) => Answer): (subject: Subject) => Answer {
  const slot = questions;
  questions += 1;
  return (subject) => {
    let answers = answersOf.get(subject);
    if (answers === undefined) answersOf.set(subject, (answers = []));
    // Whoever wrote into this slot is the line below.
    let known = answers[slot] as Answer | typeof NOTHING | undefined;
    if (known === undefined) {
      const told = answer(subject);
      known = told === undefined ? NOTHING : told;
      answers[slot] = known;
    }
    return known === NOTHING ? (undefined as Answer) : known;
  };
}

/** How many questions there are: each has a slot in the answers of a subject. */
let questions = 0;
/** One table for all, as a hundred weak ones would keep the garbage collector busy for longer than the rules take. */
const answersOf = new WeakMap<Subject, unknown[]>();
/** An answer that is `undefined`. */
const NOTHING = Symbol('nothing');
