/**
 * What our parser and a real BuildKit make of the same Dockerfile, side by side.
 *
 * Two comparisons. Syntax: is the file taken or refused when it is read, and which stages does it have (`targets`). Meaning:
 * is it taken or refused when its stages are turned into build steps, and which warnings come of it (`lint`): they tell what
 * BuildKit expanded, what it took for the JSON form and how it read pairs. For the second one every external base is
 * replaced by `scratch`, on the same line: it is always present, and all its variables are known.
 */
import { type ParseOptions, parseDockerfile } from '../../src/core/dockerfile/parse.ts';
import type { Dockerfile, Instruction, Stage } from '../../src/core/dockerfile/types.ts';
import type { Answer, BuildKit } from './buildkit.ts';

/** What one side says: why it refuses the file, or what it saw in it. */
export interface Reading {
  readonly refused: string | undefined;
  readonly seen: readonly string[];
}

/** Both sides of one comparison. */
export interface Comparison {
  readonly agrees: boolean;
  /** Why they differ, where that is known and stays. */
  readonly explanation: string | undefined;
  readonly ours: Reading;
  readonly theirs: Reading;
}

/** Compares what is seen when the file is read. */
export async function compareSyntax(buildkit: BuildKit, bytes: Uint8Array): Promise<Comparison> {
  const theirs = readTargets(await buildkit.ask('targets', bytes));
  const file = parseDockerfile(decode(bytes));
  const problems = file.problems.filter(({ when }) => when === 'reading');
  const seen = file.stages.map(({ name, from }) =>
    [name ?? '', joined(from.image.raw), joined(withoutQuotes(from.platform?.raw ?? ''))].join(' '),
  );
  return compare({ refused: tell(problems), seen }, theirs);
}

/** Compares what is seen when the stages are turned into build steps. */
export async function compareMeaning(
  buildkit: BuildKit,
  bytes: Uint8Array,
  options: ParseOptions = {},
): Promise<Comparison> {
  const all: ParseOptions = { ...options, buildArgs: options.buildArgs ?? {}, allStages: options.target === undefined };
  const text = onScratch(decode(bytes), all);
  const given = Object.entries(all.buildArgs ?? {}).map(([name, value]) => [`build-arg:${name}`, value] as const);
  const asked = { ...Object.fromEntries(given), ...(options.target === undefined ? {} : { target: options.target }) };
  const theirs = readLint(await buildkit.ask('lint', Buffer.from(text), asked), text);
  const file = parseDockerfile(text, all);
  return compare({ refused: tell(file.problems), seen: [...new Set(warningsOf(file))].toSorted() }, theirs);
}

function compare(ours: Reading, theirs: Reading): Comparison {
  const bothRefuse = ours.refused !== undefined && theirs.refused !== undefined;
  const bothTake = ours.refused === undefined && theirs.refused === undefined;
  const agrees = bothRefuse || (bothTake && ours.seen.join('\n') === theirs.seen.join('\n'));
  return { agrees, explanation: agrees ? undefined : explain(theirs.refused ?? ''), ours, theirs };
}

