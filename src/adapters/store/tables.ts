/**
 * The tables, as rows. Portable types only, so that the same statements run on SQLite and PostgreSQL: text ids, times as
 * ISO 8601 text in UTC (which sorts), JSON as text. What is large or rarely read stands apart from what is written often:
 * SQLite rewrites a whole row for each of its updates.
 */
import type { ColumnType, Generated } from 'kysely';
import type { BuildState } from '../../schemas/build.ts';
import type { Verdict } from '../../schemas/report.ts';
import type { WebhookDelivery } from '../../schemas/webhook.ts';

type Immutable<T> = ColumnType<T, T, never>;

/** A stored static analysis. */
export interface AnalysesTable {
  readonly id: Immutable<string>;
  readonly project: Immutable<string | null>;
  readonly created_at: Immutable<string>;
  readonly verdict: Immutable<Verdict>;
  readonly score: Immutable<number>;
  /** Which Drydock judged; `null` in rows that say it in their report alone. */
  readonly tool_version: Immutable<string | null>;
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
  /** How often it was given up in the middle, because Drydock or its engine went away. */
  readonly crashes: Generated<number>;
  /** 1 when somebody wants it cancelled: whoever runs it sees it and ends. */
  readonly cancel_wished: Generated<number>;
  readonly created_at: Immutable<string>;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  /** When it came into its state; every statement that changes the state writes it. */
  readonly changed_at: string | null;
  readonly context_id: Immutable<string>;
  /** Size of the context on the disk. */
  readonly context_bytes: Immutable<number>;
  /** The higher, the sooner, among builds of projects with equally many running. */
  readonly priority: Immutable<number>;
  /** JSON of a Progress. */
  readonly progress: string | null;
  readonly verdict: Verdict | null;
  /** Of the report, as `tool_version`; `null` where there is none. */
  readonly score: number | null;
  readonly tool_version: string | null;
  readonly error: string | null;
  /** JSON of NewBuild['options'], and of its `origin`: build-options.ts. */
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

/** A project that has something to do, and its next build; written by triggers (build-order.ts) alone. */
export interface ProjectLinesTable {
  /** Empty: builds without a project. */
  readonly project: Immutable<string>;
  /** Its builds that run. */
  readonly running: Immutable<number>;
  /** `null`: none of its builds waits. */
  readonly next_id: Immutable<string | null>;
  readonly next_priority: Immutable<number | null>;
  readonly next_created_at: Immutable<string | null>;
}

/** Keys under which builds were submitted, for as long as they are valid. */
export interface IdempotencyKeysTable {
  /** Empty: builds without a project. */
  readonly project: Immutable<string>;
  readonly name: Immutable<string>;
  /** Of what was submitted, made with the sealing key. */
  readonly fingerprint: Immutable<string>;
  readonly build_id: Immutable<string>;
  readonly created_at: Immutable<string>;
}

/** Who builds, and what its engine said last. */
export interface WorkersTable {
  readonly id: Immutable<string>;
  readonly seen_at: string;
  readonly engine: string | null;
  readonly problem: string;
}

/** Where the end of a build is told. */
export interface WebhooksTable {
  readonly id: Immutable<string>;
  /** Without query: that may hold a secret. */
  readonly shown_url: Immutable<string>;
  /** JSON of patterns; NULL: builds of every project, and of none. */
  readonly projects: Immutable<string | null>;
  readonly description: Immutable<string>;
  readonly created_at: Immutable<string>;
  /** JSON of a WebhookTarget, through the sealer. */
  readonly sealed: Immutable<Uint8Array>;
  /** How many attempts have gone wrong since the last that went well. */
  readonly failures: Generated<number>;
  readonly disabled_at: string | null;
  readonly disabled_why: string | null;
}

/** The end of a build on its way to a webhook; written by a trigger (webhooks.ts) with the statement that ends the build. */
export interface WebhookDeliveriesTable {
  readonly webhook_id: Immutable<string>;
  readonly build_id: Immutable<string>;
  readonly state: WebhookDelivery['status'];
  /** How often it was claimed. What a sender writes is fenced by it. */
  readonly attempt: Generated<number>;
  readonly created_at: Immutable<string>;
  /** When it is due; while it is being sent: when the lease ends. NULL when nothing follows any more. */
  readonly next_at: string | null;
  readonly http_status: number | null;
  readonly problem: string | null;
}

/** The database, for Kysely. */
export interface Tables {
  readonly analyses: AnalysesTable;
  readonly builds: BuildsTable;
  readonly build_reports: BuildReportsTable;
  readonly build_events: BuildEventsTable;
  readonly project_lines: ProjectLinesTable;
  readonly idempotency_keys: IdempotencyKeysTable;
  readonly workers: WorkersTable;
  readonly webhooks: WebhooksTable;
  readonly webhook_deliveries: WebhookDeliveriesTable;
}
