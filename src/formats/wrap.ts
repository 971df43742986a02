/** Lines as wide as a terminal, and colour in it. */
import { styleText } from 'node:util';
import stringWidth from 'string-width';
import { plainLine } from './format.ts';
import type { Look } from './format.ts';

/** How a word is painted. */
export type Paint = Parameters<typeof styleText>[0];

/** Text in a colour, where colour is wanted. */
export function painted(look: Look, paint: Paint, text: string): string {
  return look.color && text !== '' ? styleText(paint, text, { validateStream: false }) : text;
}

/**
 * Foreign text as lines of at most `width` columns, the first one behind `head`, the others indented. A word that is wider
 * stands whole on a line of its own: half a path or digest is of no use.
 */
export function wrapped(text: string, width: number, head = '', indent = stringWidth(head)): readonly string[] {
  const lines: string[] = [];
  let line = head;
  let used = stringWidth(head);
  let isFresh = true;
  for (const word of plainLine(text).split(/ +/)) {
    const wide = stringWidth(word);
    if (!isFresh && used + 1 + wide > width) {
      lines.push(line);
      line = ' '.repeat(indent);
      used = indent;
      isFresh = true;
    }
    line += isFresh ? word : ` ${word}`;
    used += isFresh ? wide : wide + 1;
    isFresh = false;
  }
  return [...lines, line.trimEnd()];
}

/** Text filled up with blanks to a number of columns. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - stringWidth(text)));
}