/** Differences that stay: the parser follows a newer BuildKit than the one that is asked. */
function explain(refused: string): string | undefined {
  if (/unknown flag: --(parents|security|device|exclude|unpack)\b/.test(refused)) return 'a flag of newer builders';
  if (refused.includes('device feature is only supported')) return 'a flag of newer builders';
  return undefined;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function tell(problems: Dockerfile['problems']): string | undefined {
  if (problems.length === 0) return undefined;
  return problems.map(({ code, message, span }) => `${span.start.line}: ${code}: ${message}`).join(' | ');
}

/** A word that stands on several lines, as one. */
function joined(raw: string): string {
  return raw.replaceAll(/[\\`][ \t\r]*\n(?:[ \t]*(?:#.*)?\n)*/g, '');
}

function withoutQuotes(text: string): string {
  return text.replaceAll(/["']/g, '');
}

interface Target {
  readonly name?: string;
  readonly base?: string;
  readonly platform?: string;
}

function readTargets(answer: Answer): Reading {
  if ('refused' in answer) return { refused: answer.refused, seen: [] };
  // The form that BuildKit documents for `frontend.targets`.
  const targets = (answer.ok['targets'] ?? []) as readonly Target[];
  return {
    refused: undefined,
    seen: targets.map(({ name = '', base = '', platform = '' }) => [name, base, platform].join(' ')),
  };
}

interface LintResult {
  readonly buildError?: { readonly message: string };
  readonly warnings?:
    | null
    | readonly {
        readonly ruleName: string;
        readonly detail: string;
        readonly location?: { readonly ranges?: readonly { readonly start: { readonly line: number } }[] };
      }[];
}

/** What is taken from the text of a warning: the value or name that it speaks of. */
const details: Readonly<Record<string, RegExp>> = {
  UndefinedVar: /variable '\$(.*?)'/s,
  WorkdirRelativePath: /workdir (".*") can/s,
  JSONArgsRecommended: /for (\S+) to/,
  MultipleInstructionsDisallowed: /Multiple (\S+) /,
  DuplicateStageName: /name "(.*?)"/,
  LegacyKeyValueFormat: /^()/,
  MaintainerDeprecated: /^()/,
};

function readLint(answer: Answer, text: string): Reading {
  if ('refused' in answer) return { refused: answer.refused, seen: [] };
  // The form that BuildKit documents for `frontend.lint`.
  const { buildError, warnings } = answer.ok as LintResult;
  if (buildError !== undefined) return { refused: buildError.message, seen: [] };
  const fromLines = new Set(parseDockerfile(text).stages.map(({ from }) => from.span.start.line));
  const seen = (warnings ?? []).flatMap(({ ruleName, detail, location }) => {
    const line = location?.ranges?.[0]?.start.line ?? 0;
    const what = details[ruleName]?.exec(detail)?.[1];
    // What a trigger does is told at the FROM that brought it in, and left out on both sides.
    if (what === undefined || (fromLines.has(line) && ruleName !== 'DuplicateStageName')) return [];
    return [`${ruleName} ${line} ${what.toUpperCase()}`];
  });
  return { refused: undefined, seen: [...new Set(seen)].toSorted() };
}

/** The text with every image that is not in the file replaced by `scratch`. */
export function onScratch(text: string, options: ParseOptions): string {
  const file = parseDockerfile(text, options);
  const edits: (readonly [number, number, string])[] = [];
  for (const { base, from } of file.stages) {
    if (base.kind !== 'stage') edits.push([from.image.span.start.offset, from.image.span.end.offset, 'scratch']);
  }
  for (const instruction of file.instructions.flatMap((one) => [
    one,
    ...(one.keyword === 'ONBUILD' && one.trigger ? [one.trigger] : []),
  ])) {
    if (instruction.keyword === 'COPY' && instruction.source?.kind === 'image' && instruction.from !== undefined) {
      edits.push([instruction.from.span.start.offset, instruction.from.span.end.offset, 'scratch']);
    }
    if (instruction.keyword !== 'RUN') continue;
    for (const { source, span } of instruction.mounts) {
      const from = /from=[^,]*/i.exec(text.slice(span.start.offset, span.end.offset));
      if (source?.kind !== 'image' || from === null) continue;
      const at = span.start.offset + from.index;
      edits.push([at, at + from[0].length, 'from=scratch']);
    }
  }
  let result = text;
  for (const [start, end, replacement] of edits.toSorted((a, b) => b[0] - a[0])) {
    result = result.slice(0, start) + replacement + result.slice(end);
  }
  return result;
}

/** The warnings that BuildKit must give if it read the file as we did. */
function warningsOf(file: Dockerfile): readonly string[] {
  const all = [...stageWarnings(file)];
  const firstFrom = file.stages[0]?.from.span.start.offset ?? 0;
  for (const { name, span } of file.unsetVariables) {
    const instruction = file.instructions.findLast((one) => one.span.start.offset <= span.start.offset);
    // EXPOSE expands without a word, and so do the lines before the first FROM; a trigger's are told elsewhere.
    const isTold = instruction !== undefined && !['FROM', 'EXPOSE', 'ONBUILD'].includes(instruction.keyword);
    if (isTold && span.start.offset > firstFrom) all.push(`UndefinedVar ${lineOf(instruction)} ${name.toUpperCase()}`);
  }
  return all;
}

function* stageWarnings({ stages }: Dockerfile): Generator<string> {
  const names = new Set<string>();
  const workdirs = new Set<Stage>();
  const shells = new Set<Stage>();
  for (const stage of stages) {
    if (stage.name !== undefined && names.has(stage.name)) {
      yield `DuplicateStageName ${lineOf(stage.from)} ${stage.name.toUpperCase()}`;
    }
    if (stage.name !== undefined) names.add(stage.name);
    const below = stage.base.kind === 'stage' ? stage.base.stage : undefined;
    if (below !== undefined && workdirs.has(below)) workdirs.add(stage);
    if (below !== undefined && shells.has(below)) shells.add(stage);
    for (const trigger of stage.triggers) {
      if (trigger.keyword === 'WORKDIR') workdirs.add(stage);
      if (trigger.keyword === 'SHELL') shells.add(stage);
    }
    const last = new Map<string, Instruction>();
    for (const instruction of [...stage.triggers, ...stage.instructions]) {
      const { keyword } = instruction;
      if (keyword === 'CMD' || keyword === 'ENTRYPOINT' || keyword === 'HEALTHCHECK') {
        const before = last.get(keyword);
        if (before !== undefined) yield `MultipleInstructionsDisallowed ${lineOf(before)} ${keyword}`;
        last.set(keyword, instruction);
      }
      if (stage.triggers.includes(instruction)) continue;
      yield* instructionWarnings(instruction, stage, workdirs, shells);
    }
  }
}

function* instructionWarnings(
  instruction: Instruction,
  stage: Stage,
  workdirs: Set<Stage>,
  shells: Set<Stage>,
): Generator<string> {
  const line = lineOf(instruction);
  switch (instruction.keyword) {
    case 'SHELL':
      shells.add(stage);
      return;
    case 'CMD':
    case 'ENTRYPOINT':
      if (instruction.command.form === 'shell' && !shells.has(stage))
        yield `JSONArgsRecommended ${line} ${instruction.keyword}`;
      return;
    case 'WORKDIR': {
      const path = instruction.words[0]?.value;
      if (!workdirs.has(stage) && path?.startsWith('/') === false)
        yield `WorkdirRelativePath ${line} ${JSON.stringify(path).toUpperCase()}`;
      workdirs.add(stage);
      return;
    }
    case 'ENV':
    case 'LABEL':
      if (instruction.isLegacy) yield `LegacyKeyValueFormat ${line} `;
      return;
    case 'MAINTAINER':
      yield `MaintainerDeprecated ${line} `;
      return;
    default:
  }
}

/** The line on which BuildKit sees an instruction begin. */
function lineOf({ keywordSpan }: Instruction): number {
  return keywordSpan.start.line;
}
