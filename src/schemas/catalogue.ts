/** The catalogue: everything that Drydock looks at, as `GET /checks` tells it. */
import { z } from 'zod';
import { Severity } from './finding.ts';
import { Category, ItemId, Level } from './item.ts';
import { OperatorPolicy } from './policy.ts';
import { ProfileName } from './report.ts';

const Text = z.string().max(4000);

const Example = z
  .strictObject({ dockerfile: z.string(), files: z.record(z.string(), z.string()).optional() })
  .meta({ description: 'A Dockerfile, with the files around it where they matter.' });

/** One rule: a static check of Dockerfile and context. */
export const RuleEntry = z
  .strictObject({
    id: z
      .string()
      .max(100)
      .meta({ examples: ['apt-lists-kept'] }),
    item: ItemId,
    severity: Severity,
    optIn: z.boolean().meta({ description: '`true`: runs only when a policy switches it on.' }),
    needsFiles: z.boolean().meta({ description: '`true`: needs the build context, not the Dockerfile alone.' }),
    provenBy: z.string().max(100).nullable().meta({ description: 'The probe whose pass takes its findings back.' }),
    aliases: z.array(z.string().max(100)).max(20).meta({ description: 'Ids of the same check in other tools.' }),
    title: Text,
    why: Text,
    fix: Text,
    source: Text,
    examples: z.strictObject({ bad: Example, good: Example }),
  })
  .meta({ id: 'RuleEntry', description: 'One static check.' });
export type RuleEntry = z.infer<typeof RuleEntry>;

/** One probe: a check of the built image or of the running container. */
export const ProbeEntry = z
  .strictObject({
    id: z.string().max(100),
    item: ItemId,
    severity: Severity,
    phase: z.string().max(50).meta({ description: 'When it looks.' }),
    title: Text,
    why: Text,
    fix: Text,
    source: Text,
  })
  .meta({ id: 'ProbeEntry', description: 'One check at run time.' });
export type ProbeEntry = z.infer<typeof ProbeEntry>;

/** The whole catalogue, and the policy of whoever runs this service. */
export const Catalogue = z
  .strictObject({
    items: z.array(z.strictObject({ id: ItemId, category: Category, level: Level, title: Text })).length(20),
    rules: z.array(RuleEntry),
    probes: z.array(ProbeEntry),
    profiles: z
      .array(z.strictObject({ name: ProfileName, drops: z.array(ItemId) }))
      .meta({ description: 'The rows that do not apply under each profile.' }),
    policy: OperatorPolicy.nullable().meta({
      description: "The operator's policy, which neither request nor repository can loosen; `null`: none.",
    }),
  })
  .meta({ id: 'Catalogue', description: 'Items, rules, probes, profiles and the policy in force.' });
export type Catalogue = z.infer<typeof Catalogue>;
