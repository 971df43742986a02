/**
 * The strings and settings of a TOML file, with the path of their key: all that manifests are asked for. Lenient, because a manifest is
 * a stranger's: what does not parse is passed over, and nothing is thrown. Source: TOML 1.0.
 */

/** One string of a file. */
export interface TomlString {
  /** Table and key: `['project', 'optional-dependencies', 'dev']`. */
  readonly path: readonly string[];
  /** `undefined` for a key whose value holds no string: a number, an empty list. */
  readonly text: string | undefined;
  /** Its key, where it stands in an inline table. */
  readonly key: string | undefined;
}

const TOKEN =
  /"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'[^'\n]*'?|#[^\n]*|[[\]{},=\n]|[^\s"'#[\]{},=]+|[^\S\n]+/gy;

/** A key of a file and the tokens of its value; a header of a table has none. */
interface Entry {
  readonly path: readonly string[];
  readonly value: readonly string[] | undefined;
}

function* entries(text: string): Generator<Entry> {
  const tokens = [...text.matchAll(TOKEN)].map(([token]) => token).filter((token) => !/^(?:[^\S\n]|#)/.test(token));
  let table: readonly string[] = [];
  for (let at = 0; at < tokens.length;) {
    const end = tokens.indexOf('\n', at);
    const line = tokens.slice(at, end === -1 ? undefined : end);
    const equals = line.indexOf('=');
    if (line[0] === '[') yield { path: (table = keysOf(line)), value: undefined };
    if (line[0] === '[' || equals === -1) {
      at += line.length + 1;
      continue;
    }
    const begin = (at += equals + 1);
    for (let depth = 0; at < tokens.length; at++) {
      const token = tokens[at] ?? '';
      if (token === '\n' && depth === 0) break;
      if (token === '[' || token === '{') depth += 1;
      else if (token === ']' || token === '}') depth -= 1;
    }
    yield { path: [...table, ...keysOf(line.slice(0, equals))], value: tokens.slice(begin, at) };
    at += 1;
  }
}

/** Every string of the file, in order; keys without one once. Pure, linear in the length of the text. */
export function* tomlStrings(text: string): Generator<TomlString> {
  for (const { path, value } of entries(text)) {
    if (value === undefined) continue;
    let depth = 0;
    let isEmpty = true;
    for (const [at, token] of value.entries()) {
      if (token === '[' || token === '{') depth += 1;
      else if (token === ']' || token === '}') depth -= 1;
      else if (isString(token) && value[at + 1] !== '=') {
        isEmpty = false;
        const key = value[at - 1] === '=' && depth > 0 ? keysOf([value[at - 2] ?? '']).join('.') : undefined;
        yield { path, text: unquoted(token), key };
      }
    }
    if (isEmpty) yield { path, text: undefined, key: undefined };
  }
}

/** A table or a key of a file, and what is written behind it. */
export interface TomlSetting {
  /** `tool.uv.package` */
  readonly name: string;
  /** The value, where it is one word: `true`, `3`; `undefined` for the others. */
  readonly word: string | undefined;
}

/** Every table and key of the file, in order, those of inline tables included. Pure, linear in the length of the text. */
export function* tomlSettings(text: string): Generator<TomlSetting> {
  for (const { path, value } of entries(text)) {
    const name = path.join('.');
    const [first = ''] = value ?? [];
    yield { name, word: value?.length === 1 && !isString(first) ? first : undefined };
    if (first !== '{') continue;
    let depth = 0;
    for (const [at, token] of (value ?? []).entries()) {
      if (token === '[' || token === '{') depth += 1;
      else if (token === ']' || token === '}') depth -= 1;
      // What lies deeper than the inline table itself belongs to another key.
      else if (token === '=' && depth === 1) {
        const word = value?.[at + 1] ?? '';
        yield {
          name: [...path, ...keysOf([value?.[at - 1] ?? ''])].join('.'),
          word: /^\w+$/.test(word) ? word : undefined,
        };
      }
    }
  }
}

function isString(token: string): boolean {
  return token.startsWith('"') || token.startsWith("'");
}

/** Deeper keys say nothing here. */
const DEEPEST = 6;

/** `tool.poetry."group"` in its parts; brackets of a header left out. */
function keysOf(tokens: readonly string[]): readonly string[] {
  return tokens
    .slice(0, 4 * DEEPEST)
    .flatMap((token) =>
      isString(token) ? [unquoted(token)] : token.split('.', DEEPEST).filter((word) => /^[\w-]+$/.test(word)),
    )
    .slice(0, DEEPEST);
}

/** Names of packages hold nothing that would have to be unescaped. */
function unquoted(token: string): string {
  const quotes = /^(?:"""|'''|"|')/.exec(token)?.[0] ?? '';
  const end = token.length > quotes.length && token.endsWith(quotes) ? -quotes.length : undefined;
  return token.slice(quotes.length, end);
}
