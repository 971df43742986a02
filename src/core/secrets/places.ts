/** Where in a text a secret stands: whole, cut off at an edge of the text, or a piece out of its middle. Pure. */

/** From its first letter to behind its last. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** The text with stars in those places; such as touch are one. */
export function starred(text: string, places: readonly Place[]): string {
  let told = '';
  let from = 0;
  for (const { start, end } of places.toSorted((one, other) => one.start - other.start)) {
    if (end <= from) continue;
    if (start > from || told === '') told += `${text.slice(from, Math.max(start, from))}***`;
    from = end;
  }
  return told + text.slice(from);
}

/** Every place where one of them stands whole. */
export function wholePlaces(text: string, secrets: readonly string[]): readonly Place[] {
  const places: Place[] = [];
  for (const secret of secrets) {
    for (let start = text.indexOf(secret); start >= 0; start = text.indexOf(secret, start + secret.length))
      places.push({ start, end: start + secret.length });
  }
  return places;
}

/** A piece of a secret at the edge of a text counts from this length on. */
const SHORTEST_EDGE = 6;

/** Texts are bounded, and a bound may lie within a secret: its first letters at the end of a text, its last at the beginning. */
export function edgePlaces(text: string, secrets: readonly string[]): readonly Place[] {
  const places: Place[] = [];
  for (const secret of secrets) {
    const first = secret.slice(0, SHORTEST_EDGE);
    for (let at = text.indexOf(first, text.length - secret.length); at >= 0; at = text.indexOf(first, at + 1)) {
      if (!secret.startsWith(text.slice(at))) continue;
      places.push({ start: at, end: text.length });
      break;
    }
    const last = secret.slice(-SHORTEST_EDGE);
    for (let at = text.lastIndexOf(last, secret.length); at >= 0; at = text.lastIndexOf(last, at - 1)) {
      if (secret.endsWith(text.slice(0, at + last.length))) {
        places.push({ start: 0, end: at + last.length });
        break;
      }
      if (at === 0) break;
    }
  }
  return places;
}

/** A piece of so many letters is one: of what a machine made, or of base64 and hex, nobody writes as many by chance. */
const SHORTEST_PIECE = 12;
/** Every piece that long holds one of the samples whole. */
const SAMPLE = 6;
const EVERY = SHORTEST_PIECE - SAMPLE + 1;
/** Places of one sample that are tried: a secret may repeat itself. */
const MOST_TRIED = 8;
/** Where a piece can stand. */
const RUN = new RegExp(String.raw`\S{${SHORTEST_PIECE},}`, 'g');

/** A sample of a secret. */
interface Sample {
  readonly secret: string;
  readonly at: number;
}

/**
 * Finds pieces out of the middle: `base64` breaks its lines at 76 letters, `fold` wherever it is told, and a log is looked at line by line,
 * so that most lines hold no secret whole.
 * @param secrets  must hold nothing that stands in texts by itself, such as words
 */
export function makeFindPieces(secrets: readonly string[]): (text: string) => readonly Place[] {
  const samples = new Map<string, Sample[]>();
  for (const secret of new Set(secrets)) {
    for (let at = 0; at + SAMPLE <= secret.length; at += EVERY) {
      const letters = secret.slice(at, at + SAMPLE);
      const same = samples.get(letters) ?? [];
      if (same.length < MOST_TRIED) same.push({ secret, at });
      samples.set(letters, same);
    }
  }
  if (samples.size === 0) return () => [];
  return (text) => [...text.matchAll(RUN)].flatMap(({ 0: run, index }) => piecesIn(run, index, samples));
}

function piecesIn(run: string, offset: number, samples: ReadonlyMap<string, readonly Sample[]>): readonly Place[] {
  const places: Place[] = [];
  for (let at = 0; at + SAMPLE <= run.length; at += 1) {
    let [start, end] = [at, at];
    for (const sample of samples.get(run.slice(at, at + SAMPLE)) ?? []) {
      const before = sharedBefore(run, at, sample);
      const behind = sharedBehind(run, at, sample);
      if (before + behind > end - start) [start, end] = [at - before, at + behind];
    }
    if (end - start < SHORTEST_PIECE) continue;
    places.push({ start: offset + start, end: offset + end });
    // What begins within it may reach further.
    at = Math.max(at, end - SAMPLE);
  }
  return places;
}

function sharedBefore(run: string, at: number, { secret, at: from }: Sample): number {
  let length = 0;
  while (at > length && from > length && run[at - length - 1] === secret[from - length - 1]) length += 1;
  return length;
}

function sharedBehind(run: string, at: number, { secret, at: from }: Sample): number {
  let length = 0;
  while (at + length < run.length && run[at + length] === secret[from + length]) length += 1;
  return length;
}
