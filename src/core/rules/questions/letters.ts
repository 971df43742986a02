/** Names that differ by a letter, as a mistake in writing makes them. */

/** Names that mistakes are looked for in: a short one is near to too many others, as `.venv` is to `.env`. */
export const SHORTEST = 6;
/** From here on the last letter may be the wrong one: `node_module`. */
const LONG = 8;

/** One letter more, less or other, or two that changed places, in the name before its ending. */
export function isOneLetterOff(a: string, b: string): boolean {
  const [stem, ending] = parted(a);
  const [other, otherEnding] = parted(b);
  if (ending !== otherEnding || stem.replace(/^\./, '').length < SHORTEST) return false;
  let from = 0;
  while (from < stem.length && from < other.length && stem[from] === other[from]) from += 1;
  let end = 0;
  while (end < Math.min(stem.length, other.length) - from && stem.at(-1 - end) === other.at(-1 - end)) end += 1;
  const left = stem.slice(from, stem.length - end);
  const right = other.slice(from, other.length - end);
  // `rests` is no `tests`, and `test` may stand beside `tests`; a number makes another name.
  if (from === 0 || (end === 0 && stem.length < LONG) || !/^[a-z]+$/i.test(left + right)) return false;
  if (left.length === 2 && right.length === 2) return left[0] === right[1] && left[1] === right[0];
  return left.length <= 1 && right.length <= 1;
}

function parted(name: string): readonly [string, string] {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
}
