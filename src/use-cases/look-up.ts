/** Use case: what was stored, by id. Way C of the data: the row, and nothing else. */
import type { Build } from '../schemas/build.ts';
import type { Report } from '../schemas/report.ts';
import { sees } from './access.ts';
import type { Access } from './access.ts';
import { AppError } from './errors.ts';
import type { BuildLogs } from './ports.ts';
import type { BuildFilter, Store } from './store-port.ts';

/** Reads stored things. Each throws AppError `not-found` for an id that is not there, or not to be seen by whoever asks. */
export interface LookUp {
  analysis(id: string, access: Access): Promise<Report>;
  build(id: string, access: Access): Promise<Build>;
  /** At most `limit` builds, the latest first, older than the build `before`; never throws for an id that is not there. */
  builds(
    filter: BuildFilter,
    before: string | undefined,
    limit: number,
    access: Access,
  ): Promise<{ readonly builds: readonly Build[]; readonly hasMore: boolean }>;
  /** Throws `report-not-ready` while the build runs, and when it ended without a report. */
  buildReport(id: string, access: Access): Promise<Report>;
  /** The log of a build as it is now. */
  buildLog(id: string, access: Access): Promise<StoredLog>;
}

/** A log that can be read in parts. */
export interface StoredLog {
  readonly bytes: number;
  /** False while more may come. */
  readonly isWhole: boolean;
  /** The bytes from `from` up to `to`. */
  read(from: number, to: number): AsyncGenerator<Buffer>;
}

/** Makes the use case. */
export function makeLookUp({
  store,
  logs,
}: {
  readonly store: Pick<Store, 'analysis' | 'build' | 'builds' | 'buildReport'>;
  readonly logs: Pick<BuildLogs, 'sizeOf' | 'read'>;
}): LookUp {
  const build = async (id: string, access: Access): Promise<Build> => {
    const found = await store.build(id);
    if (found === undefined || !sees(access, found.project))
      throw new AppError('not-found', `There is no build ${id}. Check the id, or build anew.`);
    return found;
  };
  return {
    build,
    builds: async (filter, before, limit, { projects }) => {
      const found = await store.builds({ ...filter, projects, before, limit: limit + 1 });
      return { builds: found.slice(0, limit), hasMore: found.length > limit };
    },
    analysis: async (id, access) => {
      const found = await store.analysis(id);
      if (found === undefined || !sees(access, found.project))
        throw new AppError('not-found', `There is no analysis ${id}. Analyse anew.`);
      return found;
    },
    buildReport: async (id, access) => {
      const { state, error } = await build(id, access);
      const report = await store.buildReport(id);
      if (report !== undefined) return report;
      throw new AppError(
        'report-not-ready',
        state === 'errored' || state === 'cancelled'
          ? `The build ended ${state} and has no report${error === undefined ? '' : `: ${error}`}. Submit it again.`
          : `The build is ${state}. Its report is there when the state is passed or failed.`,
        { retryAfterSeconds: 2 },
      );
    },
    buildLog: async (id, access) => {
      const { finishedAt } = await build(id, access);
      const bytes = await logs.sizeOf(id);
      return { bytes, isWhole: finishedAt !== null, read: (from, to) => logs.read(id, from, to) };
    },
  };
}
