/**
 * Applies the mechanical fixes that findings carry. Each finding's edits go in together or not at all; where two findings want
 * to change the same place, the one that stands first wins and the other waits for the next round.
 */
import type { Edit, Finding } from '../schemas/finding.ts';

/** A text with fixes applied. */
export interface Fixed {
  readonly text: string;
  /** The findings whose edits were applied, in file order. */
  readonly applied: readonly Finding[];
}

/**
 * Applies the edits of all findings that are not waived. Pure.
 *
 * @param text  the text that the findings' offsets count in
 */
export function fixAll(text: string, findings: readonly Finding[]): Fixed {
  const taken: Edit[] = [];
  const applied: Finding[] = [];
  for (const finding of findings) {
    const edits = finding.edits ?? [];
    if (edits.length === 0 || finding.waived !== undefined) continue;
    const fresh = edits.filter((edit) => !taken.some((other) => isSame(edit, other)));
    if (fresh.some((edit) => taken.some((other) => collide(edit, other)))) continue;
    taken.push(...fresh);
    applied.push(finding);
  }
  return { text: applyEdits(text, taken), applied };
}

/** How often the edits of one round may make room for others. */
const MOST_ROUNDS = 10;

/** A Dockerfile mended as far as edits go. */
export interface Mended {
  readonly text: string;
  readonly applied: readonly { readonly rule: string; readonly line: number }[];
}

/**
 * Applies edits until no rule offers another one. Pure.
 *
 * @param findingsOf  what the rules say of a text
 */
export function mend(text: string, findingsOf: (text: string) => readonly Finding[]): Mended {
  let now = text;
  const applied: { rule: string; line: number }[] = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const fixed = fixAll(now, findingsOf(now));
    if (fixed.applied.length === 0) break;
    applied.push(...fixed.applied.map(({ rule, span }) => ({ rule, line: span?.line ?? 0 })));
    now = fixed.text;
  }
  return { text: now, applied };
}

/** The text with every edit in its place. The edits must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text: put } of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    parts.push(text.slice(at, start), put);
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

function isSame(a: Edit, b: Edit): boolean {
  return a.start === b.start && a.end === b.end && a.text === b.text;
}

/** Two insertions at one place collide as well: which comes first would be chance. */
function collide(a: Edit, b: Edit): boolean {
  return a.start === b.start || (a.start < b.end && b.start < a.end);
}
