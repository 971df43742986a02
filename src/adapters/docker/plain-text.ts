/** Text that a stranger's program printed -> text that can be shown: no terminal codes, no control characters, bounded. Pure. */

/** CSI and OSC sequences, then the shorter escapes. Source: ECMA-48. */
const TERMINAL = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[ -/]*[0-~])/g;
/** C0 without tab and newline, DEL, C1, and the marks that reorder or hide text. */
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/g;

/** Removes terminal codes and control characters. A carriage return overwrites its line, as a terminal shows it. */
export function plainText(text: string): string {
  return text.replaceAll(TERMINAL, '').split('\n').map(lastWritten).join('\n').replaceAll(CONTROL, '').toWellFormed();
}

function lastWritten(line: string): string {
  const text = line.replace(/\r+$/, '');
  return text.slice(text.lastIndexOf('\r') + 1);
}

/** The last `max` characters, from the beginning of a line where one is near. */
export function lastPart(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(-max);
  const newline = cut.indexOf('\n');
  return newline >= 0 && newline < Math.min(1000, max / 2) ? cut.slice(newline + 1) : cut.toWellFormed();
}
