/**
 * Variables that are used and set nowhere, above images of which it is known what they set. Above `scratch` the reading of the
 * file tells it (`Dockerfile.unsetVariables`); here it is told for the stages that stand on one of the table.
 */
import type { Instruction, RunInstruction, Span, Stage, Word } from '../../dockerfile/types.ts';
import { leavesUnset } from '../tables/image-variables.ts';
import { chainOf, commandsOf } from './ask.ts';
import { question } from './question.ts';

/** One use of a variable that is empty there. */
export interface UnsetUse {
  readonly name: string;
  readonly at: Span;
  /** The line of the ARG before the first FROM that was meant. */
  readonly outerLine: number | undefined;
  /** `ENV LIBRARIES=/opt/lib:$LIBRARIES`: written for the case that the image below sets it. */
  readonly isOwn: boolean;
}

/** Set by the builder without any ARG, or by whoever runs it. */
const GIVEN = /^(?:(?:https?|ftp|no|all)_proxy|SOURCE_DATE_EPOCH|BUILDKIT_\w+)$/i;
const PLAIN_USE = /(?<!\\)\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g;
/** More uses than these nobody wrote by hand. */
const MOST = 300;
/** Nor as many characters of RUN to be looked through, one name after the other. */
const MOST_READ = 5_000_000;

/** The uses in file order, each name once an instruction. */
export const unsetUses = question(({ dockerfile }): readonly UnsetUse[] => {
  const first = dockerfile.stages[0]?.from.span.start.offset ?? 0;
  const outer = new Map<string, number>();
  for (const one of dockerfile.instructions) {
    if (one.keyword !== 'ARG' || one.span.start.offset > first) continue;
    for (const { key } of one.pairs) if (key.value !== undefined) outer.set(key.value, one.span.start.line);
  }
  const found: UnsetUse[] = [];
  const declared = new Map<Stage, Set<string>>();
  const budget = { left: MOST_READ };
  for (const stage of dockerfile.stages) {
    const names = new Set<string>();
    declared.set(stage, names);
    const chain = chainOf(stage);
    const base = chain[0]?.base;
    for (const one of [...stage.triggers, ...stage.instructions]) {
      if (base?.kind === 'image') {
        for (const [name, at] of one.keyword === 'RUN' ? usesOfShell(one, outer, budget) : usesOf(one)) {
          if (chain.some((below) => declared.get(below)?.has(name) === true)) continue;
          if (GIVEN.test(name) || !leavesUnset(base.reference, name)) continue;
          const pair =
            one.keyword === 'ENV'
              ? one.pairs.find(({ value }) => value?.span.start.offset === at.start.offset)
              : undefined;
          found.push({ name, at, outerLine: outer.get(name), isOwn: pair?.key.value === name });
          if (found.length > MOST) return found;
        }
      }
      if (one.keyword !== 'ENV' && one.keyword !== 'ARG') continue;
      for (const { key } of one.pairs) if (key.value !== undefined) names.add(key.value);
    }
  }
  return found;
});

/** The variables that the builder puts into an instruction, where nothing stands in for an empty one. */
function usesOf(one: Instruction): ReadonlyMap<string, Span> {
  switch (one.keyword) {
    case 'ENV':
    case 'LABEL':
      return usesIn(one.pairs.flatMap(({ value }) => value ?? []));
    case 'WORKDIR':
    case 'USER':
      return usesIn(one.words);
    case 'COPY':
    case 'ADD':
      return one.heredocs.length > 0
        ? new Map()
        : usesIn([...one.sources, one.destination, one.chown].flatMap((word) => word ?? []));
    default:
      return new Map();
  }
}

function usesIn(words: readonly Word[]): Map<string, Span> {
  const uses = new Map<string, Span>();
  for (const { raw, value, span } of words) {
    if (value !== undefined || raw.includes("'")) continue;
    for (const [, plain, braced] of raw.matchAll(PLAIN_USE)) {
      const name = plain ?? braced ?? '';
      if (!uses.has(name)) uses.set(name, span);
    }
  }
  return uses;
}

/** In RUN a shell reads them, and may have set any: only those that were meant to come from above are told. */
function usesOfShell(
  run: RunInstruction,
  outer: ReadonlyMap<string, number>,
  budget: { left: number },
): ReadonlyMap<string, Span> {
  const { text } = run.command;
  if (outer.size === 0 || run.heredocs.length > 0 || /(?:^|[\s;&|(])(?:\.|source|eval|set\s+-a)\s/.test(text))
    return new Map();
  const uses = usesIn(commandsOf(run).flatMap(({ args }) => args));
  const told = [...uses].filter(([name]) => {
    if (!outer.has(name) || (budget.left -= text.length) < 0) return false;
    // `NAME=…`, `read NAME`, `for NAME in`, `${NAME:-…}`: the step sets it, or does without.
    return !new RegExp(String.raw`(?<!\$|\$\{)\b${name}\b|\$\{${name}[^}\w]`).test(text);
  });
  return new Map(told);
}
