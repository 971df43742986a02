/** Picking checks out of the catalogue. Pure. */
import type { Catalogue, ProbeEntry, RuleEntry } from '../../../schemas/catalogue.ts';

/** A rule or a probe; a probe has a phase. */
export type Check = RuleEntry | ProbeEntry;
/** A row of the checklist. */
export type CheckItem = Catalogue['items'][number];

/** One row with the checks that feed it. */
export interface ItemChecks {
  readonly item: CheckItem;
  readonly checks: readonly Check[];
  /** Profiles under which the row does not apply. */
  readonly droppedBy: readonly string[];
}

/** Whether it is a probe. */
export function isProbe(check: Check): check is ProbeEntry {
  return 'phase' in check;
}

/** Ids of the same check in other tools. */
export function aliasesOf(check: Check): readonly string[] {
  return isProbe(check) ? [] : check.aliases;
}

/** What is looked at under each row that has something to show, in the order of the checklist; rules before probes. */
export function groupChecks({ items, rules, probes, profiles }: Catalogue, text: string): readonly ItemChecks[] {
  return items
    .map((item) => {
      const isWhole = isFound([item.id, item.title, item.category], text);
      return {
        item,
        checks: [...rules, ...probes].filter(
          (check) =>
            check.item === item.id &&
            (isWhole || isFound([check.id, check.title, check.why, check.fix, ...aliasesOf(check)], text)),
        ),
        droppedBy: profiles.filter(({ drops }) => drops.includes(item.id)).map(({ name }) => name),
      };
    })
    .filter(({ checks }) => checks.length > 0);
}

/**
 * What an address names. A row may have the id of one of its probes: `rows/ID` names the row, `ID` alone the check, as
 * `GET /checks/{id}` does. `undefined`: nothing, or what another tool calls so is several checks here.
 */
export function namedIn(
  { items, rules, probes }: Catalogue,
  path: readonly string[],
): { readonly item: CheckItem } | { readonly check: Check } | undefined {
  const wanted = path.at(-1)?.toLowerCase();
  const item = items.find(({ id }) => id === wanted);
  const named = path[0] === 'rows' ? undefined : [...rules, ...probes].find(({ id }) => id === wanted);
  const [alias, ...more] = rules.filter(({ aliases }) => aliases.some((one) => one.toLowerCase() === wanted));
  const check = named ?? (item === undefined && more.length === 0 ? alias : undefined);
  if (check !== undefined) return { check };
  return item === undefined ? undefined : { item };
}

function isFound(texts: readonly string[], sought: string): boolean {
  const all = texts.join(' ').toLowerCase();
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
