/** Everything that a finding can come from, by id: rules, probes, and the builder's own checks. */
import type { Severity } from '../../schemas/finding.ts';
import type { ItemId } from '../../schemas/item.ts';
import { BUILD_CHECK } from './build-warnings.ts';
import { probes } from '../probes/index.ts';
import { rules } from '../rules/index.ts';

/** The row that each one feeds, and how bad its findings usually are. */
export const checks: ReadonlyMap<string, { readonly item: ItemId; readonly severity: Severity }> = new Map([
  ...[...rules, ...probes].map(({ id, item, severity }) => [id, { item, severity }] as const),
  // Each of the builder's checks has a severity of its own; this is the one that most have.
  [BUILD_CHECK, { item: 'builds-and-starts', severity: 'style' }] as const,
]);
