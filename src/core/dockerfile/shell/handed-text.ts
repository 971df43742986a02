/**
 * The text that a command hands to another shell: `bash -c 'TEXT'`, `sudo sh -c "TEXT"`, `su app -c 'TEXT'`. Only one that this shell
 * hands on as it is written, so that each character has its place; what it puts together itself, `"$(curl …)"`, nobody has read.
 */
import type { Command as CommandSyntax, Word as WordSyntax } from 'unbash';
import type { MappedText } from '../text/mapped-text.ts';
import { isShell } from './shell-text.ts';
import { programOf, starterWords } from './starters.ts';

/** Programs that start the shell of a user. */
const CHANGE_USER: ReadonlySet<string> = new Set(['su', 'runuser']);

/** TEXT with its places, where a command hands one over. */
export function handedText(command: CommandSyntax, text: MappedText): MappedText | undefined {
  if (command.name === undefined) return undefined;
  const words = [command.name, ...command.suffix.filter((one) => one.type === 'Word')];
  const starts = startedAt(words.map(({ value }) => value));
  const program = programOf(words[starts]?.value) ?? '';
  if (!isShell(program) && !CHANGE_USER.has(program)) return undefined;
  const flag = words.findIndex(
    ({ value }, index) => index > starts && (/^-[a-z]*c$/.test(value) || value === '--command'),
  );
  // `bash script.sh -c x` reads the script.
  if (flag === -1 || (isShell(program) && words.slice(starts + 1, flag).some(({ value }) => isOperand(value))))
    return undefined;
  const word = words[flag + 1];
  return word === undefined ? undefined : quotedText(word, text);
}

/** Where the program stands that is started in the end. */
function startedAt(words: readonly string[]): number {
  let at = 0;
  for (let own = starterWords(words); own > 0; own = starterWords(words.slice(at))) at += own;
  return at;
}

/** `pipefail` of `-o pipefail` is none. */
function isOperand(word: string): boolean {
  return !/^[-+]/.test(word) && !/^(?:pipefail|errexit|nounset|xtrace)$/.test(word);
}

/** What stands between the quotes of a word that is one quoted string, or the word itself where it has none. */
function quotedText({ pos, end, parts = [] }: WordSyntax, text: MappedText): MappedText | undefined {
  const [only] = parts;
  if (parts.length > 1) return undefined;
  if (only?.type === 'SingleQuoted') return text.slice(pos + 1, end - 1);
  if (text.text.slice(pos, end).includes('\\')) return undefined;
  if (only === undefined || only.type === 'Literal') return text.slice(pos, end);
  const isAsWritten =
    only.type === 'DoubleQuoted' &&
    only.parts.every(({ type }) => type === 'Literal' || type === 'SimpleExpansion' || type === 'ParameterExpansion');
  return isAsWritten ? text.slice(pos + 1, end - 1) : undefined;
}
