/** What Go calls a blank, a letter and a digit: the builder is written in Go, and JavaScript's `\s` and `\w` mean other sets. */

/** Go's `unicode.IsSpace` for one UTF-16 unit. */
export function isSpace(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13);
  if (code < 0x1680) return code === 0x85 || code === 0xa0;
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** The blanks that end a keyword and part the arguments of most instructions: `[\t\v\f\r ]`. */
export function isSeparator(code: number): boolean {
  return code === 32 || code === 9 || (code >= 11 && code <= 13);
}

/** First index from `from` on that is no blank; `to` when there is none. */
export function skipSpaces(text: string, from: number, to: number): number {
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  return from;
}

/** Index after the last character before `to` that is no blank; `from` when there is none. */
export function trimEnd(text: string, from: number, to: number): number {
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return to;
}

/** Letter, digit or underscore: what a variable name is made of. */
export function isNameCharacter(code: number): boolean {
  if (code < 128) return isAsciiLetter(code) || isDigit(code) || code === 95;
  return /^[\p{L}\p{Nd}]$/u.test(String.fromCodePoint(code));
}

/** `0` to `9`. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isAsciiLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}
