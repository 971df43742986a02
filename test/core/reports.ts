/** Reports made of what rules and probes may have said. */
import type { Analysis } from '../../src/core/analyze.ts';
import { probes } from '../../src/core/probes/index.ts';
import type { AnyProbe, Proof } from '../../src/core/probes/probe.ts';
import { noPolicy } from '../../src/core/policy/policy.ts';
import { analysisReport, verificationReport } from '../../src/core/report/report.ts';
import type { Proven } from '../../src/core/report/proven.ts';
import type { Finding, Severity } from '../../src/schemas/finding.ts';
import { ItemId } from '../../src/schemas/item.ts';
import type { Item, Status } from '../../src/schemas/item.ts';
import { ProfileName, Report } from '../../src/schemas/report.ts';

export const stamp = { id: '0198', createdAt: '2026-08-01T12:00:00Z', durationMs: 3, toolVersion: '0.1.0' };
export const ROW = 'signal-handling';

export function finding(severity: Severity, more: Partial<Finding> = {}): Finding {
  return {
    rule: 'made-up',
    item: ROW,
    severity,
    confidence: 'high',
    message: 'This is wrong.',
    file: 'Dockerfile',
    span: null,
    why: '',
    fix: '',
    aliases: [],
    fingerprint: severity,
    ...more,
  };
}

/** What the rules said: every row passes, save for those that are named. */
export function analysis(predicted: Partial<Record<ItemId, Status>> = {}, findings: readonly Finding[] = []): Analysis {
  const all = ItemId.options.map((id) => [id, { status: predicted[id] ?? 'pass', summary: 'said by the rules' }]);
  // Every id of the enum is a key.
  return { findings, crashes: [], predicted: Object.fromEntries(all) as Analysis['predicted'] };
}

export function analysed(said: Analysis, profile: ProfileName = 'service'): Report {
  const about = {
    project: null,
    profile: { name: profile, detected: false, why: 'for this test' },
    assumptions: [],
    policy: noPolicy,
  };
  return analysisReport(said, about, stamp);
}

export function proof(status: Proof['status'], more: Partial<AnyProbe> = {}, summary: string = status): Proven {
  const [some] = probes;
  if (some === undefined) throw new Error('there are no probes');
  const evidence = [{ fact: 'seen', value: summary }];
  const { isPartial: _, ...whole } = some;
  return {
    probe: { ...whole, id: 'made-up-probe', item: ROW, severity: 'error', ...more },
    proof: { status, summary, evidence },
  };
}

/** A verification whose required rows are all proven, save for what is given. */
export function verified(said: Analysis, proven: readonly Proven[], profile: ProfileName = 'service'): Report {
  const more = {
    assumptions: ['assumed'],
    engine: '28.5.2',
    policy: noPolicy,
    warnings: [],
    waive: (one: readonly Finding[]) => one,
  };
  return verificationReport(analysed(said, profile), proven, more, stamp);
}

export function row(report: Report, id: ItemId = ROW): Item {
  const item = report.items.find((one) => one.id === id);
  if (item === undefined) throw new Error(`no row ${id}`);
  return item;
}
