/** A Dockerfile as it may be shown to whoever reads its report: the text, and stars in place of whatever may be a secret. Pure. */
import type { Dockerfile } from '../dockerfile/types.ts';
import type { Leak } from '../rules/rule.ts';
import { isHarmlessValue, secretName, secretValues } from '../rules/tables/secrets.ts';
import { candidatesIn } from './candidates.ts';
import { writtenSecrets } from './written.ts';

/** Offsets in the text, the end exclusive. */
type Range = readonly [start: number, end: number];

/** `DB_PASSWORD=h7Gt2xQz`, wherever it stands: a comment, a here-document, an option of a command. */
const ASSIGNMENT = /([\w.-]{2,100})["']?[=:][ \t]*(?=("[^"\n]*"|'[^'\n]*'|[^\s"';&|]+))/g;

/**
 * The text with one star for each character that is hidden, so that lines and columns stay. Hides more than rules object to: here
 * nobody has to read around the stars, and nobody can take back what was shown.
 *
 * @param leaks  what a scanner found in this very text; `undefined`: nobody looked
 */
export function shownText(dockerfile: Dockerfile, leaks: readonly Leak[] | undefined): string {
  const { text, instructions } = dockerfile;
  const hidden: readonly Range[] = [
    ...(leaks ?? []).map(({ start, end }): Range => [start, end]),
    ...secretValues(text).map(({ start, end }): Range => [start, end]),
    ...assignments(text),
    ...writtenSecrets(dockerfile).flatMap((value) => placesOf(value, text)),
    ...instructions.flatMap(candidatesIn).map(({ at }): Range => [at.start.offset, at.end.offset]),
  ];
  let shown = '';
  let at = 0;
  for (const [start, end] of hidden.toSorted(([one], [other]) => one - other)) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    shown += text.slice(at, from) + text.slice(from, end).replaceAll(/[^\r\n]/g, '*');
    at = end;
  }
  return shown + text.slice(at);
}

function assignments(text: string): readonly Range[] {
  return [...text.matchAll(ASSIGNMENT)].flatMap(({ 0: whole, 1: name = '', 2: value = '', index }): Range[] => {
    const bare = value.replace(/^["']|["']$/g, '');
    const isSecret = secretName(name) === 'strong' && !bare.startsWith('$') && !isHarmlessValue(bare);
    const start = index + whole.length;
    return isSecret ? [[start, start + value.length]] : [];
  });
}

function placesOf(value: string, text: string): readonly Range[] {
  const places: Range[] = [];
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
    places.push([at, at + value.length]);
  }
  return places;
}
