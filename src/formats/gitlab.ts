/** Format: for a merge request on GitLab. A Code Quality report; what was waived is left out, since it has no word for it. */
import { z } from 'zod';
import type { Report } from '../schemas/report.ts';
import { byGravity, defineFormat, plainLine, spotOrTop } from './format.ts';

const CodeQuality = z
  .array(
    z.strictObject({
      description: z.string().min(1),
      check_name: z.string().min(1),
      fingerprint: z.string().min(1).meta({ description: 'Unique in the report, and the same whatever the line.' }),
      severity: z.enum(['info', 'minor', 'major', 'critical', 'blocker']),
      location: z.strictObject({
        path: z.string().min(1),
        lines: z.strictObject({ begin: z.int().min(1), end: z.int().min(1) }),
      }),
    }),
  )
  .meta({ id: 'CodeQuality', description: 'The findings that are not waived, as GitLab reads them.' });
type Entry = z.infer<typeof CodeQuality>[number];

export default defineFormat({
  name: 'gitlab',
  mediaType: 'application/json; charset=utf-8',
  accepts: [],
  schema: CodeQuality,
  render: (report) => `${JSON.stringify(entries(report))}\n`,
});

function entries(report: Report): readonly Entry[] {
  const taken = new Set<string>();
  return byGravity(report.findings)
    .filter(({ waived }) => waived === undefined)
    .map((finding) => {
      const { file, line, endLine } = spotOrTop(report, finding);
      const name = plainLine(finding.rule) || 'finding';
      return {
        description: plainLine(finding.message) || name,
        check_name: name,
        fingerprint: unique(finding.fingerprint.toWellFormed() || name, taken),
        severity: severity(report, finding),
        location: { path: file, lines: { begin: line, end: endLine } },
      };
    });
}

/** GitLab shows only the first of several entries with one fingerprint. */
function unique(fingerprint: string, taken: Set<string>): string {
  let one = fingerprint;
  for (let count = 2; taken.has(one); count += 1) one = `${fingerprint}-${count}`;
  taken.add(one);
  return one;
}

/** `blocker`: an error that makes the image not ready. */
function severity({ items }: Report, finding: Report['findings'][number]): Entry['severity'] {
  const isRequired = items.some(
    ({ id, level, status }) => id === finding.item && level === 'required' && status === 'fail',
  );
  const others = { error: 'critical', warning: 'major', info: 'minor', style: 'info' } as const;
  return finding.severity === 'error' && isRequired ? 'blocker' : others[finding.severity];
}
