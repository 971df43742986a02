/** The secrets that stand in the text of a Dockerfile: what its rules object to, and what no answer may repeat. Pure. */
import type { Dockerfile } from '../dockerfile/types.ts';
import { secretValues } from '../rules/tables/secrets.ts';
import { candidatesIn } from './candidates.ts';

/** Shorter ones are words that stand in other places as well: a log without them could not be read. */
const SHORTEST = 8;

const known = new WeakMap<Dockerfile, readonly string[]>();

/**
 * The values, without stand-ins such as `changeme`; the first who asks pays. They are given back to be hidden, never to be told.
 * Sees what secret-variable, secret-value and secret-in-command see.
 */
export function writtenSecrets(dockerfile: Dockerfile): readonly string[] {
  const before = known.get(dockerfile);
  if (before !== undefined) return before;
  const { text, instructions } = dockerfile;
  const byForm = secretValues(text).map(({ start, end }) => text.slice(start, end));
  const held = instructions
    .flatMap(candidatesIn)
    .flatMap(({ text, isSecret }) => (isSecret && text !== undefined ? [text] : []));
  const found = [...new Set([...byForm, ...held])].filter((value) => value.length >= SHORTEST);
  known.set(dockerfile, found);
  return found;
}
