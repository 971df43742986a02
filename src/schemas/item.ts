/**
 * The words of the checklist: its twenty items, and what can be said of one.
 * The table with titles, levels and categories is core/report/checklist.ts; ids stand here because they cross the API's border.
 */
import { z } from 'zod';

/** Id of one row of the production-readiness checklist. Ids are for ever: a row may change its rules, never its name. */
export const ItemId = z
  .enum([
    'base-image-pinned',
    'base-image-fits',
    'non-root-user',
    'no-secrets',
    'context-excludes',
    'multi-stage',
    'layer-caching',
    'no-package-cache',
    'healthcheck',
    'start-period',
    'signal-handling',
    'fails-fast',
    'port-documented',
    'labels',
    'logs-to-stdout',
    'no-dev-dependencies',
    'image-size',
    'reproducible',
    'hardened',
    'builds-and-starts',
  ])
  .meta({ id: 'ItemId', description: 'One row of the production-readiness checklist.' });
export type ItemId = z.infer<typeof ItemId>;

/** The family a row belongs to. */
export const Category = z
  .enum(['Base image', 'Security', 'Performance', 'Reliability', 'Operations', 'Correctness'])
  .meta({ id: 'Category', description: 'The family a checklist item belongs to.' });
export type Category = z.infer<typeof Category>;

/** How much a row weighs: a failing required row makes the verdict `not-ready`; weights in the score are 3, 2 and 1. */
export const Level = z.enum(['required', 'recommended', 'info']).meta({
  id: 'Level',
  description: 'A failing `required` item makes the verdict `not-ready`. Weights in the score: 3, 2, 1.',
});
export type Level = z.infer<typeof Level>;

/** What one side (text or container) or both together say of a row. `unknown` is never counted as a pass. */
export const Status = z.enum(['pass', 'warn', 'fail', 'unknown', 'not-applicable', 'waived']).meta({
  id: 'Status',
  description: '`unknown` means that nothing could look; it is never counted as a pass.',
});
export type Status = z.infer<typeof Status>;

/** One observed fact, named and with its value, that a reader can check again by hand. */
export const Evidence = z
  .strictObject({
    fact: z
      .string()
      .max(200)
      .meta({ description: 'What was looked at.', examples: ['exit code'] }),
    value: z.union([z.string().max(4000), z.number(), z.boolean()]).meta({
      description: 'What was seen. Units stand in the name of the fact.',
      examples: [137],
    }),
  })
  .meta({ id: 'Evidence', description: 'One observed fact.' });
export type Evidence = z.infer<typeof Evidence>;

/** A row of the checklist as judged: what the text predicts, what the container proved, and the status that follows. */
export const Item = z
  .strictObject({
    id: ItemId,
    category: Category,
    level: Level,
    title: z.string().max(120),
    status: Status,
    predicted: z
      .strictObject({ status: Status, summary: z.string().max(1000) })
      .optional()
      .meta({ description: 'What the rules say from the text and the context.' }),
    proven: z
      .strictObject({ status: Status, summary: z.string().max(1000), evidence: z.array(Evidence).max(200) })
      .optional()
      .meta({ description: 'What the probes saw on the image and the running container.' }),
  })
  .meta({ id: 'Item', description: 'One checklist row with its status.' });
export type Item = z.infer<typeof Item>;
