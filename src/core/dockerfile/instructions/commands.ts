/** What RUN, CMD, ENTRYPOINT, SHELL and HEALTHCHECK start, and the instructions themselves. */
import { type Reading, type Heredocs, noHeredocs } from './reading.ts';
import { nothingKnown, type Variables } from '../variables/environment.ts';
import { acceptFlags, flagValue } from './flags.ts';
import { type Frame, frameOf, unknownInstruction } from './frame.ts';
import { readJsonForm } from '../text/json-form.ts';
import type { MappedText } from '../text/mapped-text.ts';
import { readMounts } from './mounts.ts';
import { isSeparator, skipSpaces } from '../text/characters.ts';
import type { ReadHeredoc } from './heredoc.ts';
import type { SourceWord } from '../text/source.ts';
import type { Command, Environment, HealthcheckInstruction, Instruction, Span, Word } from '../types.ts';
import type { Parts, Range } from '../text/words.ts';

/** A command that still knows its joined text, so that a shell can be read out of it (see shell.ts). */
export class CommandNode implements Command {
  readonly form: 'exec' | 'shell';
  readonly args: readonly SourceWord[];
  readonly line: MappedText;
  readonly range: Range;
  readonly heredocs: readonly ReadHeredoc[];
  readonly shell: readonly string[];
  private readonly variables: Variables | undefined;
  /** When the command runs: at this moment of the build, or in the container. */
  private readonly moment: number | undefined;

  constructor(
    args: readonly SourceWord[] | undefined,
    line: MappedText,
    range: Range,
    heredocs: readonly ReadHeredoc[],
    reading: Reading,
    when: 'build' | 'run',
  ) {
    this.form = args === undefined ? 'shell' : 'exec';
    this.args = args ?? noWords;
    this.line = line;
    this.range = range;
    this.heredocs = heredocs;
    this.shell = reading.shell;
    this.variables = reading.isTrigger ? undefined : reading.variables;
    this.moment = when === 'build' ? reading.variables.moment : undefined;
  }

  get env(): Environment {
    if (this.variables === undefined) return nothingKnown;
    return this.moment === undefined ? this.variables.atRunTime() : this.variables.at(this.moment);
  }

  get text(): string {
    return this.line.text.slice(this.range.from, this.range.to);
  }

  get brokenJson(): boolean {
    return this.form === 'shell' && this.line.text.charCodeAt(this.range.from) === 91;
  }

  get span(): Span {
    return this.line.span(this.range.from, this.range.to);
  }
}

const noWords: readonly SourceWord[] = [];

/**
 * JSON or shell form of a range; `undefined` when the builder refuses it.
 * A command that runs while the image is built may have here-documents, in shell form alone.
 */
function readCommand(
  line: MappedText,
  range: Range,
  reading: Reading,
  when: 'build' | 'run',
): [CommandNode | undefined, Heredocs] {
  const json = readJsonForm(line, range.from, range.to);
  if (json === 'not-strings') {
    reading.refuse('json-not-strings', 'The JSON form is an array of strings and of nothing else.', line, range);
    return [undefined, noHeredocs];
  }
  if (json !== 'not-json') return [new CommandNode(json, line, range, [], reading, when), noHeredocs];
  const heredocs = when === 'build' ? reading.heredocs(line) : noHeredocs;
  return [new CommandNode(undefined, line, range, heredocs.all, reading, when), heredocs];
}

/** Reads RUN. */
export function readRun(parts: Parts, reading: Reading): Instruction {
  const [command, heredocs] = readCommand(parts.line, parts.rest, reading, 'build');
  const frame = frameOf(parts, 'RUN', reading, heredocs);
  if (command === undefined || !acceptFlags(frame.flags, 'RUN', reading)) return unknownInstruction(parts, frame);
  const mounts = readMounts(frame.flags, reading);
  if (mounts === undefined || !acceptModes(frame, reading)) return unknownInstruction(parts, frame);
  return { ...frame, keyword: 'RUN', command, mounts };
}

function acceptModes(frame: Frame, reading: Reading): boolean {
  const network = flagValue(frame.flags, 'network');
  if (network?.value !== undefined && !['default', 'none', 'host'].includes(network.value)) {
    reading.problems.add('flag-value', `--network is default, none or host, not ${network.value}.`, network.span);
    return false;
  }
  const security = flagValue(frame.flags, 'security');
  if (security?.value !== undefined && !['sandbox', 'insecure'].includes(security.value)) {
    reading.problems.add('flag-value', `--security is sandbox or insecure, not ${security.value}.`, security.span);
    return false;
  }
  return true;
}

