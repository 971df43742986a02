/** How two reports differ. */
import type { Finding } from '../../schemas/finding.ts';
import type { Comparison } from '../../schemas/project.ts';
import type { Report } from '../../schemas/report.ts';

/**
 * Compares them. A finding is the same when its fingerprint is, which moved lines do not change; one that stands in several places
 * has the same one for each, so that the first so many of them are taken for the same. Pure.
 */
export function compareReports(base: Report, head: Report): Comparison {
  const before = byFingerprint(base);
  const after = byFingerprint(head);
  const statusOf = new Map(base.items.map(({ id, status }) => [id, status]));
  return {
    base: sideOf(base),
    head: sideOf(head),
    isSameVersion: base.tool.version === head.tool.version,
    scoreChange: head.score - base.score,
    items: head.items.flatMap(({ id, status }) => {
      const was = statusOf.get(id);
      return was === undefined || was === status ? [] : [{ id, base: was, head: status }];
    }),
    new: beyond(after, before),
    fixed: beyond(before, after),
    unchanged: [...after].reduce(
      (sum, [fingerprint, found]) => sum + Math.min(found.length, before.get(fingerprint)?.length ?? 0),
      0,
    ),
  };
}

type Found = ReadonlyMap<string, readonly Finding[]>;

function byFingerprint({ findings }: Report): Found {
  return Map.groupBy(
    findings.filter(({ waived }) => waived === undefined),
    ({ fingerprint }) => fingerprint,
  );
}

/** Those of the one that the other does not have, or has less often. */
function beyond(one: Found, other: Found): Finding[] {
  return [...one].flatMap(([fingerprint, found]) => found.slice(other.get(fingerprint)?.length ?? 0));
}

function sideOf({ id, kind, createdAt, verdict, score, tool, project }: Report): Comparison['base'] {
  return { id, kind, createdAt, verdict, score, toolVersion: tool.version, project };
}
