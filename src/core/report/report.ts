/**
 * Findings and proofs -> items -> score -> verdict. The only maker of reports.
 *
 * An analysis is made from what the rules said; a verification takes that analysis and adds what the probes saw, so the
 * prediction stands beside the proof and is never rewritten. How a row gets its status: docs/decisions/0001.
 */
import { ItemId } from '../../schemas/item.ts';
import type { Item, Status } from '../../schemas/item.ts';
import type { Finding } from '../../schemas/finding.ts';
import type { BuildStep, Report } from '../../schemas/report.ts';
import type { Analysis } from '../analyze.ts';
import { checklist } from './checklist.ts';
import { fingerprint } from './fingerprint.ts';
import type { AnyProbe, Proof } from '../probes/probe.ts';
import { joined, speaks } from './proven.ts';
import type { Proven } from './proven.ts';
import type { PolicyInForce } from '../policy/policy.ts';
import { severityUnder } from '../policy/policy.ts';
import { askedByPlatform, dropped } from '../policy/profiles.ts';
import { rules } from '../rules/index.ts';

/** What a report needs that core cannot know: ids and times come from outside. */
export interface Stamp {
  readonly id: string;
  readonly createdAt: string;
  readonly durationMs: number;
  readonly toolVersion: string;
}

/** The report of a static analysis. */
export function analysisReport(
  analysis: Omit<Analysis, 'crashes'>,
  about: Pick<Report, 'project' | 'profile'> & {
    readonly source?: Report['source'];
    readonly assumptions: readonly string[];
    readonly policy: PolicyInForce;
  },
  stamp: Stamp,
): Report {
  const report: Parameters<typeof judged>[0] = {
    schemaVersion: 1,
    id: stamp.id,
    kind: 'analysis',
    createdAt: stamp.createdAt,
    durationMs: stamp.durationMs,
    tool: { version: stamp.toolVersion },
    project: about.project,
    profile: about.profile,
    ...policyPart(about.policy),
    ...(about.source === undefined ? {} : { source: about.source }),
    items: ItemId.options.map((id) => ({ ...said(id), status: 'unknown', predicted: analysis.predicted[id] })),
    findings: [...analysis.findings],
    assumptions: [...about.assumptions],
  };
  return judged(report, new Set());
}

/** The report of a verification: the analysis made at submission, and what the probes saw since. */
export function verificationReport(
  analysis: Report,
  proven: readonly Proven[],
  more: Pick<Report, 'build' | 'image' | 'run' | 'production'> & {
    readonly assumptions: readonly string[];
    readonly engine: string;
    readonly policy: PolicyInForce;
    /** What the builder's own checks said that no rule of ours did. */
    readonly warnings: readonly Finding[];
    /** Marks the findings that somebody accepted. */
    readonly waive: (findings: readonly Finding[]) => readonly Finding[];
  },
  stamp: Stamp,
): Report {
  const { assumptions, engine, build, policy, warnings, waive, ...seen } = more;
  const heeded = proven.filter(({ probe }) => policy.rules.get(probe.id) !== 'off');
  const decided = new Set(heeded.filter(({ probe }) => probe.evidenceOnly !== true).map(({ probe }) => probe.item));
  const report: Parameters<typeof judged>[0] = {
    ...analysis,
    ...seen,
    ...(build === undefined ? {} : { build: { ...build, steps: withinBudget(build.steps) } }),
    id: stamp.id,
    kind: 'verification',
    createdAt: stamp.createdAt,
    durationMs: stamp.durationMs,
    tool: { version: stamp.toolVersion, engine },
    items: analysis.items.map((item) => {
      const own = heeded.filter(({ probe }) => probe.item === item.id && speaks(probe, analysis.profile.name));
      return own.length === 0 ? item : { ...item, proven: joined(own) };
    }),
    findings: [
      ...analysis.findings.map((finding) => takeBack(finding, proven)),
      ...waive([
        ...warnings.flatMap((warning) => underPolicy(warning, policy)),
        ...heeded.flatMap(({ probe, proof }) => probeFinding(probe, proof, policy)),
      ]),
    ],
    assumptions: [...analysis.assumptions, ...assumptions],
  };
  return judged(report, decided);
}

/** All step logs of a report together, in characters: thousands of chatty steps must not make a report of megabytes. */
const STEP_LOG_BUDGET = 1_000_000;

/** The steps with the logs of the last ones, as far as the budget goes: what came last says most. */
function withinBudget(steps: readonly BuildStep[]): BuildStep[] {
  let left = STEP_LOG_BUDGET;
  return steps
    .toReversed()
    .map((step) => {
      left -= step.log.length;
      return left < 0 ? { ...step, log: '' } : step;
    })
    .toReversed();
}

function said(id: ItemId): Pick<Item, 'id' | 'category' | 'level' | 'title'> {
  return { id, ...checklist[id] };
}

/** A rule's finding, taken back when the probe that the rule names has passed. */
function takeBack(finding: Finding, proven: readonly Proven[]): Finding {
  const probe = rules.find((rule) => rule.id === finding.rule)?.provenBy;
  const proof = proven.find((one) => one.probe.id === probe)?.proof;
  return probe === undefined || proof?.status !== 'pass'
    ? finding
    : { ...finding, waived: { by: probe, reason: `Proven on the container: ${proof.summary}`.slice(0, 1000) } };
}

