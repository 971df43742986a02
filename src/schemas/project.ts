/** Projects: what their reports said, one after the other, and how two of them differ. */
import { z } from 'zod';
import { Finding } from './finding.ts';
import { ItemId, Status } from './item.ts';
import { KnownProject } from './options.ts';
import { Report, Verdict } from './report.ts';

/** What one report came to. */
export const HistoryEntry = z
  .strictObject({
    id: z.string().max(100).meta({ description: 'Of the analysis, or of the build.' }),
    kind: Report.shape.kind,
    createdAt: z.iso.datetime(),
    verdict: Verdict,
    score: z.int().min(0).max(100),
    toolVersion: z
      .string()
      .max(50)
      .meta({ description: 'Which Drydock judged: scores of two versions were not measured with the same ruler.' }),
  })
  .meta({ id: 'HistoryEntry', description: 'What one report of a project came to.' });
export type HistoryEntry = z.infer<typeof HistoryEntry>;

/** A project and its latest report. */
export const ProjectSummary = z
  .strictObject({
    name: KnownProject,
    reports: z.int().min(1).meta({ description: 'Analyses and verifications that are kept.' }),
    latest: HistoryEntry,
    links: z.strictObject({ self: z.string().max(700), badge: z.string().max(700) }),
  })
  .meta({ id: 'ProjectSummary', description: 'A project and its latest report.' });
export type ProjectSummary = z.infer<typeof ProjectSummary>;

/** What `GET /projects` answers. */
export const ProjectList = z
  .strictObject({ projects: z.array(ProjectSummary).max(1000) })
  .meta({ id: 'ProjectList', description: 'Projects with reports, by name; the first thousand.' });
export type ProjectList = z.infer<typeof ProjectList>;

/** What `GET /projects/{name}` answers. */
export const ProjectHistory = z
  .strictObject({
    name: KnownProject,
    reports: z.array(HistoryEntry).max(500).meta({ description: 'The latest first.' }),
    next: z.string().max(1000).nullable().meta({ description: 'Address of the older ones; `null`: there are none.' }),
  })
  .meta({ id: 'ProjectHistory', description: 'What the reports of a project came to.' });
export type ProjectHistory = z.infer<typeof ProjectHistory>;

const Side = HistoryEntry.extend({ project: KnownProject.nullable() });

/** What `GET /compare` answers. */
export const Comparison = z
  .strictObject({
    base: Side,
    head: Side,
    isSameVersion: z.boolean().meta({ description: '`false`: another Drydock judged, which may know other rules.' }),
    scoreChange: z.int().min(-100).max(100),
    items: z
      .array(z.strictObject({ id: ItemId, base: Status, head: Status }))
      .meta({ description: 'Rows whose status is another one.' }),
    new: z.array(Finding).meta({ description: 'Findings that only the head has, by fingerprint.' }),
    fixed: z.array(Finding).meta({ description: 'Findings that only the base had.' }),
    unchanged: z.int().min(0).meta({ description: 'How many both have.' }),
  })
  .meta({ id: 'Comparison', description: 'How two reports differ. Waived findings count as not there.' });
export type Comparison = z.infer<typeof Comparison>;
