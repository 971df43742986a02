/** A located problem as it is told to the world. Rules and probes yield them; formats print them; nothing else is said of a problem. */
import { z } from 'zod';
import { ItemId } from './item.ts';

/** How bad a finding is. An unwaived `error` fails its item, a `warning` warns; `info` and `style` leave the item as it is. */
export const Severity = z.enum(['error', 'warning', 'info', 'style']).meta({
  id: 'Severity',
  description: '`error` fails the item, `warning` warns; `info` and `style` do not touch it.',
});
export type Severity = z.infer<typeof Severity>;

/** How sure the rule is, given what it could see. */
export const Confidence = z.enum(['high', 'medium', 'low']).meta({
  id: 'Confidence',
  description: 'How sure the rule is, given what it could see.',
});
export type Confidence = z.infer<typeof Confidence>;

/** A range in the original file: 1-based lines and columns (UTF-16 units), the end exclusive. */
export const LineSpan = z
  .strictObject({
    line: z.int().min(1),
    column: z.int().min(1),
    endLine: z.int().min(1),
    endColumn: z.int().min(1),
  })
  .meta({ id: 'LineSpan', description: '1-based lines and columns in UTF-16 units; the end is exclusive.' });
export type LineSpan = z.infer<typeof LineSpan>;

/** A replacement of `[start, end)` in the original file by `text`; offsets in UTF-16 units of the decoded original. */
export const Edit = z
  .strictObject({ start: z.int().min(0), end: z.int().min(0), text: z.string().max(100_000) })
  .meta({ id: 'Edit', description: 'A replacement; offsets in UTF-16 units of the decoded original.' });
export type Edit = z.infer<typeof Edit>;

/** One problem: who says it, of which item, where, what, why it matters and what to write instead. */
export const Finding = z
  .strictObject({
    rule: z
      .string()
      .max(100)
      .meta({ description: 'Id of the rule or probe.', examples: ['apt-lists-kept'] }),
    item: ItemId,
    severity: Severity,
    confidence: Confidence,
    message: z.string().max(2000).meta({ description: 'What is wrong here, in one sentence.' }),
    file: z.string().max(4096).meta({ description: 'Path of the file inside the context.' }),
    span: LineSpan.nullable().meta({ description: '`null`: the finding is about the file or the image as a whole.' }),
    why: z.string().max(2000).meta({ description: 'What happens if it stays.' }),
    fix: z.string().max(2000).meta({ description: 'What to write instead.' }),
    aliases: z.array(z.string().max(100)).max(20).meta({ description: 'Ids of the same check in other tools.' }),
    fingerprint: z.string().max(64).meta({ description: 'Stable while the same problem stays, whatever its line.' }),
    edits: z.array(Edit).max(100).optional(),
    waived: z.strictObject({ by: z.string().max(200), reason: z.string().max(1000) }).optional(),
  })
  .meta({ id: 'Finding', description: 'One located problem.' });
export type Finding = z.infer<typeof Finding>;
