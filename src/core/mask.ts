/**
 * Keeps what was given in confidence out of what is told: the values of build arguments and variables that are secrets
 * are replaced wherever a builder, a container or a rule has repeated them.
 *
 * Not every value is hidden: `VERSION=1.2` would take every "1.2" out of the log. A value counts as a secret when its name
 * says so, or when its own form does.
 */
import type { BuildStep, Report } from '../schemas/report.ts';
import { isMachineMade, secretName, secretValues } from './rules/secrets.ts';

/** Hides secrets in a text. */
export type Mask = (text: string) => string;

/** Shorter ones would hide common words, and are no secrets worth the name. */
const SHORTEST = 4;

/** A mask for the secrets among named values. Pure; longest first, so that no rest of one shows beside another. */
export function makeMask(...given: readonly (Readonly<Record<string, string>> | undefined)[]): Mask {
  const secrets = given
    .flatMap((values) => Object.entries(values ?? {}))
    .filter(([name, value]) => value.length >= SHORTEST && isSecret(name, value))
    .flatMap(([, value]) => [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])
    .sort((one, other) => other.length - one.length);
  const distinct = [...new Set(secrets)];
  return (text) => distinct.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}

function isSecret(name: string, value: string): boolean {
  if (secretName(name) !== 'no' || /PASS|SECRET|TOKEN/i.test(name)) return true;
  return secretValues(value).length > 0 || isMachineMade(value);
}

/** The steps of a build with their foreign texts masked. */
function maskSteps(steps: readonly BuildStep[], mask: Mask): BuildStep[] {
  return steps.map((step) => ({
    ...step,
    name: mask(step.name),
    error: step.error === null ? null : mask(step.error),
    log: mask(step.log),
  }));
}

/** A report with every text masked that may repeat what a build or a container was given. */
export function maskReport(report: Report, mask: Mask): Report {
  const { build, run } = report;
  return {
    ...report,
    items: report.items.map((item) => ({
      ...item,
      ...(item.predicted === undefined
        ? {}
        : { predicted: { ...item.predicted, summary: mask(item.predicted.summary) } }),
      ...(item.proven === undefined
        ? {}
        : {
            proven: {
              ...item.proven,
              summary: mask(item.proven.summary),
              evidence: item.proven.evidence.map(({ fact, value }) => ({
                fact,
                value: typeof value === 'string' ? mask(value) : value,
              })),
            },
          }),
    })),
    findings: report.findings.map((finding) => ({
      ...finding,
      message: mask(finding.message),
      ...(finding.waived === undefined ? {} : { waived: { ...finding.waived, reason: mask(finding.waived.reason) } }),
    })),
    assumptions: report.assumptions.map(mask),
    ...(build === undefined
      ? {}
      : {
          build: {
            ...build,
            steps: maskSteps(build.steps, mask),
            failure:
              build.failure === null
                ? null
                : {
                    ...build.failure,
                    message: mask(build.failure.message),
                    step: build.failure.step === null ? null : mask(build.failure.step),
                    log: mask(build.failure.log),
                  },
          },
        }),
    ...(run === undefined ? {} : { run: { ...run, log: mask(run.log) } }),
  };
}
