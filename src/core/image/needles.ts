/**
 * What a value that was given to the build may look like when it is found again: as it is, in base64 at any of the three
 * places that it can have within a longer text, and encoded for a URL. Texts are Latin-1 of their UTF-8 bytes, as files are searched.
 */
import { base64Forms, latin1, urlForms } from '../secrets/encodings.ts';
import { isHarmlessValue, isPlaceholder } from '../rules/tables/secrets.ts';
import type { CanaryFound } from './seen.ts';

/** A value and the name under which the build was given it. */
export interface Canary {
  readonly name: string;
  readonly value: string;
  /** Somebody said that it is a secret. */
  readonly isGivenAsSecret?: boolean;
}

/** One text to look for. */
export interface Needle {
  readonly name: string;
  readonly form: CanaryFound['form'];
  readonly text: string;
}

/** Shorter texts turn up by chance. */
const SHORTEST = 6;

/**
 * True when finding the value again would mean something: not a switch, a path, a word that everybody uses. What was given as a
 * secret is one, whatever it looks like, unless it is so short that it turns up by chance.
 */
export function isWorthSearching({ value, isGivenAsSecret = false }: Omit<Canary, 'name'>): boolean {
  return value.trim().length >= SHORTEST && (isGivenAsSecret || (!isHarmlessValue(value) && !isPlaceholder(value)));
}

/** Everything to look for, values that are not worth it left out. Pure. */
export function needlesOf(canaries: readonly Canary[]): readonly Needle[] {
  return canaries.filter(isWorthSearching).flatMap(({ name, value: given }) => {
    const value = given.trim();
    const bytes = latin1(value);
    const texts: readonly (readonly [CanaryFound['form'], string])[] = [
      ['plain', bytes],
      ...base64Forms(bytes).map((text) => ['base64', text] as const),
      ...urlForms(value).map((text) => ['URL-encoded', text] as const),
    ];
    const seen = new Set<string>();
    return texts.flatMap(([form, text]) => {
      if (seen.has(text) || text.length < SHORTEST) return [];
      seen.add(text);
      return [{ name, form, text }];
    });
  });
}
