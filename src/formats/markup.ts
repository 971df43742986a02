/** Foreign text in Markdown: it cannot format, link, mention, close a fence or break a table. */
import { plainLine, plainLines } from './format.ts';

/**
 * Foreign text as words: every character that means something to Markdown or HTML becomes an entity, addresses do not
 * become links, and a name after `@` gets a zero-width space, so that nobody is called.
 */
export function escaped(text: string): string {
  return plainLine(text)
    .replace(/(?<!\w)@(?=\w)/g, '@\u200b')
    .replace(/(?<=\b(?:https?|ftp)):(?=\/\/)/gi, ':\u200b')
    .replace(/(?<=\bwww)\.(?=\w)/gi, '.\u200b')
    .replace(/^(\d+)([.)])(?=\s|$)/, (_, number: string, sign: string) => `${number}&#${sign.codePointAt(0)};`)
    .replace(/^[-+=]|[\\`*_{}[\]<>#|~&$]/g, (one) => `&#${one.codePointAt(0)};`);
}

/** Foreign text as code, on one line. */
export function code(text: string): string {
  const line = plainLine(text);
  if (line === '') return '';
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A sentence in which backticks mark code, as in the advice of rules: code stays code, the rest is words. Not for tables. */
export function sentence(text: string): string {
  return plainLine(text)
    .split(/(`[^`]+`)/)
    .map((part, at) => {
      if (at % 2 === 1) return code(part.slice(1, -1));
      // The ends of a part are white space that stays.
      return `${/^\s*/.exec(part)?.[0] ?? ''}${escaped(part)}${part.trim() === '' ? '' : (/\s*$/.exec(part)?.[0] ?? '')}`;
    })
    .join('');
}

/** Foreign lines as they are, in a fence that none of them can close. */
export function fenced(language: string, lines: readonly string[]): readonly string[] {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return [`${fence}${language}`, ...lines, fence];
}

/** A remedy: a sentence, or where it has several lines, code. */
export function remedy(fix: string): readonly string[] {
  const lines = plainLines(fix);
  return lines.length > 1 ? fenced('dockerfile', lines) : [sentence(fix)];
}

/** The beginning of a text, with `…` where something was cut. */
export function clipped(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
