/**
 * The builder's shell lexer: quotes, escapes and variables of one word.
 *
 * It looks like a shell and is not one: an escape outside quotes drops itself before any character, `$1` and `$@` are
 * variables of that name, patterns know no brackets. Known here is what the text tells; a word with a variable that cannot
 * be known has no value, but is read to its end all the same, because a mistake behind it is still a mistake.
 */
import { isDigit, isNameCharacter, isSpace } from './characters.ts';
import { replaceGlob, trimGlob } from './glob.ts';
import type { Environment } from './types.ts';

/** How a word is to be read. */
export interface LexOptions {
  readonly escape: '\\' | '`';
  /** `strip` is the rule; `keep` leaves them standing; `plain`: they are ordinary characters (bodies of here-documents). */
  readonly quotes?: 'strip' | 'keep' | 'plain';
  readonly keepEscapes?: boolean;
  /** Variables that are not set stay as they are written. */
  readonly keepVariables?: boolean;
}

/** What a word means. */
export interface Expansion {
  /** `undefined`: a variable in it cannot be known, or the builder would refuse it. */
  readonly value: string | undefined;
  /** The value split at blanks outside quotes; empty when the value is unknown. */
  readonly words: readonly string[];
  /** Why the builder would refuse it, as the end of a sentence. */
  readonly error: string | undefined;
  /** Variables in it that are known to be unset. */
  readonly unset: readonly string[];
}

/** Longest value that is followed; a value that doubles itself again and again would fill the memory. */
const longestValue = 32_768;
/** Longest pattern and value that are matched with each other. */
const longestPattern = 128;
const longestMatched = 4096;

