/** Use case: projects over time, and two reports side by side. Reads what is stored, and nothing else. */
import { compareReports } from '../core/report/compare.ts';
import type { Comparison, HistoryEntry, ProjectSummary } from '../schemas/project.ts';
import type { Report } from '../schemas/report.ts';
import { may, scopeMissing, sees } from './access.ts';
import type { Access, Scope } from './access.ts';
import { AppError } from './errors.ts';
import type { Store } from './store-port.ts';

/** Looks at projects. */
export interface Projects {
  /** Those with reports that are theirs, by name. */
  all(access: Access): Promise<readonly ProjectSummary[]>;
  /** At most `limit`, the latest first, older than `before`. Throws `not-found` for a project without reports, or not to be seen. */
  history(
    name: string,
    before: string | undefined,
    limit: number,
    access: Access,
  ): Promise<{ readonly reports: readonly HistoryEntry[]; readonly hasMore: boolean }>;
  /** The latest report of a project; `undefined` where there is none. Whoever knows the name may ask: badges stand on public pages. */
  latest(name: string): Promise<HistoryEntry | undefined>;
  /** Ids of analyses, or of ended builds. Throws `not-found`, and `scope-missing` for a report that may not be read. */
  compare(base: string, head: string, access: Access): Promise<Comparison>;
}

/** Makes the use case. */
export function makeProjects({
  store,
}: {
  readonly store: Pick<Store, 'projects' | 'history' | 'analysis' | 'build' | 'buildReport'>;
}): Projects {
  const missing = (what: string): AppError =>
    new AppError('not-found', `There is no ${what}. What is old is removed after a while (DRYDOCK_KEEP_DAYS).`);
  const reportOf = async (id: string, access: Access): Promise<Report> => {
    const analysis = await store.analysis(id);
    const build = analysis === undefined ? await store.build(id) : undefined;
    const project = analysis?.project ?? build?.project ?? null;
    const report = analysis ?? (build === undefined ? undefined : await store.buildReport(id));
    if (report === undefined || !sees(access, project)) throw missing(`report ${id}`);
    const readers: readonly Scope[] = ['read', report.kind === 'analysis' ? 'analyze' : 'build'];
    if (!readers.some((scope) => may(access, scope))) throw scopeMissing(readers);
    return report;
  };
  return {
    all: async ({ projects }) => {
      const found = await store.projects(projects);
      return found.map(({ name, reports, latest }) => {
        const self = `/projects/${encodeURIComponent(name)}`;
        return { name, reports, latest, links: { self, badge: `${self}/badge.svg` } };
      });
    },
    history: async (name, before, limit, access) => {
      const found = sees(access, name) ? await store.history(name, before, limit + 1) : [];
      if (found.length === 0) throw missing(`report of ${name}`);
      return { reports: found.slice(0, limit), hasMore: found.length > limit };
    },
    latest: async (name) => (await store.history(name, undefined, 1))[0],
    compare: async (base, head, access) => compareReports(await reportOf(base, access), await reportOf(head, access)),
  };
}
