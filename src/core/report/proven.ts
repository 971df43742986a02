/** What the probes say of the rows: each row's word joined from those of its probes. What follows for the report: report.ts. */
import { ItemId } from '../../schemas/item.ts';
import type { Item, Status } from '../../schemas/item.ts';
import type { ProfileName } from '../../schemas/report.ts';
import { askedByPlatform, dropped } from '../policy/profiles.ts';
import type { AnyProbe, Proof } from '../probes/probe.ts';

/** A probe and what it said. */
export interface Proven {
  readonly probe: AnyProbe;
  readonly proof: Proof;
}

/**
 * The rows that are proven so far: those whose every probe has spoken, in the order of the checklist. Pure.
 * @param asked  the probes that are going to speak
 */
export function provenRows(
  proven: readonly Proven[],
  asked: readonly AnyProbe[],
  profile: ProfileName,
): { item: ItemId; status: Status }[] {
  const spoken = new Map(proven.map((one) => [one.probe.id, one]));
  return ItemId.options.flatMap((item) => {
    const wanted = asked.filter((probe) => probe.item === item && speaks(probe, profile));
    const own = wanted.flatMap(({ id }) => spoken.get(id) ?? []);
    return own.length === 0 || own.length < wanted.length ? [] : [{ item, status: joined(own).status }];
  });
}

/** A probe of a row that the profile leaves out speaks where the platform asks the same. */
export function speaks({ id, item }: AnyProbe, profile: ProfileName): boolean {
  return !dropped[profile].includes(item) || (askedByPlatform[profile]?.includes(id) ?? true);
}

/** Several probes may feed one row: the worst that was seen counts, and `unknown` only when none of the whole could look. */
export function joined(own: readonly Proven[]): NonNullable<Item['proven']> {
  const deciding = own.filter(({ probe }) => probe.evidenceOnly !== true);
  const heard = deciding.length === 0 ? own : deciding;
  const proofs = heard.map(({ proof }) => proof);
  const isProven = heard.some(({ probe, proof }) => proof.status === 'pass' && probe.isPartial !== true);
  const order = isProven
    ? (['fail', 'warn', 'pass'] as const)
    : (['fail', 'warn', 'unknown', 'pass', 'not-applicable'] as const);
  const status = order.find((one) => proofs.some((proof) => proof.status === one)) ?? 'unknown';
  const said = summaries(proofs, status);
  // Whoever could not look decides nothing, and is not passed over in silence.
  const unseen = status === 'unknown' ? '' : summaries(proofs, 'unknown');
  return {
    status,
    summary: (unseen === '' ? said : `${said.replace(/\.$/, '')}; not seen: ${unseen}`).slice(0, 1000),
    evidence: own.flatMap(({ proof }) => proof.evidence).slice(0, 200),
  };
}

/** The sentences of the probes with that status, each one once. */
function summaries(proofs: readonly Proof[], status: Proof['status']): string {
  const own = proofs.filter((proof) => proof.status === status).map((proof) => proof.summary);
  return [...new Set(own)].join(' ');
}
