/** Promises over many reports. */
import fc from 'fast-check';
import type { Look } from '../../src/formats/format.ts';
import { formats } from '../../src/formats/index.ts';
import type { Report } from '../../src/schemas/report.ts';
import { fixed, generated } from './more-reports.ts';

// The same texts each time, so that a run tells of the change at hand; SEED=… tries others.
fc.configureGlobal({ seed: Number(process.env['SEED'] ?? 1) });

/** A report in a format. */
export function told(name: string, report: Report, look?: Look): string {
  const format = formats.find((one) => one.name === name);
  if (format === undefined) throw new Error(`no format ${name}`);
  return format.render(report, look);
}

/** Holds over every fixed report and as many generated ones as time allows. */
export function holds(check: (report: Report) => void): void {
  for (const report of Object.values(fixed)) check(report);
  fc.assert(fc.property(generated, check), { numRuns: 60 });
}

/** The findings that count. */
export const open = (report: Report): Report['findings'] =>
  report.findings.filter(({ waived }) => waived === undefined);

/** Throws where two values are not the same, so that fast-check makes the case small. */
export function equal(is: unknown, should: unknown, what: string): void {
  if (is !== should) throw new Error(`${what}: ${JSON.stringify(is)}, not ${JSON.stringify(should)}`);
}
/** Throws where something is not so. */
export function truth(is: boolean, what: string): void {
  if (!is) throw new Error(what);
}
