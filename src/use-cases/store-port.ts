/** The port of the store: analyses, builds and their queue, workers, webhooks. adapters/store serves it; the other ports are in ports.ts. */
import type { Build, BuildEvent, BuildState, Progress } from '../schemas/build.ts';
import type { BuildOptions } from '../schemas/options.ts';
import type { HistoryEntry } from '../schemas/project.ts';
import type { Report } from '../schemas/report.ts';
import type { Origin } from './origin.ts';
import type { WebhookStore } from './webhook-port.ts';

/** What a build needs and nobody may read: sealed beside its row and wiped by the statement that ends the build. */
export type SealedInputs = Pick<BuildOptions, 'buildArgs' | 'env' | 'secrets' | 'registries' | 'services'>;

/** A build to be accepted. `report` is the static analysis made at submission. */
export interface NewBuild {
  readonly id: string;
  readonly project: string | null;
  readonly createdAt: string;
  readonly contextId: string;
  /** Size of the context on the disk. */
  readonly contextBytes: number;
  /** Given: at most one build for each name of a project. */
  readonly key?: IdempotencyKey;
  readonly options: Omit<BuildOptions, keyof SealedInputs>;
  readonly sealed: SealedInputs;
  readonly report: Report;
  /** The request that brought it; not there for builds that an earlier version took in. */
  readonly origin?: Origin | undefined;
}

/** A name that the client gives to a submission, so that it can be repeated without a second build. */
export interface IdempotencyKey {
  readonly name: string;
  /** Of what was submitted (Sealer.fingerprint). */
  readonly fingerprint: string;
  /** ISO 8601; keys from before are forgotten. */
  readonly since: string;
}

/** Most that may wait. */
export interface QueueRoom {
  readonly builds: number;
  /** Bytes of the contexts of all builds that have not ended. */
  readonly bytes: number;
}

/**
 * What became of a submission. `known`: its key belongs to that build, of the same content; `other`: to one of another content;
 * `full`: there was no room. Only `new` has written anything.
 */
export type Accepted = { readonly was: 'new' | 'other' | 'full' } | { readonly was: 'known'; readonly id: string };

/** How many builds were given back, and to what. */
export interface TakenBack {
  readonly requeued: number;
  readonly errored: number;
  readonly cancelled: number;
}

/** A build that this worker owns. Everything it writes is fenced by `id` and `attempt`. */
export interface ClaimedBuild extends Omit<NewBuild, 'key'> {
  readonly attempt: number;
}

/** How an attempt ended. */
export type Outcome =
  | { readonly state: 'passed' | 'failed'; readonly report: Report; readonly finishedAt: string }
  | { readonly state: 'errored'; readonly error: string; readonly finishedAt: string }
  | { readonly state: 'cancelled'; readonly finishedAt: string };

/** What waits and what runs. */
export interface QueueCounts {
  readonly queued: number;
  readonly running: number;
  /** Bytes of the contexts of both. */
  readonly bytes: number;
}

/** Rows that are gone: ids of builds, whose logs can go as well, and how many analyses. */
export interface Removed {
  readonly builds: readonly string[];
  readonly analyses: number;
}

/** Which builds are wanted; what is `undefined` does not matter. */
export interface BuildFilter {
  readonly state?: BuildState | undefined;
  readonly project?: string | undefined;
  readonly verdict?: Report['verdict'] | undefined;
  /** Names, with `*` at the end for any rest; `undefined`: those of every project, and of none. */
  readonly projects?: readonly string[] | undefined;
}

/** What a worker says of itself and its engine. Written by the worker, read by /health and by submissions. */
export interface WorkerSeen {
  readonly id: string;
  readonly seenAt: string;
  /** Version of the engine that answered last; `null` when none does. */
  readonly engine: string | null;
  /** Why none does, and what to do; empty when one does. */
  readonly problem: string;
}

/** Analyses, builds, workers and webhooks. Throws AppError `storage-unavailable` when the database does not answer. */
export interface Store extends WebhookStore {
  saveAnalysis(report: Report): Promise<void>;
  analysis(id: string): Promise<Report | undefined>;

