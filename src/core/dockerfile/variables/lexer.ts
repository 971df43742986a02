/** The reading of one word: see expand.ts for what it means. */
import { isDigit, isNameCharacter } from '../text/characters.ts';
import { replaceGlob, trimGlob } from './glob.ts';
import type { Environment } from '../types.ts';
import { WordSplitter } from './word-splitter.ts';

/** How a word is to be read. */
export interface LexOptions {
  readonly escape: '\\' | '`';
  /** `strip` is the rule; `keep` leaves them standing; `plain`: they are ordinary characters (bodies of here-documents). */
  readonly quotes?: 'strip' | 'keep' | 'plain';
  readonly keepEscapes?: boolean;
  /** Variables that are not set stay as they are written. */
  readonly keepVariables?: boolean;
  /** The value is also wanted split at blanks outside quotes. */
  readonly split?: boolean;
}

/** Longest value that is followed; a value that doubles itself again and again would fill the memory. */
export const longestValue = 32_768;
/** Longest pattern and value that are matched with each other. */
const longestPattern = 128;
const longestMatched = 4096;

/** Variables within variables; more are nobody's, and would exhaust the stack. */
const deepestVariable = 100;

const none: readonly string[] = [];
const dollar = 36;
const singleQuote = 39;
const doubleQuote = 34;
const lessThan = 60;
const openBrace = 123;
const closeBrace = 125;
const slash = 47;

/** Reads a word from left to right. `error` is the first mistake; the reading ends there. */
export class Lexer {
  private readonly text: string;
  private readonly env: Environment;
  private readonly escape: number;
  private readonly quotes: 'strip' | 'keep' | 'plain';
  private readonly keepVariables: boolean;
  private at = 0;
  private depth = 0;
  readonly splitter: WordSplitter | undefined;
  unset: readonly string[] = none;
  error: string | undefined;

  constructor(text: string, env: Environment, options: LexOptions) {
    this.text = text;
    this.env = env;
    this.escape = options.escape.charCodeAt(0);
    this.quotes = options.quotes ?? 'strip';
    this.keepVariables = options.keepVariables ?? false;
    this.splitter = options.split === true ? new WordSplitter() : undefined;
  }

  /** Reads up to the stop character (which is eaten), or to the end when it is 0. */
  until(stop: number, keepEscapes: boolean): string | undefined {
    const { text } = this;
    // What stands in braces is no word of its own.
    const splitter = stop === 0 ? this.splitter : undefined;
    let result: string | undefined = '';
    while (this.at < text.length) {
      const from = this.at;
      const code = text.charCodeAt(from);
      if (stop !== 0 && code === stop) {
        this.at++;
        return result;
      }
      let part: string | undefined;
      if (code === this.escape) {
        this.at++;
        const escaped = this.next();
        part = (keepEscapes ? String.fromCharCode(code) : '') + escaped;
        splitter?.addWhole(part);
      } else if (code === dollar) {
        part = this.variable();
        splitter?.addSplit(part);
      } else if (this.quotes !== 'plain' && (code === singleQuote || code === doubleQuote || code === lessThan)) {
        part =
          code === singleQuote
            ? this.singleQuoted()
            : code === doubleQuote
              ? this.doubleQuoted(keepEscapes)
              : this.lessThan();
        splitter?.addWhole(part);
      } else {
        this.at++;
        while (this.at < text.length && this.isOrdinary(text.charCodeAt(this.at), stop)) this.at++;
        part = text.slice(from, this.at);
        splitter?.addSplit(part);
      }
      result = join(result, part);
    }
    if (stop !== 0) this.fail(`the closing ${String.fromCharCode(stop)} is missing`);
    return result;
  }

  private isOrdinary(code: number, stop: number): boolean {
    return (
      code !== dollar &&
      code !== this.escape &&
      code !== stop &&
      code !== singleQuote &&
      code !== doubleQuote &&
      code !== lessThan
    );
  }

  /** `<<` takes the blanks behind it along: the mark of a here-document may stand apart. */
  private lessThan(): string {
    const { text } = this;
    const from = this.at++;
    if (text.charCodeAt(this.at) === lessThan) for (this.at++; ' \t'.includes(text[this.at] ?? '<');) this.at++;
    return text.slice(from, this.at);
  }

  private singleQuoted(): string | undefined {
    const from = this.at;
    const end = this.text.indexOf("'", from + 1);
    if (end < 0) return this.fail("the closing ' is missing");
    this.at = end + 1;
    return this.quotes === 'keep' ? this.text.slice(from, end + 1) : this.text.slice(from + 1, end);
  }

