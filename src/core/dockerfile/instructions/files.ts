/** COPY and ADD. */
import type { Reading } from './reading.ts';
import { noHeredocs } from './reading.ts';
import { acceptFlags, flagValue } from './flags.ts';
import { frameOf, unknownInstruction } from './frame.ts';
import { heredocStart } from './heredoc.ts';
import { readJsonForm } from '../text/json-form.ts';
import type { Base, CopyInstruction, Flag, UnknownInstruction, Word } from '../types.ts';
import { type Parts, splitPlain } from '../text/words.ts';

/** COPY or ADD whose source is found out when all stages are known. */
export interface CopyNode extends CopyInstruction {
  source: Base | undefined;
}

/** Reads COPY and ADD. */
export function readCopy(parts: Parts, keyword: 'COPY' | 'ADD', reading: Reading): CopyNode | UnknownInstruction {
  const { line, rest } = parts;
  const { text } = line;
  const json = readJsonForm(line, rest.from, rest.to);
  if (json === 'not-strings') {
    reading.refuse('json-not-strings', 'The JSON form is an array of strings and of nothing else.', line, rest);
    return unknownInstruction(parts, frameOf(parts, keyword, reading));
  }
  const ranges = json === 'not-json' ? splitPlain(text, rest) : [];
  const heredocs = json === 'not-json' ? reading.heredocs(line) : noHeredocs;
  const frame = frameOf(parts, keyword, reading, heredocs);
  const count = json === 'not-json' ? ranges.length : json.length;
  if (count < 2) {
    const message = `${keyword} needs at least a source and a destination.`;
    reading.refuse('argument-count', message, line, parts.keyword);
    return unknownInstruction(parts, frame);
  }
  if (!acceptFlags(frame.flags, keyword, reading)) return unknownInstruction(parts, frame);
  const last = ranges.at(-1);
  if (last !== undefined && heredocStart(text.slice(last.from, last.to)) !== undefined) {
    reading.refuse('heredoc-destination', 'A here-document cannot be the destination.', line, last);
    return unknownInstruction(parts, frame);
  }
  const words =
    json === 'not-json'
      ? ranges.map(({ from, to }) => {
          const isHeredoc = heredocs.all.length > 0 && heredocStart(text.slice(from, to)) !== undefined;
          return isHeredoc ? line.word(from, to, text.slice(from, to)) : reading.expanded(line, from, to);
        })
      : json.map((word) => reading.expandedWord(word));

  const instruction: CopyNode = {
    ...frame,
    keyword,
    sources: words.slice(0, -1),
    destination: words.at(-1),
    from: flagValue(frame.flags, 'from'),
    source: undefined,
    chown: flagValue(frame.flags, 'chown'),
    chmod: flagValue(frame.flags, 'chmod'),
    excludes: excludesOf(frame.flags),
  };
  checkCopy(instruction, reading);
  for (const heredoc of heredocs.all) reading.checkBody(heredoc);
  return instruction;
}

const noWords: readonly Word[] = [];

function excludesOf(flags: readonly Flag[]): readonly Word[] {
  if (flags.length === 0) return noWords;
  return flags.flatMap((flag) => (flag.name === 'exclude' && flag.value !== undefined ? [flag.value] : noWords));
}

function checkCopy(copy: CopyNode, reading: Reading): void {
  const mode = copy.chmod?.value;
  if (mode !== undefined && mode !== '' && !isMode(mode)) {
    reading.problems.add(
      'chmod-value',
      `--chmod is an octal number up to 7777 or a mode such as u+x, not ${mode}.`,
      copy.chmod?.span ?? copy.span,
    );
  }
  if (copy.keyword === 'ADD') return checkChecksum(copy, reading);
  for (const word of copy.sources) {
    const kind = word.value === undefined ? 'local' : remoteKind(word.value);
    if (kind !== 'local')
      reading.problems.add('copy-source', 'COPY takes files of the reading and no addresses; ADD does.', word.span);
  }
}

function checkChecksum(add: CopyNode, reading: Reading): void {
  const checksum = flagValue(add.flags, 'checksum');
  if (checksum?.value === undefined || checksum.value === '') return;
  const refuse = (message: string): void => reading.problems.add('checksum-value', message, checksum.span);
  const [source, ...more] = add.sources;
  if (more.length > 0) return refuse('--checksum goes with a single source.');
  const kind = source?.value === undefined ? undefined : remoteKind(source.value);
  if (kind === 'local')
    return refuse('--checksum goes with an address or a Git repository, not with a file of the reading.');
  if (kind === 'http' && !/^(?:sha256:[\da-f]{64}|sha384:[\da-f]{96}|sha512:[\da-f]{128})$/.test(checksum.value))
    refuse('--checksum is sha256: and 64 hexadecimal digits, or sha384 or sha512 with theirs.');
}

/** What a source is to the builder: a Git repository, an address, or a path. */
function remoteKind(source: string): 'git' | 'http' | 'local' {
  if (/^https?:\/\//.test(source)) return /^[^?#]*\.git(?:[?#]|$)/.test(source) ? 'git' : 'http';
  return /^(?:git|ssh):\/\//.test(source) || /^[a-zA-Z0-9_.-]+@[a-zA-Z0-9_.-]+:/.test(source) ? 'git' : 'local';
}

function isMode(text: string): boolean {
  if (/^[0-7]+$/.test(text)) return Number.parseInt(text, 8) <= 0o7777;
  return text.split(',').every((clause) => /^[ugoa]*([-+=]([rwxXst]*|[ugo]))+$/.test(clause));
}
