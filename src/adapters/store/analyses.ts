/** Stored analyses. */
import type { Insertable, Kysely } from 'kysely';
import type { Report } from '../../schemas/report.ts';
import type { Store } from '../../use-cases/store-port.ts';
import { answered } from './answered.ts';
import { makeBatches } from './batches.ts';
import type { Tables } from './tables.ts';

/** Makes the part of the store that keeps analyses. */
export function makeAnalyses(db: Kysely<Tables>): Pick<Store, 'saveAnalysis' | 'analysis'> {
  const write = makeBatches((rows: readonly Insertable<Tables['analyses']>[]) =>
    db.insertInto('analyses').values(rows).execute(),
  );
  return {
    saveAnalysis: async (report) => {
      const { id, project, createdAt, verdict, score, tool } = report;
      const row = {
        id,
        project,
        created_at: createdAt,
        verdict,
        score,
        tool_version: tool.version,
        report: JSON.stringify(report),
      };
      await answered(write(row, row.report.length));
    },
    analysis: async (id) => {
      const row = await answered(db.selectFrom('analyses').select('report').where('id', '=', id).executeTakeFirst());
      return row === undefined ? undefined : storedReport(row.report);
    },
  };
}

/** A report as it was when it was stored. */
export function storedReport(json: string): Report {
  // Only this store writes these columns, and only from a Report.
  return JSON.parse(json) as Report;
}