  private doubleQuoted(keepEscapes: boolean): string | undefined {
    const { text } = this;
    const quote = this.quotes === 'keep' ? '"' : '';
    let result: string | undefined = quote;
    let from = ++this.at;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at);
      if (code === doubleQuote) {
        result = join(result, text.slice(from, this.at++) + quote);
        return result;
      }
      if (code === dollar) {
        result = join(result, text.slice(from, this.at));
        result = join(result, this.variable());
        from = this.at;
      } else if (code === this.escape) {
        const escaped = text.charCodeAt(this.at + 1);
        const isDropped = escaped === doubleQuote || escaped === dollar || escaped === this.escape;
        // The escape stays before anything else; kept escapes then stand twice.
        result = join(result, text.slice(from, keepEscapes || !isDropped ? this.at + 1 : this.at));
        from = keepEscapes && !isDropped ? this.at : this.at + 1;
        this.at += isDropped ? 2 : 1;
      } else {
        this.at++;
      }
    }
    return this.fail('the closing " is missing');
  }

  /** A variable, however deep: each level is a call, and a text made for it must not exhaust the stack. */
  private variable(): string | undefined {
    if (this.depth >= deepestVariable)
      return this.fail(`variables stand in each other more than ${deepestVariable} deep`);
    this.depth++;
    const value = this.oneVariable();
    this.depth--;
    return value;
  }

  /** `$name` and every form of `${…}`. */
  private oneVariable(): string | undefined {
    const { text } = this;
    this.at++;
    if (text.charCodeAt(this.at) !== openBrace) {
      const name = this.name();
      if (name === '') return '$';
      return this.keepVariables ? `$${name}` : asValue(this.lookUp(name));
    }
    this.at++;
    const first = text[this.at];
    if (first === undefined) return this.fail('the closing } is missing');
    if (first === '{' || first === '}' || first === ':') return this.fail(`\${${first} is no variable`);
    const name = this.name();
    const modifier = this.next();
    switch (modifier) {
      case '}':
        return this.keepVariables ? `\${${name}}` : asValue(this.lookUp(name));
      case ':':
        return this.modified(name, this.next(), true);
      case '+':
      case '-':
      case '?':
      case '#':
      case '%':
        return this.modified(name, modifier, false);
      case '/':
        return this.replaced(name);
      default:
        return this.fail(
          modifier === '' ? 'the closing } is missing' : `\${${name}${modifier} is no form that is known`,
        );
    }
  }

  private modified(name: string, modifier: string, emptyIsUnset: boolean): string | undefined {
    const word = this.until(closeBrace, modifier === '#' || modifier === '%');
    if (this.keepVariables) return `\${${name}${emptyIsUnset ? ':' : ''}${modifier}${word ?? ''}}`;
    const value = this.lookUp(name);
    const isUnset = value === null || (emptyIsUnset && value === '');
    switch (modifier) {
      case '-':
        return value === undefined ? undefined : isUnset ? word : value;
      case '+':
        return value === undefined ? undefined : isUnset ? '' : word;
      case '?':
        if (isUnset) return this.fail(`${name} ${value === null ? 'is not set' : 'is empty'}`);
        return value ?? undefined;
      case '#':
      case '%':
        return this.trimmed(value, word, modifier);
      default:
        return this.fail(`\${${name}${emptyIsUnset ? ':' : ''}${modifier} is no form that is known`);
    }
  }

  private trimmed(value: string | null | undefined, word: string | undefined, modifier: '#' | '%'): string | undefined {
    if (word === undefined) return undefined;
    const isLongest = word.startsWith(modifier);
    const pattern = isLongest ? word.slice(1) : word;
    if (pattern.length > longestPattern || (value ?? '').length > longestMatched) return undefined;
    const trimmed = trimGlob(value ?? '', pattern, modifier === '#' ? 'start' : 'end', isLongest);
    if (trimmed === undefined) return this.fail(`the pattern ${pattern} escapes what needs no escape`);
    return value === undefined ? undefined : trimmed;
  }

  private replaced(name: string): string | undefined {
    const isAll = this.text.charCodeAt(this.at) === slash;
    if (isAll) this.at++;
    const pattern = this.until(slash, true);
    const replacement = this.until(closeBrace, true);
    if (this.keepVariables) return `\${${name}/${pattern ?? ''}/${replacement ?? ''}}`;
    const value = this.lookUp(name);
    if (pattern === undefined || replacement === undefined) return undefined;
    if (pattern.length > longestPattern || (value ?? '').length > longestMatched) return undefined;
    const replaced = replaceGlob(value ?? '', pattern, replacement, isAll);
    if (replaced === undefined) return this.fail(`the pattern ${pattern} escapes what needs no escape`);
    // Replacing all goes through Go's templates, where `$` has a meaning of its own.
    return value === undefined || (isAll && replacement.includes('$')) ? undefined : replaced;
  }

  private lookUp(name: string): string | null | undefined {
    const value = this.env.get(name);
    if (value === null) this.unset = [...this.unset, name];
    return value;
  }

  /** A name, a number, or one of the signs that a shell has variables for. */
  private name(): string {
    const { text } = this;
    const from = this.at;
    const first = text.charCodeAt(from);
    if (isDigit(first)) {
      while (isDigit(text.charCodeAt(this.at))) this.at++;
    } else if ('@*#?-$!'.includes(text[from] ?? ' ')) {
      this.at++;
    } else {
      for (
        let code = text.codePointAt(from);
        code !== undefined && isNameCharacter(code);
        code = text.codePointAt(this.at)
      ) {
        this.at += code > 0xffff ? 2 : 1;
      }
    }
    return text.slice(from, this.at);
  }

  /** Eats the next character; `''` at the end. */
  private next(): string {
    const code = this.text.codePointAt(this.at);
    if (code === undefined) return '';
    const character = String.fromCodePoint(code);
    this.at += character.length;
    return character;
  }

  /** Notes the first mistake and ends the reading. */
  private fail(error: string): undefined {
    this.error ??= error;
    this.at = this.text.length;
    return undefined;
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
