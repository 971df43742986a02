/** A small question about a subject, answered once per subject however many rules ask it. */
import type { Subject } from '../rule.ts';

/**
 * Turns a pure function of a subject into a question: the first one who asks pays, everybody else gets the same answer.
 * Answers live as long as their subject.
 */
export function question<Answer>(answer: (subject: Subject) => Answer): (subject: Subject) => Answer {
  const answers = new WeakMap<Subject, { readonly answer: Answer }>();
  return (subject) => {
    let known = answers.get(subject);
    if (known === undefined) {
      known = { answer: answer(subject) };
      answers.set(subject, known);
    }
    return known.answer;
  };
}
