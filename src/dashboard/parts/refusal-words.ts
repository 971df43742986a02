/** A refusal of the service in a reader's words, each thing said once. Pure. */
import type { Problem } from '../../schemas/problem.ts';
import { partsOf } from '../api/json-pointer.ts';

/** What a notice of it says. */
export interface RefusalWords {
  readonly title: string;
  /** Empty where there is nothing to say beyond the title and the list. */
  readonly text: string;
  readonly list: readonly { readonly name: string; readonly detail: string }[];
}

/**
 * The words.
 * @param message  what is said where the service did not
 */
export function refusalWords(message: string, problem: Problem | undefined): RefusalWords {
  const title = problem?.title ?? 'That did not work';
  const errors = problem?.errors ?? [];
  // The first errors stand in the sentence as well, for those who read nothing else.
  const [text = ''] = errors.length === 0 ? [message] : message.split(`${errors[0]?.pointer}: `);
  return {
    title,
    text: text.trim() === title ? '' : text.trim(),
    list: errors.map(({ pointer, detail }) => ({ name: nameOf(pointer), detail })),
  };
}

/** `#/options/services/db/image` -> `services.db.image` */
function nameOf(pointer: string): string {
  const [place, ...path] = partsOf(pointer);
  return (place === 'options' || place === undefined ? path : [place, ...path]).join('.');
}
