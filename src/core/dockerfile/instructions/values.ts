/** Instructions that set something: ENV, LABEL and ARG with their pairs, and those whose argument is a word or a list of words. */
import { isSeparator } from '../text/characters.ts';
import type { Reading } from './reading.ts';
import { acceptFlags } from './flags.ts';
import { type Frame, frameOf, unknownInstruction } from './frame.ts';
import { readJsonForm } from '../text/json-form.ts';
import { joinPath } from './paths.ts';
import { isPort } from './ports.ts';
import { isSignal } from './signals.ts';
import { SourcePair, type SourceWord } from '../text/source.ts';
import type { Instruction, Pair, UnknownInstruction } from '../types.ts';
import { type Parts, type Range, splitPlain, splitQuoted } from '../text/words.ts';

/** Reads ENV and LABEL. */
export function readPairs(parts: Parts, keyword: 'ENV' | 'LABEL', reading: Reading): Instruction {
  const { line, rest } = parts;
  const { text } = line;
  const words = splitQuoted(text, rest, reading.escape);
  const first = words[0];
  const isLegacy = first !== undefined && !text.slice(first.from, first.to).includes('=');
  const ranges = isLegacy ? legacyPair(text, rest) : words.map((word) => pairRange(text, word));
  const frame = frameOf(parts, keyword, reading);
  const missing = ranges.find(hasNoValue);
  if (missing !== undefined) {
    const what = isLegacy
      ? `${keyword} needs a value behind the name.`
      : `${keyword} takes name=value; here is a word without =.`;
    reading.refuse('pair-without-value', what, line, missing);
    return unknownInstruction(parts, frame);
  }
  if (!acceptFlags(frame.flags, keyword, reading)) return unknownInstruction(parts, frame);
  if (first === undefined) return refuseCount(parts, frame, `${keyword} needs at least one name=value.`, reading);
  const blank = ranges.find(hasNoName);
  if (blank !== undefined) {
    reading.refuse('blank-name', `${keyword} has a value without a name.`, line, blank);
    return unknownInstruction(parts, frame);
  }
  // All values of one instruction are expanded with the variables from before it.
  const pairs = ranges.map(({ from, keyTo, valueFrom, to }) => {
    return new SourcePair(reading.expanded(line, from, keyTo), reading.expanded(line, valueFrom, to));
  });
  if (keyword === 'ENV' && !reading.isTrigger) setAll(pairs, reading);
  return { ...frame, keyword, pairs, isLegacy };
}

function setAll(pairs: readonly Pair[], { variables }: Reading): void {
  for (const { key, value } of pairs) if (key.value !== undefined) variables.set(key.value, value?.value, true);
}

/** Where key and value stand. Without a value `valueFrom` is -1, and the key is all there is. */
interface PairRange extends Range {
  readonly keyTo: number;
  readonly valueFrom: number;
}

function pairRange(text: string, { from, to }: Range): PairRange {
  const equals = text.indexOf('=', from);
  if (equals < 0 || equals >= to) return { from, keyTo: to, valueFrom: -1, to };
  return { from, keyTo: equals, valueFrom: equals + 1, to };
}

function hasNoValue({ valueFrom }: PairRange): boolean {
  return valueFrom < 0;
}

function hasNoName({ from, keyTo, valueFrom }: PairRange): boolean {
  return keyTo === from && valueFrom >= 0;
}

/** `ENV name the rest of the line` */
function legacyPair(text: string, rest: Range): readonly PairRange[] {
  const { from, to } = rest;
  let keyTo = from;
  while (keyTo < to && !isSeparator(text.charCodeAt(keyTo))) keyTo++;
  let valueFrom = keyTo;
  while (valueFrom < to && isSeparator(text.charCodeAt(valueFrom))) valueFrom++;
  return [{ from, keyTo, valueFrom: valueFrom < to ? valueFrom : -1, to }];
}

/** Reads ARG, before the first FROM and in a stage. */
export function readArg(parts: Parts, reading: Reading): Instruction {
  const { line, rest } = parts;
  const { text } = line;
  const frame = frameOf(parts, 'ARG', reading);
  const ranges = splitQuoted(text, rest, reading.escape).map((word) => pairRange(text, word));
  if (ranges.length === 0) return refuseCount(parts, frame, 'ARG needs at least one name.', reading);
  const blank = ranges.find(hasNoName);
  if (blank !== undefined) {
    reading.refuse('blank-name', 'ARG has a value without a name.', line, blank);
    return unknownInstruction(parts, frame);
  }
  const pairs = ranges.map((range) => readArgument(range, parts, reading));
  return { ...frame, keyword: 'ARG', pairs, isLegacy: false };
}

