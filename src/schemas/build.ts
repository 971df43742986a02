/** One build-verify job as the API shows it. The row in the store is its truth. */
import { z } from 'zod';
import { ItemId, Status } from './item.ts';
import { Verdict } from './report.ts';

/**
 * `queued → building → probing → passed | failed | errored | cancelled`.
 * `failed` is a result (the image is not ready, or did not build); `errored` means that Drydock could not do its work.
 */
export const BuildState = z
  .enum(['queued', 'building', 'probing', 'passed', 'failed', 'errored', 'cancelled'])
  .meta({ id: 'BuildState', description: '`failed` is a result; `errored` means that Drydock could not do its work.' });
export type BuildState = z.infer<typeof BuildState>;

/** How far a build is. */
export const Progress = z
  .strictObject({
    phase: z
      .string()
      .max(50)
      .meta({ examples: ['build', 'run', 'stop'] }),
    step: z.string().max(1000).nullable(),
    done: z.int().min(0),
    total: z.int().min(0).meta({ description: '0 while the number of steps is not known.' }),
    proven: z
      .array(z.strictObject({ item: ItemId, status: Status }))
      .max(20)
      .optional()
      .meta({
        description:
          'The checklist rows whose every probe has spoken, and what they say, once the image is built. The report weighs it, with findings and waivers.',
      }),
  })
  .meta({ id: 'Progress', description: 'How far a build is.' });
export type Progress = z.infer<typeof Progress>;

/** A build-verify job. */
export const Build = z
  .strictObject({
    id: z.string().max(64),
    state: BuildState,
    attempt: z.int().min(1),
    project: z.string().max(200).nullable(),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    progress: Progress.nullable(),
    verdict: Verdict.optional(),
    error: z.string().max(2000).optional().meta({ description: 'Only when `errored`: why, and what to do.' }),
    cancelRequested: z
      .literal(true)
      .optional()
      .meta({ description: 'Somebody wants it cancelled, and it has not ended yet.' }),
    links: z.strictObject({
      self: z.string().max(200),
      report: z.string().max(200),
      events: z.string().max(200),
      log: z.string().max(200),
    }),
  })
  .meta({ id: 'Build', description: 'A build-verify job.' });
export type Build = z.infer<typeof Build>;

/** A step in the life of a build. */
export const BuildEvent = z
  .strictObject({
    seq: z.int().min(1).meta({ description: 'Counts from 1 within the build; never twice, never back.' }),
    at: z.iso.datetime(),
    attempt: z.int().min(1),
    state: BuildState,
  })
  .meta({ id: 'BuildEvent', description: 'The build came into a state.' });
export type BuildEvent = z.infer<typeof BuildEvent>;

/** A page of builds, the latest first. */
export const BuildList = z
  .strictObject({
    builds: z.array(Build).max(200),
    next: z
      .string()
      .max(2000)
      .nullable()
      .meta({
        description: 'Address of the next page; `null` on the last one.',
        examples: ['/build-verify?limit=50&before=0199…'],
      }),
  })
  .meta({ id: 'BuildList', description: 'A page of builds, the latest first.' });
export type BuildList = z.infer<typeof BuildList>;
