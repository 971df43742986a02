/** Use case: what was stored, by id. Way C of the data: the row, and nothing else. */
import type { Build } from '../schemas/build.ts';
import type { Report } from '../schemas/report.ts';
import { AppError } from './errors.ts';
import type { BuildLogs } from './ports.ts';
import type { BuildFilter, Store } from './store-port.ts';

/** Reads stored things. Each throws AppError `not-found` for an id that is not there. */
export interface LookUp {
  analysis(id: string): Promise<Report>;
  build(id: string): Promise<Build>;
  /** At most `limit` builds, the latest first, older than the build `before`; never throws for an id that is not there. */
  builds(
    filter: BuildFilter,
    before: string | undefined,
    limit: number,
  ): Promise<{ readonly builds: readonly Build[]; readonly hasMore: boolean }>;
  /** Throws `report-not-ready` while the build runs, and when it ended without a report. */
  buildReport(id: string): Promise<Report>;
  /** The log of a build as it is now. */
  buildLog(id: string): Promise<StoredLog>;
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
  const build = async (id: string): Promise<Build> => {
    const found = await store.build(id);
    if (found === undefined) throw new AppError('not-found', `There is no build ${id}. Check the id, or build anew.`);
    return found;
  };
  return {
    build,
    builds: async (filter, before, limit) => {
      const found = await store.builds({ ...filter, before, limit: limit + 1 });
      return { builds: found.slice(0, limit), hasMore: found.length > limit };
    },
    analysis: async (id) => {
      const found = await store.analysis(id);
      if (found === undefined) throw new AppError('not-found', `There is no analysis ${id}. Analyse anew.`);
      return found;
    },
    buildReport: async (id) => {
      const { state, error } = await build(id);
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
    buildLog: async (id) => {
      const { finishedAt } = await build(id);
      const bytes = await logs.sizeOf(id);
      return { bytes, isWhole: finishedAt !== null, read: (from, to) => logs.read(id, from, to) };
    },
  };
}
