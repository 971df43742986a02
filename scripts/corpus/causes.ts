/** Recorded reasons of failed builds, classified as a failure of our own would be. A table to look at; nothing depends on it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainFailure } from '../../src/core/failure/explain.ts';
import type { FailureSeen } from '../../src/core/failure/types.ts';
import { makeBuildContext } from '../../src/core/context/build-context.ts';
import { parseDockerfile } from '../../src/core/dockerfile/parse.ts';
import { unreachable } from '../../src/core/failure/registry.ts';
import { z } from 'zod';

const Row = z.object({ file: z.string(), broken_reason: z.string().nullish(), broken_class: z.string().nullish() });

/**
 * Prints how many reasons have which cause, by the class that they were recorded under, and those without a cause.
 *
 * @param reasons  lines of JSON: `file` below the folder, `broken_reason`, `broken_class`
 * @param show     how many of each cause are printed with their advice
 */
export function countCauses(folder: string, reasons: string, show: number): void {
  const rows = readFileSync(reasons, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Row.parse(JSON.parse(line)))
    .filter((row): row is typeof row & { broken_reason: string } => typeof row.broken_reason === 'string');
  const counts = new Map<string, number>();
  const told = new Map<string, string[]>();
  for (const { file, broken_reason: reason, broken_class: group } of rows) {
    const path = join(folder, file);
    const dockerfile = parseDockerfile(existsSync(path) ? readFileSync(path, 'utf8') : '');
    const seen = seenIn(reason);
    const lost = unreachable(seen);
    const { cause, advice } =
      lost === undefined
        ? explainFailure(seen, { dockerfile, context: makeBuildContext({}) })
        : { cause: 'registry-unreachable', advice: `${lost.host} ${lost.what}` };
    const key = `${cause.padEnd(22)}${group ?? '-'}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    told.set(cause, [...(told.get(cause) ?? []), `${file}\n      ${reason.slice(0, 200)}\n      → ${advice}`]);
  }
  console.log('cause                 recorded as           builds');
  for (const [key, count] of [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const [cause, group] = [key.slice(0, 22), key.slice(22)];
    console.log(`${cause}${group.padEnd(22)}${String(count).padStart(6)}`);
  }
  const open = told.get('unknown') ?? [];
  console.log(`\n${rows.length} reasons, ${open.length} of them without a cause`);
  for (const line of open) console.log(`  ${line}`);
  for (const [cause, lines] of told) {
    if (show > 0) console.log(`\n${cause}`);
    for (const line of lines.slice(0, show)) console.log(`  ${line}`);
  }
}

/** A reason that is recorded without its output; the older builder names exit codes in its own way. */
function seenIn(reason: string): FailureSeen {
  const [, code] = /returned a non-zero code: (\d{1,3})$/.exec(reason) ?? [];
  const [, line] = /\bline (\d{1,6})\b/.exec(reason) ?? [];
  return {
    message: reason.slice(0, 4000),
    step: null,
    line: line === undefined || line === '0' ? null : Number(line),
    exitCode: code === undefined ? null : Number(code),
    log: '',
  };
}
