/** Use case: what Drydock looks at, and under which policy of its operator. */
import { checklist } from '../core/report/checklist.ts';
import { probes } from '../core/probes/index.ts';
import { dropped } from '../core/policy/profiles.ts';
import { rules } from '../core/rules/index.ts';
import type { Example } from '../core/rules/rule.ts';
import type { Catalogue, RuleEntry } from '../schemas/catalogue.ts';
import { ItemId } from '../schemas/item.ts';
import type { OperatorPolicy } from '../schemas/policy.ts';
import { ProfileName } from '../schemas/report.ts';
import { AppError } from './errors.ts';

/** Reads the catalogue. */
export interface ListChecks {
  /** All of it; with an alias (`DL3009`) only the rules that other tools call so. */
  all(alias?: string): Catalogue;
  /** One rule or probe. Throws AppError `not-found`. */
  one(id: string): RuleEntry | Catalogue['probes'][number];
}

/** Makes the use case. */
export function makeListChecks(needs: { readonly operatorPolicy: OperatorPolicy | undefined }): ListChecks {
  const whole: Catalogue = {
    items: ItemId.options.map((id) => ({ id, ...checklist[id] })),
    rules: rules.map((rule) => ({
      id: rule.id,
      item: rule.item,
      severity: rule.severity,
      optIn: rule.optIn ?? false,
      needsFiles: rule.needs === 'files',
      provenBy: rule.provenBy ?? null,
      aliases: [...rule.aliases],
      title: rule.title,
      why: rule.why,
      fix: rule.fix,
      source: rule.source,
      examples: { bad: exampleOf(rule.examples.bad), good: exampleOf(rule.examples.good) },
    })),
    probes: probes.map(({ id, item, severity, phase, title, why, fix, source }) => ({
      id,
      item,
      severity,
      phase,
      title,
      why,
      fix,
      source,
    })),
    profiles: ProfileName.options.map((name) => ({ name, drops: [...dropped[name]] })),
    policy: needs.operatorPolicy ?? null,
  };
  return {
    all: (alias) => {
      if (alias === undefined) return whole;
      const wanted = alias.toLowerCase();
      return {
        ...whole,
        rules: whole.rules.filter(({ aliases }) => aliases.some((one) => one.toLowerCase() === wanted)),
        probes: [],
      };
    },
    one: (id) => {
      const found = [...whole.rules, ...whole.probes].find((entry) => entry.id === id);
      if (found === undefined) throw new AppError('not-found', 'No rule or probe has that id. GET /checks lists them.');
      return found;
    },
  };
}

function exampleOf(example: Example): RuleEntry['examples']['bad'] {
  return typeof example === 'string'
    ? { dockerfile: example }
    : { dockerfile: example.dockerfile, files: { ...example.files } };
}