/** A finding of the builder as the policy has it; none when it is switched off. */
function underPolicy(finding: Finding, { rules: settings }: PolicyInForce): readonly Finding[] {
  const severity = severityUnder(settings.get(finding.rule), finding.severity, finding.severity);
  return severity === undefined ? [] : [{ ...finding, severity }];
}

/** What the report says of the policy; nothing where there is none. */
function policyPart({ sources, threshold, notHeeded }: PolicyInForce): Pick<Report, 'policy'> {
  if (sources.length === 0) return {};
  return {
    policy: {
      sources: [...sources],
      threshold,
      notHeeded: notHeeded.slice(0, 100).map((sentence) => sentence.slice(0, 1000)),
    },
  };
}

function probeFinding(probe: AnyProbe, proof: Proof, { rules: settings }: PolicyInForce): readonly Finding[] {
  if (proof.status !== 'fail' && proof.status !== 'warn') return [];
  const usual = proof.status === 'warn' ? 'warning' : probe.severity;
  const severity = severityUnder(settings.get(probe.id), probe.severity, usual) ?? usual;
  return [
    {
      rule: probe.id,
      item: probe.item,
      severity,
      confidence: 'high',
      message: proof.summary.slice(0, 2000),
      file: '',
      span: null,
      why: probe.why,
      fix: probe.fix,
      aliases: [],
      fingerprint: fingerprint(probe.id),
    },
  ];
}

/**
 * Everything that follows from items and findings: statuses, score, grade, verdict.
 * @param decided  the rows that a probe has decided; what is proven of another is evidence, and no word on its status
 */
function judged(report: Omit<Report, 'verdict' | 'score' | 'grade'>, decided: ReadonlySet<ItemId>): Report {
  const items = report.items.map((item) => ({
    ...item,
    status: dropped[report.profile.name].includes(item.id)
      ? platformStatus(item, report)
      : status(item, report.findings, decided.has(item.id)),
  }));
  const blocks = (item: Item): boolean =>
    item.level === 'required' &&
    (item.status === 'fail' || (report.kind === 'verification' && item.status === 'unknown'));
  const points = score(items, report.kind);
  return {
    ...report,
    items,
    verdict: items.some(blocks) || points < (report.policy?.threshold ?? 0) ? 'not-ready' : 'ready',
    score: points,
    grade: points >= 90 ? 'A' : points >= 80 ? 'B' : points >= 70 ? 'C' : points >= 60 ? 'D' : points >= 50 ? 'E' : 'F',
  };
}

/** Of a row that the profile leaves out: what the platform would see, and nothing of what the text says. */
function platformStatus(item: Item, { profile, findings }: Pick<Report, 'profile' | 'findings'>): Status {
  const asked = askedByPlatform[profile.name] ?? [];
  const proven = item.proven?.status;
  if (asked.length === 0 || proven === undefined || proven === 'unknown') return 'not-applicable';
  return status(
    item,
    findings.filter(({ rule }) => asked.includes(rule)),
    true,
  );
}

function status(item: Item, findings: readonly Finding[], isDecided: boolean): Status {
  const own = findings.filter((finding) => finding.item === item.id);
  const open = own.filter((finding) => finding.waived === undefined);
  const proven = isDecided ? item.proven?.status : undefined;
  // A probe that fails or warns is a finding too, and the policy may have accepted it or made it count less.
  if (open.some((finding) => finding.severity === 'error')) return 'fail';
  if (open.some((finding) => finding.severity === 'warning')) return 'warn';
  // A row that a probe should have shown and could not is unknown, however good the text looks.
  if (proven === 'pass' || proven === 'unknown') return proven;
  if (own.some((finding) => finding.waived !== undefined)) return 'waived';
  if (proven === 'fail' || proven === 'warn') return 'pass';
  const predicted = item.predicted?.status ?? 'unknown';
  // The container was looked at, and there was nothing to see: docs/decisions/0005-jobs.md.
  return proven === 'not-applicable' && predicted === 'unknown' ? proven : predicted;
}

/**
 * 0 to 100 over the rows that apply and are known; a warning counts half. A required row that a verification could not show counts
 * as one that was not reached: a hundred beside "not ready" would be read as a mistake. 0 when nothing is known.
 */
function score(items: readonly Item[], kind: Report['kind']): number {
  const weights = { required: 3, recommended: 2, info: 1 };
  const worth = { pass: 1, waived: 1, warn: 0.5, fail: 0 };
  let reached = 0;
  let possible = 0;
  for (const item of items) {
    if (item.status === 'not-applicable') continue;
    if (item.status === 'unknown' && (kind === 'analysis' || item.level !== 'required')) continue;
    reached += item.status === 'unknown' ? 0 : weights[item.level] * worth[item.status];
    possible += weights[item.level];
  }
  return possible === 0 ? 0 : Math.round((100 * reached) / possible);
}
