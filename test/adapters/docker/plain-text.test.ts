/** Text of strangers' programs, made presentable: pure, and the one place where its form is decided. */
import t from 'tap';
import { lastPart, plainText } from '../../../src/adapters/docker/plain-text.ts';

const cases: readonly (readonly [string, string, string])[] = [
  ['colours vanish', 'a \u001B[1;31mred\u001B[0m b', 'a red b'],
  ['a title of the window vanishes', '\u001B]0;title\u0007text', 'text'],
  ['a link keeps its text', '\u001B]8;;http://x\u001B\\here\u001B]8;;\u001B\\', 'here'],
  ['a progress bar leaves its last state', '10%\r50%\r100%\ndone\n', '100%\ndone\n'],
  ['lines of Windows are lines', 'one\r\ntwo\r\n', 'one\ntwo\n'],
  ['tabs and newlines stay, other control characters do not', 'a\tb\u0000\u0008c\u009Bd\n', 'a\tbcd\n'],
  ['marks that turn the direction of text do not stay', 'ab\u202Edc\u2066', 'abdc'],
  ['half of a character is replaced', 'a\uD83Db', 'a\uFFFDb'],
  ['plain text stays as it is', 'Grüße, 世界 🚢\n', 'Grüße, 世界 🚢\n'],
];
for (const [title, text, expected] of cases) t.equal(plainText(text), expected, title);

const long = Array.from({ length: 100 }, (_, line) => `line ${line}\n`).join('');
t.equal(lastPart('short', 10), 'short', 'what fits stays whole');
t.match(lastPart(long, 30), /^line \d+\n/, 'a cut begins with a whole line');
t.ok(lastPart(long, 30).length <= 30);
t.equal(lastPart('x'.repeat(50), 10), 'x'.repeat(10), 'where there are no lines, anywhere');
t.equal(lastPart('a🚢', 1), '\uFFFD', 'never with half a character');
t.equal(
  plainText(`${'x'.repeat(200_000)}\r${'\u001B]'.repeat(50_000)}`).length,
  200_000,
  'a hostile text takes no time',
);