  /** Accepts a build, where there is room and its key is new. */
  insertBuild(build: NewBuild, room: QueueRoom): Promise<Accepted>;
  /** True when a build of any project was submitted under that key after `since`. */
  isKeyKnown(name: string, since: string): Promise<boolean>;
  build(id: string): Promise<Build | undefined>;
  /** The latest builds first, by id: ids sort by time. */
  builds(
    wanted: BuildFilter & { readonly before: string | undefined; readonly limit: number },
  ): Promise<readonly Build[]>;
  /** Each state that the build came into, in order, after number `after`; none for an id that is not there. */
  buildEvents(id: string, after: number): Promise<readonly BuildEvent[]>;
  /** The report of an ended build. */
  buildReport(id: string): Promise<Report | undefined>;
  /**
   * Takes a waiting build, or `undefined`: of the projects with the fewest running builds the one with the highest priority, then
   * the oldest. At most one claimer gets it. The state becomes `building`.
   */
  claim(at: string): Promise<ClaimedBuild | undefined>;
  /** Writes state and progress of a claimed build; `false` when it is no longer this attempt's. */
  progress(
    claim: ClaimedBuild,
    state: Extract<BuildState, 'building' | 'probing'>,
    progress: Progress,
    at: string,
  ): Promise<boolean>;
  /**
   * Ends a claimed build and wipes its sealed inputs, in one statement; `cancelled` where that was wished before. Answers what it came to;
   * `undefined` when it is no longer this attempt's.
   */
  finish(claim: ClaimedBuild, outcome: Outcome): Promise<Outcome['state'] | undefined>;
  /** Gives a claimed build back: queued again, as the next attempt, or cancelled at `at` where that was wished. */
  release(claim: ClaimedBuild, at: string): Promise<boolean>;
  /**
   * The engine went away beneath a claimed build: counted as a crash, and what `recover` does follows. All zero when it is no
   * longer this attempt's.
   */
  interrupt(
    claim: ClaimedBuild,
    at: string,
    about: { readonly maxCrashes: number; readonly why: string },
  ): Promise<TakenBack>;
  /**
   * Cancels a waiting build at once, and notes the wish on a running one, which stays with it through every attempt. Answers
   * what it found; an ended build is left as it is. `undefined`: there is none.
   */
  cancel(
    id: string,
    at: string,
  ): Promise<
    { readonly was: 'queued'; readonly contextId: string } | { readonly was: 'running' | 'ended' } | undefined
  >;
  /** True when somebody wants this attempt cancelled. */
  isCancelWished(claim: ClaimedBuild): Promise<boolean>;
  /** Removes an ended build and its reports; `false` when it has not ended, or is not there. */
  removeBuild(id: string): Promise<boolean>;
  /**
   * Puts every build that a dead process left running back into the queue as its next attempt, or ends it `errored`
   * when that was its crash number `maxCrashes`; a release is no crash. Where it was to be cancelled, it is. Called once, before
   * the first claim. Returns how many of each.
   */
  recover(at: string, maxCrashes: number): Promise<TakenBack>;
  /** Context ids of builds that have not ended: what the spool must keep. */
  contextsInUse(): Promise<readonly string[]>;
  /** Projects with reports, by name, and the latest of each; those that the patterns mean, or all. */
  projects(
    patterns: readonly string[] | undefined,
  ): Promise<readonly { readonly name: string; readonly reports: number; readonly latest: HistoryEntry }[]>;
  /** What the reports of a project came to, the latest first, older than the one with the id `before`. */
  history(name: string, before: string | undefined, limit: number): Promise<readonly HistoryEntry[]>;
  /**
   * Removes a handful of ended builds, and of analyses, that ended or were made before `since`, or are not among the latest of their
   * kind. Called until nothing goes any more.
   */
  removeOld(keep: { readonly since: string; readonly builds: number; readonly analyses: number }): Promise<Removed>;
  /** Removes a handful of the oldest of both. */
  removeOldest(): Promise<Removed>;
  /** Bytes of all that is stored; what was removed is given back to the disk, where the database can do that. */
  usedBytes(): Promise<number>;
  /** Those that are there. */
  knownBuilds(ids: readonly string[]): Promise<readonly string[]>;
  /** Resolves when something could be written now. Throws AppError `storage-unavailable`. */
  check(): Promise<void>;
  counts(): Promise<QueueCounts>;
  /** When the oldest build that waits was accepted; ISO 8601. */
  oldestWaiting(): Promise<string | undefined>;
  /** Milliseconds that each of the latest `count` builds took which ended `passed` or `failed`, from claim to end. */
  durations(count: number): Promise<readonly number[]>;

  saveWorker(worker: WorkerSeen): Promise<void>;
  worker(): Promise<WorkerSeen | undefined>;
  close(): Promise<void>;
}