/** Reads CMD, ENTRYPOINT and SHELL. */
export function readStart(parts: Parts, keyword: 'CMD' | 'ENTRYPOINT' | 'SHELL', reading: Reading): Instruction {
  const [command] = readCommand(parts.line, parts.rest, reading, 'run');
  const frame = frameOf(parts, keyword, reading);
  if (command === undefined || !acceptFlags(frame.flags, keyword, reading)) return unknownInstruction(parts, frame);
  if (keyword === 'SHELL') {
    if (command.args.length === 0) {
      const isEmpty = command.form === 'exec' || parts.rest.from === parts.rest.to;
      if (isEmpty) reading.refuse('argument-count', 'SHELL needs at least one argument.', parts.line, parts.keyword);
      else
        reading.refuse(
          'shell-not-json',
          'SHELL takes the JSON form only: SHELL ["/bin/bash", "-c"].',
          parts.line,
          parts.rest,
        );
      return unknownInstruction(parts, frame);
    }
    if (!reading.isTrigger) reading.shell = command.args.map((word) => word.value ?? '');
  }
  return { ...frame, keyword, command };
}

/** Reads HEALTHCHECK. */
export function readHealthcheck(parts: Parts, reading: Reading): Instruction {
  const { line, rest } = parts;
  const { text } = line;
  const frame = frameOf(parts, 'HEALTHCHECK', reading);
  const refused = (
    code: 'argument-count' | 'flag-value',
    message: string,
    range: Range = parts.keyword,
  ): Instruction => {
    reading.refuse(code, message, line, range);
    return unknownInstruction(parts, frame);
  };
  if (rest.from === rest.to) return refused('argument-count', 'HEALTHCHECK needs CMD with a command, or NONE.');
  let typeEnd = rest.from;
  // The builder looks at bytes here, so the blanks of Unicode end no type.
  while (typeEnd < rest.to && !isSeparator(text.charCodeAt(typeEnd))) typeEnd++;
  const type = text.slice(rest.from, typeEnd).toUpperCase();
  const range = { from: skipSpaces(text, typeEnd, rest.to), to: rest.to };
  const [command] = readCommand(line, range, reading, 'run');
  if (command === undefined) return unknownInstruction(parts, frame);

  if (type === 'NONE') {
    if (range.from < range.to && !(command.form === 'exec' && command.args.length === 0))
      return refused('argument-count', 'HEALTHCHECK NONE takes nothing behind it.', range);
    return { ...frame, keyword: 'HEALTHCHECK', command: undefined, options: {} };
  }
  if (!acceptFlags(frame.flags, 'HEALTHCHECK', reading)) return unknownInstruction(parts, frame);
  if (type !== 'CMD') {
    return refused('flag-value', `HEALTHCHECK is followed by CMD or NONE, not ${type}.`, {
      from: rest.from,
      to: typeEnd,
    });
  }
  if (range.from === range.to || (command.form === 'exec' && command.args.length === 0)) {
    return refused('argument-count', 'HEALTHCHECK CMD needs a command.');
  }
  const options = readHealthOptions(frame, reading);
  if (options === undefined) return unknownInstruction(parts, frame);
  return { ...frame, keyword: 'HEALTHCHECK', command, options };
}

const durations = [
  ['interval', 'intervalMs'],
  ['timeout', 'timeoutMs'],
  ['start-period', 'startPeriodMs'],
  ['start-interval', 'startIntervalMs'],
] as const;

function readHealthOptions(frame: Frame, reading: Reading): HealthcheckInstruction['options'] | undefined {
  const options: {
    -readonly [Key in keyof HealthcheckInstruction['options']]: HealthcheckInstruction['options'][Key];
  } = {};
  for (const [name, key] of durations) {
    const word = flagValue(frame.flags, name);
    if (word?.value === undefined || word.value === '') continue;
    const milliseconds = readDuration(word.value);
    if (milliseconds === undefined || (milliseconds !== 0 && milliseconds < 1))
      return refuseOption(word, name, reading);
    options[key] = milliseconds;
  }
  const retries = flagValue(frame.flags, 'retries');
  if (retries?.value !== undefined && retries.value !== '') {
    if (!/^(?:\+?\d{1,10}|-0+)$/.test(retries.value) || Number(retries.value) > 2_147_483_647)
      return refuseOption(retries, 'retries', reading);
    options.retries = Math.abs(Number(retries.value));
  }
  return options;
}

function refuseOption(word: Word, name: string, reading: Reading): undefined {
  const wanted = name === 'retries' ? 'a number' : 'a duration of at least 1ms, such as 30s or 1m30s';
  reading.problems.add('flag-value', `--${name} is ${wanted}, not ${word.value ?? word.raw}.`, word.span);
  return undefined;
}

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Go counts nanoseconds in 63 bits. */
const longestDuration = 9_223_372_036_854.775;

/** Milliseconds of a Go duration such as `1m30s`; `undefined` when it is none. */
function readDuration(text: string): number | undefined {
  if (/^[-+]?0$/.test(text)) return 0;
  const match = /^([-+]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (match?.[2] === undefined) return undefined;
  let total = 0;
  for (const [, amount, unit] of match[2].matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(amount) * (units[unit ?? ''] ?? 0);
  }
  if (total > longestDuration) return undefined;
  return match[1] === '-' ? -total : total;
}