/** One name of ARG. Unlike ENV, each name sees those before it, and names themselves are not expanded. */
function readArgument(range: PairRange, { line }: Parts, reading: Reading): SourcePair {
  const { from, keyTo, valueFrom, to } = range;
  const name = line.text.slice(from, keyTo);
  const given = reading.buildArgument(name);
  let word: SourceWord | undefined;
  if (!hasNoValue(range)) {
    // A default that a build argument replaces is never looked at.
    word = given === undefined ? reading.expanded(line, valueFrom, to) : line.word(valueFrom, to, undefined);
  }
  if (!reading.isTrigger) {
    reading.variables.declare(name);
    if (given !== undefined) reading.variables.set(name, given, false);
    else if (word !== undefined) reading.variables.set(name, word.value, false);
    else declare(name, reading);
  }
  return new SourcePair(line.word(from, keyTo, name), word);
}

/** `ARG name` without a value: the one from before the first FROM, else whatever the build is given. */
function declare(name: string, reading: Reading): void {
  const { variables, globals } = reading;
  const inherited = variables === globals ? null : globals.get(name);
  if (inherited !== null) return variables.set(name, inherited, false);
  const isOpen = reading.buildArgs === undefined;
  if (isOpen && typeof variables.get(name) !== 'string') variables.set(name, undefined, false);
}

/** Reads USER, WORKDIR, STOPSIGNAL and MAINTAINER: the rest of the line is one argument. */
export function readWhole(
  parts: Parts,
  keyword: 'USER' | 'WORKDIR' | 'STOPSIGNAL' | 'MAINTAINER',
  reading: Reading,
): Instruction {
  const { line, rest } = parts;
  const frame = frameOf(parts, keyword, reading);
  if (rest.from === rest.to) return refuseCount(parts, frame, `${keyword} needs an argument.`, reading);
  if (!acceptFlags(frame.flags, keyword, reading)) return unknownInstruction(parts, frame);
  const isLiteral = keyword === 'MAINTAINER';
  const word = isLiteral
    ? line.word(rest.from, rest.to, line.text.slice(rest.from, rest.to))
    : reading.expanded(line, rest.from, rest.to);
  if (keyword === 'STOPSIGNAL' && word.value !== undefined && !isSignal(word.value)) {
    reading.refuse('stop-signal', `${word.value} is no signal.`, line, rest);
  }
  if (keyword === 'WORKDIR' && !reading.isTrigger) reading.workdir = joinPath(reading.workdir, word.value);
  return { ...frame, keyword, words: [word] };
}

/** Reads EXPOSE. */
export function readExpose(parts: Parts, reading: Reading): Instruction {
  const { line, rest } = parts;
  const frame = frameOf(parts, 'EXPOSE', reading);
  if (rest.from === rest.to) return refuseCount(parts, frame, 'EXPOSE needs at least one port.', reading);
  if (!acceptFlags(frame.flags, 'EXPOSE', reading)) return unknownInstruction(parts, frame);
  const words = splitPlain(line.text, rest).flatMap((range) => {
    const values = reading.splitValue(line.text.slice(range.from, range.to), line, range);
    if (values === undefined) return [line.word(range.from, range.to, undefined)];
    for (const value of values) if (!isPort(value)) reading.refuse('port-value', `${value} is no port.`, line, range);
    return values.map((value) => line.word(range.from, range.to, value));
  });
  return { ...frame, keyword: 'EXPOSE', words };
}

/** Reads VOLUME. */
export function readVolume(parts: Parts, reading: Reading): Instruction {
  const { line, rest } = parts;
  const frame = frameOf(parts, 'VOLUME', reading);
  const json = readJsonForm(line, rest.from, rest.to);
  if (json === 'not-strings') {
    reading.refuse('json-not-strings', 'The JSON form is an array of strings and of nothing else.', line, rest);
    return unknownInstruction(parts, frame);
  }
  const ranges = json === 'not-json' ? splitPlain(line.text, rest) : [];
  const count = json === 'not-json' ? ranges.length : json.length;
  if (count === 0) return refuseCount(parts, frame, 'VOLUME needs at least one path.', reading);
  if (!acceptFlags(frame.flags, 'VOLUME', reading)) return unknownInstruction(parts, frame);
  if (json !== 'not-json' && json.some((word) => word.value?.trim() === '')) {
    reading.refuse('volume-empty', 'VOLUME has an empty path.', line, rest);
    return unknownInstruction(parts, frame);
  }
  const words =
    json === 'not-json'
      ? ranges.map((range) => reading.expanded(line, range.from, range.to))
      : json.map((word) => reading.expandedWord(word));
  if (words.some((word) => word.value === '')) {
    reading.refuse(
      'volume-expands-empty',
      'VOLUME has a path that is empty once its variables are expanded.',
      line,
      rest,
    );
  }
  return { ...frame, keyword: 'VOLUME', words };
}

function refuseCount(parts: Parts, frame: Frame, message: string, reading: Reading): UnknownInstruction {
  reading.refuse('argument-count', message, parts.line, parts.keyword);
  return unknownInstruction(parts, frame);
}
