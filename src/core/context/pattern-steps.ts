/**
 * Reads a pattern of an ignore file into the steps that a path has to go through.
 *
 * moby/patternmatcher turns a pattern into a regular expression of Go, and lets through more than it means to: `|`, braces
 * and a `^` behind the first character keep their meaning there, `\d` is a digit, and a star inside brackets breaks them.
 * All that is part of what a pattern fits, and so are its shortcuts for literal patterns and for `**` at either end.
 */

/** True for a character that a step takes, given as its code point. */
interface Test {
  (code: number): boolean;
  /** The only one it takes, where there is but one. */
  readonly only?: number | undefined;
}

/** `one` takes a character, `maybe` one or none, `many` any number; `folders` any number up to a slash, or nothing. */
export type Step =
  | { readonly kind: 'one' | 'maybe' | 'many' | 'folders'; readonly test: Test }
  | { readonly kind: 'place'; readonly place: string };

/** What a pattern asks of a path: shortcuts that compare text, or branches of steps of which one has to be gone through. */
export type PatternSteps =
  | { readonly kind: 'exact' | 'prefix' | 'suffix' }
  | { readonly kind: 'expression'; readonly branches: readonly (readonly Step[])[] };

/** Reads a cleaned pattern; `undefined` when the builder cannot make an expression of it either. Pure; never throws. */
export function readPattern(pattern: string): PatternSteps | undefined {
  const { kind, expression } = compile(pattern);
  if (kind !== 'expression') return { kind };
  const branches = new ExpressionReader(expression).read();
  return branches && { kind, branches };
}

type Kind = 'exact' | 'prefix' | 'suffix' | 'expression';

const overFolders = '(.*/)?';

/** The expression that patternmatcher makes, letter by letter. */
function compile(pattern: string): { readonly kind: Kind; readonly expression: string } {
  const characters = Array.from(pattern);
  let kind: Kind = 'exact';
  let expression = '^';
  for (let at = 0, round = 0; at < characters.length; at++, round++) {
    const character = characters[at] ?? '';
    if (character === '*' && characters[at + 1] === '*') {
      at++;
      if (characters[at + 1] === '/') at++;
      if (at + 1 >= characters.length) {
        kind = kind === 'exact' ? 'prefix' : 'expression';
        expression += '.*';
      } else {
        expression += overFolders;
        kind = 'expression';
      }
      if (round === 0) kind = 'suffix';
    } else if (character === '*' || character === '?') {
      expression += character === '*' ? '[^/]*' : '[^/]';
      kind = 'expression';
    } else if (character === '\\') {
      const escaped = characters[++at];
      expression += `\\${escaped ?? ''}`;
      if (escaped !== undefined) kind = 'expression';
    } else {
      expression += '.+()$'.includes(character) ? `\\${character}` : character;
      if (character === '[' || character === ']') kind = 'expression';
    }
  }
  return { kind, expression: `${expression}$` };
}

/** More than any pattern needs: `{1000}` again and again. */
const mostSteps = 20_000;

const notLineFeed: Test = (code) => code !== 10;

