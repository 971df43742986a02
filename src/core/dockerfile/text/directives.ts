/**
 * Parser directives: `# syntax=`, `# escape=` and `# check=` in the comments at the very top.
 *
 * Two readers look for them in the builder, and they do not agree. The parser (which minds only `escape`) lets a directive be
 * indented and stops at a `#!` line. The search for `syntax` and `check` steps over a `#!` line, but wants its `#` in the
 * first column; for `syntax` it also takes `// syntax=` and a file that is a JSON object. Both stop at the first line that is
 * something else, an empty one included.
 */
import { isSeparator, skipSpaces } from './characters.ts';
import type { Problems } from '../problems.ts';
import type { Source } from './source.ts';
import type { Directive } from '../types.ts';

/** What the top of the file says. */
export interface Header {
  readonly directives: readonly Directive[];
  readonly escape: '\\' | '`';
  /** Where the text begins: behind the byte order mark, if there is one. */
  readonly start: number;
}

interface Found {
  readonly name: string;
  readonly value: string;
  readonly from: number;
  readonly to: number;
  readonly next: number;
}

/** Reads the directives at the top of the file. Pure; what the builder refuses goes to `problems`. */
export function readHeader(source: Source, problems: Problems): Header {
  const { text } = source;
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  if (!mayHaveDirectives(text, start)) return { directives: [], escape: '\\', start };
  const directives: Directive[] = [];
  let escape: '\\' | '`' = '\\';

  const seen = new Set<string>();
  for (const found of directivesFrom(text, start, '#', true)) {
    const span = source.span(found.from, found.to);
    if (seen.has(found.name)) {
      problems.add('duplicate-directive', `The directive \`${found.name}\` stands twice; it may stand once.`, span);
      continue;
    }
    seen.add(found.name);
    if (found.name !== 'escape') continue;
    if (found.value === '`' || found.value === '\\') escape = found.value;
    else problems.add('escape-directive', `The escape character is \\ or \`, not ${found.value}.`, span);
    directives.push({ name: 'escape', value: found.value, span });
  }

  const afterShebang = text.startsWith('#!', start) ? lineEnd(text, start).next : start;
  for (const name of ['syntax', 'check']) {
    const found =
      firstOf(name, text, afterShebang, '#') ?? (name === 'syntax' ? foreignSyntax(text, afterShebang) : undefined);
    if (found === undefined) continue;
    const span = source.span(found.from, found.to);
    directives.push({ name, value: found.value, span });
    if (name === 'check') checkOptions(found.value, (message) => problems.add('check-option', message, span));
  }
  directives.sort((a, b) => a.span.start.offset - b.span.start.offset);
  return { directives, escape, start };
}

/** Every form begins with one of three characters; most files begin with a letter. */
function mayHaveDirectives(text: string, start: number): boolean {
  const first = text[skipSpaces(text, start, text.length)];
  return first === '#' || first === '/' || first === '{';
}

function firstOf(name: string, text: string, start: number, mark: string): Found | undefined {
  const seen = new Set<string>();
  for (const found of directivesFrom(text, start, mark, false)) {
    if (seen.has(found.name)) return undefined;
    if (found.name === name) return found;
    seen.add(found.name);
  }
  return undefined;
}

/** `// syntax=` or `{"syntax": …}`: the builder hands such files to another frontend too. */
function foreignSyntax(text: string, start: number): Found | undefined {
  const slashes = firstOf('syntax', text, start, '//');
  if (slashes !== undefined) return slashes;
  if (text.charCodeAt(skipSpaces(text, start, text.length)) !== 123) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(start));
    if (typeof value !== 'object' || value === null || !('syntax' in value)) return undefined;
    if (typeof value.syntax !== 'string') return undefined;
    return { name: 'syntax', value: value.syntax, from: start, to: text.length, next: text.length };
  } catch {
    return undefined;
  }
}

function* directivesFrom(text: string, start: number, mark: string, mayIndent: boolean): Generator<Found> {
  for (let at = start; at < text.length;) {
    const { to, next } = lineEnd(text, at);
    const from = mayIndent ? skipSpaces(text, at, to) : at;
    if (!text.startsWith(mark, from)) return;
    const found = directiveIn(text.slice(skipBlanks(text, from + mark.length, to), to));
    if (found === undefined) return;
    yield { ...found, from, to, next };
    at = next;
  }
}

/** `name = value` with a name that the builder knows. */
function directiveIn(line: string): { readonly name: string; readonly value: string } | undefined {
  const equals = line.indexOf('=');
  if (equals < 0) return undefined;
  const name = line
    .slice(0, equals)
    .replace(/[\t\f\r ]+$/, '')
    .toLowerCase();
  if (name !== 'syntax' && name !== 'escape' && name !== 'check') return undefined;
  const value = line.slice(equals + 1).replace(/^[\t\f\r ]+/, '');
  return value === '' ? undefined : { name, value };
}

function lineEnd(text: string, from: number): { readonly to: number; readonly next: number } {
  const lineFeed = text.indexOf('\n', from);
  let to = lineFeed < 0 ? text.length : lineFeed;
  const next = lineFeed < 0 ? to : lineFeed + 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return { to, next };
}

function skipBlanks(text: string, from: number, to: number): number {
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  return from;
}

/** Behind its sign a directive is read by a regular expression of Go, where `\s` is fewer blanks than elsewhere. */
function isBlank(code: number): boolean {
  return isSeparator(code) && code !== 11;
}

/** `skip=A,B;error=true;experimental=all` */
function checkOptions(value: string, refuse: (message: string) => void): void {
  // The builder reads up to the first space.
  for (const option of (value.split(' ')[0] ?? '').split(';')) {
    const equals = option.indexOf('=');
    const key = (equals < 0 ? option : option.slice(0, equals)).trim();
    if (equals < 0 || (key !== 'skip' && key !== 'error' && key !== 'experimental')) {
      refuse(`The check directive knows skip, error and experimental, not ${JSON.stringify(key)}.`);
    } else if (
      key === 'error' &&
      !/^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(option.slice(equals + 1).trim())
    ) {
      refuse('The check option `error` is true or false.');
    }
  }
}
