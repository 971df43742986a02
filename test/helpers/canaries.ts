/** Secrets of a test: each its own, and found again in whatever form a program may have repeated it. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Secrets that were planted. */
export interface Canaries {
  /** A new one. `odd`: with letters that encodings change. */
  readonly plant: (name: string, kind?: 'plain' | 'odd') => string;
  /** The names of those that stand in a text, with the form in which they do. */
  readonly in: (text: string | Buffer) => readonly string[];
}

/** Makes none, yet. */
export function makeCanaries(): Canaries {
  const planted: { readonly name: string; readonly forms: ReadonlyMap<string, string> }[] = [];
  return {
    plant: (name, kind = 'plain') => {
      const random = randomBytes(12).toString('hex');
      // Letters behind the odd ones, so that a form that is cut at one of them is still this value's.
      const value = kind === 'plain' ? `Zq${random}` : `Zq${random}+/"&é ${random.slice(0, 8)}`;
      planted.push({ name, forms: new Map(formsOf(value).map(([form, text]) => [text, form])) });
      return value;
    },
    in: (text) => {
      const whole = typeof text === 'string' ? text : text.toString('latin1');
      return planted.flatMap(({ name, forms }) => {
        const found = [...forms].find(([one]) => whole.includes(one));
        return found === undefined ? [] : [`${name} (${found[1]})`];
      });
    },
  };
}

/** Every form of a value. Texts are compared as UTF-8 and byte by byte, so that both kinds of reading find it. */
function formsOf(value: string): readonly (readonly [form: string, text: string])[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].flatMap((before) => {
    // What stands before and behind it within the same text decides the letters at the edges.
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const own = text.slice(Math.ceil((before * 8) / 6), (before + bytes.length) % 3 === 0 ? undefined : -1);
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const url = encodeURIComponent(value);
  return [
    ['raw', value],
    ['raw', bytes.toString('latin1')],
    // Long enough to be nobody else's: what was cut, or changed at its odd letters.
    ['its beginning', value.slice(0, 16)],
    ['its end', value.slice(-8)],
    ['JSON', JSON.stringify(value).slice(1, -1)],
    ['URL', url],
    ['URL', url.replaceAll('%20', '+')],
    ['hex', bytes.toString('hex')],
    ...base64.map((text) => ['base64', text] as const),
  ];
}

/** Every file below a folder, as bytes. */
export function filesBelow(folder: string): readonly { readonly name: string; readonly bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => ({ name: entry.name, bytes: readFileSync(join(entry.parentPath, entry.name)) }));
}