/** Sets of Go that have a name, as JavaScript writes them inside brackets. */
const sets: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ alnum: '0-9A-Za-z', alpha: 'A-Za-z' },
    ...{ d: '0-9', s: String.raw`\t\n\f\r `, w: '0-9A-Za-z_', xdigit: '0-9A-Fa-f', blank: String.raw`\t ` },
    ...{ ascii: String.raw`\x00-\x7f`, cntrl: String.raw`\x00-\x1f\x7f`, digit: '0-9', graph: '!-~', lower: 'a-z' },
    ...{ print: ' -~', punct: '!-\\/:-@\\[-`\\{-~', space: String.raw`\t-\r `, upper: 'A-Z', word: '0-9A-Za-z_' },
  }),
);
/** A range that runs backwards: no name, no set. */
const wrongSet = 'b-a';
const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** Reads Go's regular expressions, as far as a pattern can become one. */
class ExpressionReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The branches between `|`; `undefined` when Go refuses the expression. */
  read(): readonly (readonly Step[])[] | undefined {
    const branches: Step[][] = [[]];
    for (let count = 0; this.#at < this.#text.length; count = branches.reduce((sum, { length }) => sum + length, 0)) {
      const steps = branches.at(-1) ?? [];
      if (this.#takes('|')) branches.push([]);
      else if (count > mostSteps || !this.#readStep(steps)) return undefined;
    }
    return branches;
  }

  #takes(text: string): boolean {
    const isNext = this.#text.startsWith(text, this.#at);
    if (isNext) this.#at += text.length;
    return isNext;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text) ?? undefined;
    if (match) this.#at += match[0].length;
    return match;
  }

  /** One atom and how often it may stand. */
  #readStep(steps: Step[]): boolean {
    if (this.#takes(overFolders)) {
      steps.push({ kind: 'folders', test: notLineFeed });
      return this.#repetition() === undefined;
    }
    const quoted = this.#match(/\\Q([^]*?)(?:\\E|$)/y)?.[1];
    if (quoted !== undefined) {
      for (const character of quoted) steps.push({ kind: 'one', test: only(character.codePointAt(0)) });
      return true;
    }
    // A branch has to begin with something that can be repeated.
    if (steps.length === 0 && this.#repetition() !== undefined) return false;
    const atom = this.#readAtom();
    if (atom === undefined) return false;
    const repetition = this.#repetition();
    const [least, most] = repetition ?? [1, 1];
    if (repetition !== undefined && this.#repetition() !== undefined) return false;
    if (least > 1000 || (most !== Infinity && (most > 1000 || most < least))) return false;
    if (typeof atom === 'string') {
      if (least > 0) steps.push({ kind: 'place', place: atom });
      return true;
    }
    for (let count = 0; count < least; count++) steps.push({ kind: 'one', test: atom });
    if (most === Infinity) steps.push({ kind: 'many', test: atom });
    else for (let count = least; count < most; count++) steps.push({ kind: 'maybe', test: atom });
    return true;
  }

  /** `*` or `{2,3}`; braces of any other form are plain. */
  #repetition(): readonly [number, number] | undefined {
    if (this.#takes('*')) return [0, Infinity];
    const match = this.#match(/\{(0|[1-9]\d*)(,?)(0|[1-9]\d*|)\}/y);
    if (match === undefined || (match[2] === '' && match[3] !== '')) return undefined;
    const least = Number(match[1]);
    return [least, match[2] === '' ? least : match[3] === '' ? Infinity : Number(match[3])];
  }

  #readAtom(): Test | string | undefined {
    if (this.#takes('[')) return this.#readClass();
    if (this.#takes('.')) return notLineFeed;
    const place = this.#match(/([$^])|\\([AzbB])/y);
    if (place !== undefined) return place[1] ?? place[2];
    const set = this.#readSet();
    if (set !== undefined) return testOf(set);
    const code = this.#readCharacter();
    return code === undefined ? undefined : only(code);
  }

  #readClass(): Test | undefined {
    let inner = this.#takes('^') ? '^' : '';
    for (let isFirst = true; isFirst || !this.#takes(']'); isFirst = false) {
      const named = this.#match(/\[:(\^?)(\w\w+):\]/y);
      const set = named === undefined ? this.#readSet() : `[${named[1] ?? ''}${sets.get(named[2] ?? '') ?? wrongSet}]`;
      if (set !== undefined) {
        inner += set;
        continue;
      }
      const low = this.#readCharacter();
      if (low === undefined) return undefined;
      inner += `\\u{${low.toString(16)}}`;
      if (this.#text[this.#at] !== '-' || this.#text[this.#at + 1] === ']') continue;
      this.#at++;
      const high = this.#readCharacter();
      if (high === undefined) return undefined;
      inner += `-\\u{${high.toString(16)}}`;
    }
    return testOf(`[${inner}]`);
  }

  /** `\d`, `\pL` and their like, as JavaScript writes them inside brackets. */
  #readSet(): string | undefined {
    const perl = this.#match(/\\([dswDSW])/y)?.[1];
    if (perl !== undefined) {
      const set = sets.get(perl.toLowerCase()) ?? '';
      return `[${perl === perl.toLowerCase() ? '' : '^'}${set}]`;
    }
    const unicode = this.#match(/\\([pP])(?:\{(\^?)([^{}]*)\}|([^{]))/uy);
    if (unicode === undefined) return undefined;
    const [, letter, caret, inBraces, alone] = unicode;
    const isNegated = (letter === 'P') !== (caret === '^');
    const name = inBraces ?? alone ?? '';
    return `\\${isNegated ? 'P' : 'p'}{${name.length > 2 && name !== 'Any' ? 'Script=' : ''}${name}}`;
  }

  /** One character, escaped or not; `undefined` when Go knows no such escape, or the text ends. */
  #readCharacter(): number | undefined {
    const plain = this.#match(/[^\\]/uy)?.[0];
    if (plain !== undefined) return plain.codePointAt(0);
    const [, octal, hex, long, other] =
      this.#match(/\\(?:([1-7][0-7]{1,2}|0[0-7]{0,2})|x([\da-f]{2})|x\{([\da-f]+)\}|([\0-/:-@[-`{-~afnrtv]))/iy) ?? [];
    if (octal !== undefined) return Number.parseInt(octal, 8);
    const digits = hex ?? long;
    if (digits !== undefined) return Number.parseInt(digits, 16);
    return other === undefined
      ? undefined
      : (controls[other] ?? (/[a-z]/i.test(other) ? undefined : other.codePointAt(0)));
  }
}

function only(wanted: number | undefined): Test {
  return Object.assign((code: number) => code === wanted, { only: wanted });
}

/** Asks JavaScript about a set of characters; `undefined` when it has none of that name, or a range runs backwards. */
function testOf(set: string): Test | undefined {
  try {
    const compiled = new RegExp(set, 'v');
    return (code) => compiled.test(String.fromCodePoint(code));
  } catch {
    return undefined;
  }
}
