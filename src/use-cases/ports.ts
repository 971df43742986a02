/**
 * The ports: what use cases need of the world, in their words. Each has one folder under adapters/ and one contract test. The
 * two largest stand in store-port.ts and engine-port.ts.
 * Narrow on purpose: if a new feature makes every adapter change, the port is cut wrongly.
 */
import type { Readable } from 'node:stream';
import type { Leak } from '../core/rules/rule.ts';
import type { BuildPlan, FailureQuestion, PlanQuestion } from '../core/plan/build-plan.ts';
import type { Answer, Question } from '../core/thinking.ts';
import type { BuildState } from '../schemas/build.ts';
import type { BuildFailure, Report } from '../schemas/report.ts';
import type { QueueCounts } from './store-port.ts';
import type { WebhookFigures } from './webhook-port.ts';

/** Time and ids, so that no test waits for a clock. */
export interface Clock {
  /** ISO 8601, UTC. */
  now(): string;
  /** Milliseconds that only go forward; differences of two calls are durations. */
  elapsed(): number;
  /** A new id, sortable by time (UUID version 7). */
  newId(): string;
}

/** Where log lines go: pino's shape, object first. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The same log, with these fields in every line. The one thing here that does something: use cases and adapters both need it. */
export function boundLog(log: Log, fields: object): Log {
  return {
    debug: (more, message) => log.debug({ ...fields, ...more }, message),
    info: (more, message) => log.info({ ...fields, ...more }, message),
    warn: (more, message) => log.warn({ ...fields, ...more }, message),
    error: (more, message) => log.error({ ...fields, ...more }, message),
  };
}