const special = /[$'"\\`<]/;

/** Reads one word. Pure; never throws. */
export function expand(word: string, env: Environment, options: LexOptions): Expansion {
  const lexer = new Lexer(word, env, options);
  const value = lexer.until('', options.keepEscapes ?? false);
  const isKnown = value !== undefined && lexer.error === undefined && value.length <= longestValue;
  return { value: isKnown ? value : undefined, words: isKnown ? lexer.words : [], error: lexer.error, unset: lexer.unset };
}

/** True when a word means just itself. */
export function isPlain(word: string): boolean {
  return !special.test(word);
}

class Lexer {
  readonly #text: string;
  readonly #env: Environment;
  readonly #escape: string;
  readonly #quotes: 'strip' | 'keep' | 'plain';
  readonly #keepVariables: boolean;
  #at = 0;
  words: readonly string[] = [];
  readonly unset: string[] = [];
  error: string | undefined;

  constructor(text: string, env: Environment, options: LexOptions) {
    this.#text = text;
    this.#env = env;
    this.#escape = options.escape;
    this.#quotes = options.quotes ?? 'strip';
    this.#keepVariables = options.keepVariables ?? false;
  }

  /** Reads up to the stop character (which is eaten), or to the end when there is none. */
  until(stop: string, keepEscapes: boolean): string | undefined {
    const text = this.#text;
    const words = new WordSplitter();
    let result: string | undefined = '';
    while (this.#at < text.length) {
      const character = this.#peek();
      if (stop !== '' && character === stop) {
        this.#at++;
        return result;
      }
      const part = this.#special(character, keepEscapes);
      if (part !== undefined) {
        if (character === '$') words.addSplit(part.value);
        else words.addWhole(part.value);
        result = join(result, part.value);
      } else if (character === this.#escape) {
        this.#at++;
        if (keepEscapes) words.addWhole(character);
        const escaped = this.#next();
        if (keepEscapes) result = join(result, character);
        if (escaped === '') break;
        words.addWhole(escaped);
        result = join(result, escaped);
      } else {
        this.#at += character.length;
        words.addSplit(character);
        result = join(result, character);
      }
    }
    if (stop !== '') this.#fail(`the closing ${stop} is missing`);
    this.words = words.end();
    return result;
  }

  /** Quotes, variables and `<<`; `undefined` when the character is none of them. */
  #special(character: string, keepEscapes: boolean): { readonly value: string | undefined } | undefined {
    if (character === '$') return { value: this.#variable() };
    if (this.#quotes === 'plain') return undefined;
    if (character === "'") return { value: this.#singleQuoted() };
    if (character === '"') return { value: this.#doubleQuoted(keepEscapes) };
    if (character === '<') return { value: this.#lessThan() };
    return undefined;
  }

  /** `<<` takes the blanks behind it along: the mark of a here-document may stand apart. */
  #lessThan(): string {
    const from = this.#at++;
    if (this.#peek() !== '<') return '<';
    this.#at++;
    while (this.#at < this.#text.length && isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
    return this.#text.slice(from, this.#at);
  }

  #singleQuoted(): string {
    const from = this.#at;
    const end = this.#text.indexOf("'", from + 1);
    if (end < 0) {
      this.#fail("the closing ' is missing");
      return '';
    }
    this.#at = end + 1;
    return this.#quotes === 'keep' ? this.#text.slice(from, end + 1) : this.#text.slice(from + 1, end);
  }

  #doubleQuoted(keepEscapes: boolean): string | undefined {
    this.#at++;
    const quote = this.#quotes === 'keep' ? '"' : '';
    let result: string | undefined = quote;
    for (;;) {
      const character = this.#peek();
      if (character === '') {
        this.#fail('the closing " is missing');
        return undefined;
      }
      if (character === '"') {
        this.#at++;
        return join(result, quote);
      }
      if (character === '$') {
        result = join(result, this.#variable());
        continue;
      }
      this.#at += character.length;
      let added = character;
      if (character === this.#escape) {
        if (keepEscapes) result = join(result, character);
        const escaped = this.#peek();
        if (escaped === '') continue;
        if (escaped === '"' || escaped === '$' || escaped === this.#escape) added = this.#next();
      }
      result = join(result, added);
    }
  }

  /** `$name` and every form of `${…}`. */
  #variable(): string | undefined {
    this.#at++;
    if (this.#peek() !== '{') {
      const name = this.#name();
      if (name === '') return '$';
      return this.#keepVariables ? `$${name}` : asValue(this.#lookUp(name));
    }
    this.#at++;
    const first = this.#peek();
    if (first === '') return this.#fail('the closing } is missing');
    if (first === '{' || first === '}' || first === ':') return this.#fail(`\${${first} is no variable`);
    const name = this.#name();
    const modifier = this.#next();
    switch (modifier) {
      case '}':
        if (this.#keepVariables) return `\${${name}}`;
        return asValue(this.#lookUp(name));
      case ':':
        return this.#modified(name, this.#next(), true);
      case '+':
      case '-':
      case '?':
      case '#':
      case '%':
        return this.#modified(name, modifier, false);
      case '/':
        return this.#replaced(name);
      default:
        return this.#fail(modifier === '' ? 'the closing } is missing' : `\${${name}${modifier} is no form that is known`);
    }
  }

  #modified(name: string, modifier: string, emptyIsUnset: boolean): string | undefined {
    const isPattern = modifier === '#' || modifier === '%';
    const word = this.until('}', isPattern);
    if (this.#keepVariables) return `\${${name}${emptyIsUnset ? ':' : ''}${modifier}${word ?? ''}}`;
    const value = this.#lookUp(name);
    const isUnset = value === null || (emptyIsUnset && value === '');
    switch (modifier) {
      case '-':
        return value === undefined ? undefined : isUnset ? word : value;
      case '+':
        return value === undefined ? undefined : isUnset ? '' : word;
      case '?':
        if (isUnset) return this.#fail(`${name} ${value === null ? 'is not set' : 'is empty'}`);
        return value ?? undefined;
      case '#':
      case '%':
        return this.#trimmed(value, word, modifier);
      default:
        return this.#fail(`\${${name}${emptyIsUnset ? ':' : ''}${modifier} is no form that is known`);
    }
  }

  #trimmed(value: string | null | undefined, word: string | undefined, modifier: '#' | '%'): string | undefined {
    if (word === undefined) return undefined;
    const isLongest = word.startsWith(modifier);
    const pattern = isLongest ? word.slice(1) : word;
    if (pattern.length > longestPattern || (value ?? '').length > longestMatched) return undefined;
    const trimmed = trimGlob(value ?? '', pattern, modifier === '#' ? 'start' : 'end', isLongest);
    if (trimmed === undefined) return this.#fail(`the pattern ${pattern} escapes what needs no escape`);
    return value === undefined ? undefined : trimmed;
  }

  #replaced(name: string): string | undefined {
    const isAll = this.#peek() === '/';
    if (isAll) this.#at++;
    const pattern = this.until('/', true);
    const replacement = this.until('}', true);
    if (this.#keepVariables) return `\${${name}/${pattern ?? ''}/${replacement ?? ''}}`;
    const value = this.#lookUp(name);
    if (pattern === undefined || replacement === undefined) return undefined;
    if (pattern.length > longestPattern || (value ?? '').length > longestMatched) return undefined;
    const replaced = replaceGlob(value ?? '', pattern, replacement, isAll);
    if (replaced === undefined) return this.#fail(`the pattern ${pattern} escapes what needs no escape`);
    // Replacing all goes through Go's templates, where `$` has a meaning of its own.
    return value === undefined || (isAll && replacement.includes('$')) ? undefined : replaced;
  }

  #lookUp(name: string): string | null | undefined {
    const value = this.#env.get(name);
    if (value === null) this.unset.push(name);
    return value;
  }

  #name(): string {
    const text = this.#text;
    const from = this.#at;
    const first = this.#peek();
    if (first === '') return '';
    if (isDigit(first.charCodeAt(0))) {
      while (isDigit(text.charCodeAt(this.#at))) this.#at++;
    } else if ('@*#?-$!'.includes(first)) {
      this.#at++;
    } else {
      for (let next = first; next !== '' && isNameCharacter(next.codePointAt(0) ?? 0); next = this.#peek()) this.#at += next.length;
    }
    return text.slice(from, this.#at);
  }

  #peek(): string {
    const code = this.#text.codePointAt(this.#at);
    return code === undefined ? '' : code < 128 ? (this.#text[this.#at] ?? '') : String.fromCodePoint(code);
  }

  #next(): string {
    const character = this.#peek();
    this.#at += character.length;
    return character;
  }

  /** Notes the first mistake and ends the reading. */
  #fail(error: string): undefined {
    this.error ??= error;
    this.#at = this.#text.length;
    return undefined;
  }
}

/** Splits at blanks, as values are split that may hold several words. */
class WordSplitter {
  readonly #words: string[] = [];
  #word = '';

  addWhole(text: string | undefined): void {
    this.#word += text ?? '';
  }

  addSplit(text: string | undefined): void {
    for (const character of text ?? '') {
      if (isSpace(character.charCodeAt(0))) this.#finish();
      else this.#word += character;
    }
  }

  end(): string[] {
    this.#finish();
    return this.#words;
  }

  #finish(): void {
    if (this.#word === '') return;
    this.#words.push(this.#word);
    this.#word = '';
  }
}

/** Unset expands to nothing; unknown stays unknown. */
function asValue(value: string | null | undefined): string | undefined {
  return value === null ? '' : value;
}

function join(before: string | undefined, added: string | undefined): string | undefined {
  if (before === undefined || added === undefined || before.length > longestValue) return undefined;
  return before + added;
}
