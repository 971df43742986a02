/**
 * The tables, as rows. Portable types only, so that the same statements run on SQLite and PostgreSQL: text ids, times as
 * ISO 8601 text in UTC (which sorts), JSON as text. What is large or rarely read stands apart from what is written often:
 * SQLite rewrites a whole row for each of its updates.
 */
import type { ColumnType, Generated } from 'kysely';
import type { BuildState } from '../../schemas/build.ts';
import type { Verdict } from '../../schemas/report.ts';

type Immutable<T> = ColumnType<T, T, never>;

/** A stored static analysis. */
export interface AnalysesTable {
  readonly id: Immutable<string>;
  readonly project: Immutable<string | null>;
  readonly created_at: Immutable<string>;
  readonly verdict: Immutable<Verdict>;
  readonly score: Immutable<number>;
  /** JSON of a Report. */
  readonly report: Immutable<string>;
}

/** A build: what changes while it lives. */
export interface BuildsTable {
  readonly id: Immutable<string>;
  readonly project: Immutable<string | null>;
  readonly state: BuildState;
  /** Counts from 1; every return to the queue raises it. Writes of a worker are fenced by it. */
  readonly attempt: Generated<number>;
  /** How many processes died while they worked on it. */
  readonly crashes: Generated<number>;
  /** 1 when somebody wants it cancelled: whoever runs it sees it and ends. */
  readonly cancel_wished: Generated<number>;
  readonly created_at: Immutable<string>;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  /** When it came into its state; every statement that changes the state writes it. */
  readonly changed_at: string | null;
  readonly context_id: Immutable<string>;
  /** JSON of a Progress. */
  readonly progress: string | null;
  readonly verdict: Verdict | null;
  readonly error: string | null;
  /** JSON of NewBuild['options']. */
  readonly options: Immutable<string>;
  /** JSON of SealedInputs, through the sealer; NULL when there were none and from the moment the build ends. */
  readonly sealed: Uint8Array | null;
}

/** The reports of a build: the analysis made at submission, and the verification once it has ended. */
export interface BuildReportsTable {
  readonly build_id: Immutable<string>;
  readonly kind: Immutable<'analysis' | 'verification'>;
  /** JSON of a Report. */
  readonly report: string;
}

/** Each state that a build came into; written by triggers (build-events.ts) alone. */
export interface BuildEventsTable {
  readonly build_id: Immutable<string>;
  readonly seq: Immutable<number>;
  readonly at: Immutable<string>;
  readonly attempt: Immutable<number>;
  readonly state: Immutable<BuildState>;
}

/** Who builds, and what its engine said last. */
export interface WorkersTable {
  readonly id: Immutable<string>;
  readonly seen_at: string;
  readonly engine: string | null;
  readonly problem: string;
}

/** The database, for Kysely. */
export interface Tables {
  readonly analyses: AnalysesTable;
  readonly builds: BuildsTable;
  readonly build_reports: BuildReportsTable;
  readonly build_events: BuildEventsTable;
  readonly workers: WorkersTable;
}
