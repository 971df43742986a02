/**
 * What a value that was given to the build may look like when it is found again: as it is, in base64 at any of the three
 * places that it can have within a longer text, and encoded for a URL. Texts are Latin-1 of their UTF-8 bytes, as files are searched.
 */
import { isHarmlessValue, isPlaceholder } from '../rules/tables/secrets.ts';
import type { CanaryFound } from './seen.ts';

/** A value and the name under which the build was given it. */
export interface Canary {
  readonly name: string;
  readonly value: string;
}

/** One text to look for. */
export interface Needle {
  readonly name: string;
  readonly form: CanaryFound['form'];
  readonly text: string;
}

/** Shorter texts turn up by chance. */
const SHORTEST = 6;

/** True when finding the value again would mean something: not a switch, a path, a word that everybody uses. */
export function isWorthSearching(value: string): boolean {
  return value.trim().length >= SHORTEST && !isHarmlessValue(value) && !isPlaceholder(value);
}

/** Everything to look for, values that are not worth it left out. Pure. */
export function needlesOf(canaries: readonly Canary[]): readonly Needle[] {
  return canaries
    .filter(({ value }) => isWorthSearching(value))
    .flatMap(({ name, value: given }) => {
      const value = given.trim();
      const bytes = latin1(value);
      const encoded = [0, 1, 2].map((offset) => base64At(bytes, offset));
      const forUrls = encodeURIComponent(value.toWellFormed());
      const texts: readonly (readonly [CanaryFound['form'], string])[] = [
        ['plain', bytes],
        ...[...encoded, ...encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))].map(
          (text) => ['base64', text] as const,
        ),
        ['URL-encoded', forUrls],
      ];
      const seen = new Set<string>();
      return texts.flatMap(([form, text]) => {
        if (seen.has(text) || text.length < SHORTEST) return [];
        seen.add(text);
        return [{ name, form, text }];
      });
    });
}

/** The characters of a base64 text that this value alone decides, when `offset` other bytes (modulo three) stand before it. */
function base64At(bytes: string, offset: number): string {
  const whole = btoa('\0'.repeat(offset) + bytes).replace(/=+$/, '');
  const first = [0, 2, 3][offset] ?? 0;
  const isLastShared = (offset + bytes.length) % 3 !== 0;
  return whole.slice(first, isLastShared ? -1 : undefined);
}

/** One character a byte. */
export function latin1(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}
