/**
 * The builder's shell lexer: quotes, escapes and variables of one word.
 *
 * It looks like a shell and is not one: an escape outside quotes drops itself before any character, `$1` and `$@` are
 * variables of that name, patterns know no brackets. Known here is what the text tells; a word with a variable that cannot
 * be known has no value, but is read to its end all the same, because a mistake behind it is still a mistake.
 */
import { Lexer, type LexOptions, longestValue } from './lexer.ts';
import type { Environment } from '../types.ts';

/** What a word means. */
export interface Expansion {
  /** `undefined`: a variable in it cannot be known, or the builder would refuse it. */
  readonly value: string | undefined;
  /** The value split at blanks outside quotes, when that was asked for; empty when the value is unknown. */
  readonly words: readonly string[];
  /** Why the builder would refuse it, as the end of a sentence. */
  readonly error: string | undefined;
  /** Variables in it that are known to be unset. */
  readonly unset: readonly string[];
}

const special = /[$'"\\`<]/;
const none: readonly string[] = [];

/** Reads one word. Pure; never throws. */
export function expand(word: string, env: Environment, options: LexOptions): Expansion {
  const lexer = new Lexer(word, env, options);
  const value = lexer.until(0, options.keepEscapes ?? false);
  const isKnown = value !== undefined && lexer.error === undefined && value.length <= longestValue;
  const words = isKnown ? (lexer.splitter?.end() ?? none) : none;
  return { value: isKnown ? value : undefined, words, error: lexer.error, unset: lexer.unset };
}

/** True when a word means just itself. */
export function isPlain(word: string): boolean {
  return !special.test(word);
}
