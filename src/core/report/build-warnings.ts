/**
 * What the builder's own checks say during a build -> findings of the row `builds-and-starts`.
 *
 * The builder knows things that the text alone does not tell (variables of the base image, for one). Where a rule of ours is
 * the same check, by its aliases, and has spoken of that instruction, ours stands alone: nothing is said twice. An engine
 * without these checks sends none, and then nothing is said.
 * Source: Docker docs, "Build checks"; measured on engine 28: a warning is `Name: sentence (line 6)` with a range.
 */
import type { Finding, LineSpan, Severity } from '../../schemas/finding.ts';
import type { Dockerfile, Instruction } from '../dockerfile/types.ts';
import { fingerprint } from './fingerprint.ts';

/** One warning, as the builder sent it. */
export interface BuildWarning {
  readonly text: string;
  readonly detail: string;
  readonly url: string;
  readonly line: number | null;
}

/** Id of the findings; the builder's name of the check is their alias. */
export const BUILD_CHECK = 'build-check';

/** Checks that tell of a mistake. Everything else is a matter of style, or is judged by a rule of ours. */
const SEVERITIES: ReadonlyMap<string, Severity> = new Map<string, Severity>([
  ...[
    'UndefinedVar',
    'UndefinedArgInFrom',
    'InvalidDefaultArgInFrom',
    'CopyIgnoredFile',
    'DuplicateStageName',
    'MultipleInstructionsDisallowed',
    'NoEmptyContinuation',
    'ReservedStageName',
    'ExposeInvalidFormat',
  ].map((name) => [name, 'warning'] as const),
  ...[
    'FromAsCasing',
    'ConsistentInstructionCasing',
    'StageNameCasing',
    'LegacyKeyValueFormat',
    'MaintainerDeprecated',
    'RedundantTargetPlatform',
    'InvalidDefinitionDescription',
    'ExposeProtoCasing',
  ].map((name) => [name, 'style'] as const),
]);

/**
 * The findings of these warnings, in the order of their lines. Pure.
 *
 * @param told  the findings of our own rules
 */
export function warningFindings(
  warnings: readonly BuildWarning[],
  dockerfile: Dockerfile,
  path: string,
  told: readonly Finding[],
): readonly Finding[] {
  const counts = new Map<string, number>();
  return warnings
    .toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0))
    .flatMap(({ text, detail, url, line }): readonly Finding[] => {
      const [, name = '', sentence = ''] = /^([A-Za-z]{3,60}): (.+?)(?: \(line \d+\))?$/.exec(text) ?? [];
      if (name === '') return [];
      const at = dockerfile.instructions.find(({ span }) => line !== null && holds(span, line));
      if (told.some((finding) => isSame(finding, name, path, at, line))) return [];
      const key = `${name} ${sentence}`;
      const count = counts.get(key) ?? 0;
      counts.set(key, count + 1);
      return [
        {
          rule: BUILD_CHECK,
          item: 'builds-and-starts',
          severity: SEVERITIES.get(name) ?? 'info',
          confidence: 'high',
          message: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${/[.!?]$/.test(sentence) ? '' : '.'}`,
          file: path,
          span: at === undefined ? null : lineSpan(at),
          why: detail === '' ? 'The builder warns of it while it builds.' : detail.slice(0, 2000),
          fix: `${url === '' ? '' : `${url} shows how to write it. `}To accept it, put \`# check=skip=${name}\` at the top of the file.`,
          aliases: [name],
          fingerprint: fingerprint(BUILD_CHECK, path, key, count),
        },
      ];
    });
}

function isSame(
  finding: Finding,
  name: string,
  path: string,
  at: Instruction | undefined,
  line: number | null,
): boolean {
  if (!finding.aliases.includes(name) || finding.file !== path) return false;
  const { span } = finding;
  if (span === null || line === null) return true;
  // Both may point at different words of one instruction.
  return at === undefined ? span.line === line : holds(at.span, span.line);
}

function holds({ start, end }: Instruction['span'], line: number): boolean {
  return start.line <= line && line <= end.line;
}

function lineSpan({ span: { start, end } }: Instruction): LineSpan {
  return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}