/** Told that a build waits. Rings may be lost: the worker also looks by itself every few seconds. */
export interface Doorbell {
  ring(): void;
  /** Resolves at the next ring, after `timeoutMs`, or when the signal aborts; never rejects. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<void>;
}

// ---- spool -------------------------------------------------------------------------------------------------------

/** One entry of a spooled context, in the order of the upload. */
export interface SpooledEntry {
  /** Relative, `/` between parts, no `.` or `..` left. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink';
  readonly sizeBytes: number;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly linkTarget?: string;
}

/** An upload in its one normal form, whatever was sent: a bounded plain tar with an index. */
export interface SpooledContext {
  readonly id: string;
  readonly entries: readonly SpooledEntry[];
  /**
   * Bytes of one file, through links that stay inside the context. Throws when there is no such file or it is larger than
   * `maxBytes`; AppError `archive-unsafe` for a link that leads to no file of the context.
   */
  read(path: string, maxBytes: number): Promise<Buffer>;
  /**
   * A plain tar of the entries that `keep` accepts, in order; a path in `replace` gets that content instead, and is
   * added when the context does not have it.
   */
  tar(keep: (entry: SpooledEntry) => boolean, replace: ReadonlyMap<string, Buffer>): Readable;
}

/** A context that has just come in. */
export interface ReceivedContext extends SpooledContext {
  /** What it takes on the disk. */
  readonly sizeBytes: number;
  /** SHA-256, in hex: the same for the same entries in the same order, however and whenever they were packed. */
  readonly digest: string;
}

/** Where uploads wait. */
export interface Spool {
  /**
   * Reads an archive (tar, plain, gzip or zstd, or zip, told by its first bytes) to its end, within the limits.
   * Throws AppError `archive-broken`, `archive-unsafe`, `upload-too-large`, `storage-unavailable`, and AppErrors of the stream
   * itself, and what `grow` throws, which is told how much more is about to be written; then nothing of it is left on disk, and the rest of the stream is left to its owner, neither read nor destroyed.
   */
  receive(archive: Readable, grow?: (bytes: number) => void): Promise<ReceivedContext>;
  /** Keeps a context of one file; `path` is relative and clean. Throws AppError `storage-unavailable`. */
  keepFile(path: string, bytes: Buffer): Promise<ReceivedContext>;
  /** `undefined` when there is none. */
  open(id: string): Promise<SpooledContext | undefined>;
  remove(id: string): Promise<void>;
  /** Removes everything whose id is not in `keep` and that no one is receiving; returns how many. */
  sweep(keep: readonly string[]): Promise<number>;
  /** Resolves when an upload could be stored now, found out by storing a little. Throws AppError `storage-unavailable`. */
  check(): Promise<void>;
}

// ---- page --------------------------------------------------------------------------------------------------------

/** A file that a browser gets. */
export interface PageFile {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

/** The page of the service, as files. All paths are relative to where they are served, and never begin with a slash. */
export interface Page {
  /** Another one whenever any of its files is another one. */
  readonly version: string;
  /** The module that starts it. */
  readonly main: string;
  readonly styles: readonly string[];
  /** Paths of the modules of libraries, by the names under which they are imported. */
  readonly imports: Readonly<Record<string, string>>;
  readonly files: ReadonlyMap<string, PageFile>;
}

// ---- metrics ----------------------------------------------------------------------------------------------------

/** Figures of the service, for whoever watches it. Labels are bounded: nothing that a client made up is among them. */
export interface Metrics {
  readonly mediaType: string;
  requestAnswered(request: {
    /** The address as the contract writes it, or `unknown`. */
    readonly route: string;
    readonly method: string;
    readonly status: number;
    readonly seconds: number;
    /** The answer may have been held on purpose: how long it took says nothing. */
    readonly isHeld: boolean;
  }): void;
  buildEnded(build: {
    readonly state: BuildState;
    readonly verdict: Report['verdict'] | undefined;
    readonly seconds: number;
  }): void;
  phaseEnded(phase: 'build' | 'services' | 'run' | 'variant' | 'image' | 'clean-up', seconds: number): void;
  engineLost(): void;
  /** An attempt to tell a webhook is over, and what came of it is written. */
  deliveryTried(outcome: 'delivered' | 'retried' | 'given_up'): void;
  /** Everything so far, and the queue and the webhooks as they are now. */
  text(
    now: QueueCounts & {
      readonly oldestSeconds: number;
      readonly webhooks: Omit<WebhookFigures, 'dueSince'> & { readonly overdueSeconds: number };
    },
  ): Promise<string>;
}

// ---- logs --------------------------------------------------------------------------------------------------------

/** A log that is being written. */
export interface LogWriter {
  /** One line, without its end. What cannot be written is lost, and never an error of the build. */
  line(text: string): void;
  /** Resolves when everything is written that could be. */
  close(): Promise<void>;
}

/** What builders and containers print, by build. Each only grows, over all attempts, up to a limit. */
export interface BuildLogs {
  write(id: string): LogWriter;
  /** Bytes so far; 0 where there is no log. */
  sizeOf(id: string): Promise<number>;
  /** The bytes from `from` up to `to`, which are not more than there are. Nothing where there is no log. */
  read(id: string, from: number, to: number): AsyncGenerator<Buffer>;
  remove(id: string): Promise<void>;
  /** Every log that is kept. */
  all(): Promise<readonly { readonly id: string; readonly bytes: number }[]>;
}

/** Encrypts what must not be readable at rest. */
export interface Sealer {
  seal(text: string): Buffer;
  /** Throws when the text was sealed with another key or changed. */
  open(sealed: Buffer): string;
  /** The same for the same text, and without the key nobody finds out of which. */
  fingerprint(text: string): string;
}

/** Recognises secrets in texts by their form. */
export interface SecretScanner {
  /** What it found, text by text, in order. Reads nothing but what it is given, reaches no network, and ends in bounded time. */
  scan(texts: readonly { readonly path: string; readonly text: string }[]): Promise<readonly Leak[]>;
}

/** Thinks beside the service, which goes on answering. Throws AppError `analysis-too-costly`, then ended, and `shutting-down`. */
export interface Thinker {
  /** Throws `analysis-queue-full`, too, when many wait already. */
  analyze(question: Question): Promise<Answer>;
  /** These wait for their turn however long it takes, or until the signal aborts. */
  plan(question: PlanQuestion, signal: AbortSignal): Promise<BuildPlan>;
  explain(question: FailureQuestion, signal: AbortSignal): Promise<BuildFailure>;
}
