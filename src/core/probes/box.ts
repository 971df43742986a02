/**
 * The boxes: the narrow windows through which a probe sees an image or a container. Types only.
 *
 * adapters/docker makes them; a new probe asks these questions and does not add one lightly, because every adapter must
 * answer it. Answers are plain data. A box never throws for what the image does; what could not be observed is told as
 * `unseen`, with the reason, so that a probe can say `unknown`.
 */

import type { ImageContents } from '../image/seen.ts';
import type { BaseImage } from '../../schemas/production.ts';
import type { BuildFailure } from '../../schemas/report.ts';
import type { PausedBox } from './paused-box.ts';

/** What the image is run as: something that stays up, work that comes to an end, or a command for people. */
export type Purpose = 'service' | 'job' | 'cli';

/** One process of the container, seen from the engine's host. */
export interface ProcessSeen {
  readonly pid: number;
  /** The one it acts with. */
  readonly uid: number;
  /** Its real or saved uid is 0: it acts as somebody else, and takes root back whenever it likes. */
  readonly keepsRoot: boolean;
  readonly gid: number;
  readonly command: string;
}

/** More than a container may write into its own layer and volumes. */
export interface DiskExcess {
  readonly bytes: number;
  readonly limitBytes: number;
}

/** How the container is. */
export interface StateSeen {
  readonly running: boolean;
  /** `undefined` while it runs. */
  readonly exitCode: number | undefined;
  readonly outOfMemory: boolean;
  /** It wrote so much that it was ended for it. */
  readonly disk?: DiskExcess;
  /** The engine's reason when it could not be started. */
  readonly startError: string | undefined;
  /** From its start to this look. */
  readonly secondsObserved: number;
  /** From its start to its end, as the engine has both; not there while it runs. */
  readonly secondsLived?: number;
  /** The last part of what it printed on stdout and stderr. */
  readonly logTail: string;
}

/** An answer over HTTP, asked from outside the container. */
export type AnswerSeen =
  | {
      readonly seen: 'answer';
      readonly url: string;
      readonly status: number;
      /** Every path that was asked was answered with 5xx. */
      readonly failsEverywhere?: boolean;
      readonly afterMs: number;
      readonly guessed: boolean;
    }
  /** Nothing listens, or it closes or never answers. */
  | {
      readonly seen: 'silence';
      readonly url: string;
      readonly reason: string;
      /** The container itself said that nothing listens there. */
      readonly isRefused?: boolean;
      readonly waitedMs: number;
      readonly guessed: boolean;
    }
  /** Drydock could not look: no port known, container gone, network not reachable from here. */
  | { readonly seen: 'unseen'; readonly reason: string };

/** What the image's own HEALTHCHECK said, run at one-second intervals. */
export type HealthSeen =
  | { readonly seen: 'healthy'; readonly afterMs: number; readonly test: string }
  /** It never passed; the rest is of the last check that came to an end. */
  | {
      readonly seen: 'unhealthy';
      readonly test: string;
      /** `undefined`: the test has none, because it was broken off or could not even be run. */
      readonly exitCode: number | undefined;
      /** The image's own timeout, where the test was broken off by it. */
      readonly brokenOffAfterMs: number | undefined;
      readonly output: string;
      readonly waitedMs: number;
    }
  | { readonly seen: 'none' }
  /** Also where no check came to an end within the start timeout: it may have passed a moment later. */
  | { readonly seen: 'unseen'; readonly reason: string };

/** The process list, or why there is none. */
export type ProcessesSeen =
  | { readonly seen: 'processes'; readonly processes: readonly ProcessSeen[] }
  /** It ran to its end before they could be listed. It began with this uid, and what did not begin as root could not become it. */
  | { readonly seen: 'user'; readonly uid: number; readonly user: string }
  | { readonly seen: 'unseen'; readonly reason: string };

/** A TCP socket that waits for connections. */
export interface ListeningSocket {
  /** `0.0.0.0`, `::`, `127.0.0.1` … */
  readonly address: string;
  readonly port: number;
}

/** Where the container listens, and where its image says it does. */
export type SocketsSeen =
  | { readonly seen: 'sockets'; readonly listening: readonly ListeningSocket[]; readonly exposed: readonly number[] }
  | { readonly seen: 'unseen'; readonly reason: string };

/** What the container wrote into its own layer: volumes and tmpfs are not in it. */
export type WrittenSeen =
  | {
      readonly seen: 'written';
      /** Files that were added or changed; folders are left out. */
      readonly files: readonly string[];
      /** More than are told were written. */
      readonly isCutOff: boolean;
      /** Volumes of the image: what was written there is not told. */
      readonly volumes: readonly string[];
    }
  | { readonly seen: 'unseen'; readonly reason: string };

/** What the container holds once it has answered and nothing more is asked of it. */
export type MemorySeen =
  | {
      readonly seen: 'memory';
      /** Bytes in use, without file cache that the kernel may take back at any moment. */
      readonly bytes: number;
      readonly limitBytes: number;
      /** Processes and threads, a health check that happens to run included. */
      readonly pids: number | undefined;
    }
  | { readonly seen: 'unseen'; readonly reason: string };

/** How patient the image's HEALTHCHECK is, as the engine would run it; `undefined`: it has none. */
export interface Patience {
  readonly startPeriodMs: number;
  /** Between checks within the start period. */
  readonly startIntervalMs: number;
  readonly intervalMs: number;
  readonly retries: number;
}

/** Phase `running`: the container has been started and given time to answer. Read-only questions, each answered once. */
export interface RunningBox {
  /** What it was run as: a job that has ended is well, a service that has ended is not. */
  purpose(): Promise<Purpose>;
  state(): Promise<StateSeen>;
  processes(): Promise<ProcessesSeen>;
  /** The first 200 of the health path; else the best of what came until the start timeout. */
  answer(): Promise<AnswerSeen>;
  health(): Promise<HealthSeen>;
  sockets(): Promise<SocketsSeen>;
  written(): Promise<WrittenSeen>;
  memory(): Promise<MemorySeen>;
  patience(): Promise<Patience | undefined>;
}

/** What became of a request that was sent just before the stop signal. */
export type InFlightSeen =
  /** Answered to its last byte, though the signal had come. */
  | { readonly seen: 'answered'; readonly path: string; readonly status: number }
  | { readonly seen: 'cut-off'; readonly path: string; readonly reason: string }
  /** It was over before the signal came, or could not even be sent. */
  | { readonly seen: 'unseen'; readonly path: string; readonly reason: string };

/** Phase `stopped`: plain facts of how the container ended. */
export type StoppedBox =
  | {
      readonly seen: 'stop';
      readonly signal: string;
      readonly graceSeconds: number;
      /** From its start to the signal. */
      readonly secondsUp: number;
      /** From the signal to its end. */
      readonly seconds: number;
      readonly exitCode: number;
      /** It did not end within the grace and was killed. */
      readonly killed: boolean;
      /** Command line of PID 1, as it was before the signal. */
      readonly pid1: string | undefined;
      /** A request that was under way when the signal came; `undefined`: no path was named for one. */
      readonly inFlight: InFlightSeen | undefined;
    }
  /** Work that was done before anybody had to stop it. */
  | { readonly seen: 'done'; readonly seconds: number }
  /** No signal was sent: it had ended before, by itself or because it wrote too much (`state.disk`). */
  | { readonly seen: 'gone'; readonly reason: string; readonly state: StateSeen }
  | { readonly seen: 'unseen'; readonly reason: string };

/** Phase `watched`: how it came through the whole time in which Drydock had it before its eyes, from its start to the stop signal. */
export type WatchedBox =
  | {
      readonly seen: 'watched';
      readonly purpose: Purpose;
      /** Of a service that was up when the signal came, and of one that had ended by then; of work, when it was waited for. */
      readonly state: StateSeen;
      readonly memory: MemorySeen;
      /** The companion that was paused when it ended: whether it would have ended without that, nobody knows. */
      readonly pausedThen?: string;
    }
  | { readonly seen: 'unseen'; readonly reason: string };

/** How a run went that differs from the ordinary one in one thing. */
export type VariantSeen =
  | { readonly seen: 'variant'; readonly state: StateSeen; readonly answer: AnswerSeen }
  | { readonly seen: 'unseen'; readonly reason: string };

/** A stop signal in the middle of the start. */
export type StoppedEarly =
  | {
      readonly seen: 'stop';
      /** When the signal was sent, and when the ordinary run first answered. */
      readonly afterMs: number;
      readonly ordinaryMs: number;
      readonly stop: StoppedBox;
    }
  | { readonly seen: 'unseen'; readonly reason: string };

/** Phase `variants`: the same image under other conditions, side by side, when the ordinary run has been looked at. */
export interface VariantsBox {
  readonly purpose: Purpose;
  /** Whether the ordinary run answered 200: more is not asked of a variant. */
  readonly ordinaryAnswered: boolean;
  /** Read-only root with a writable /tmp, no capabilities. */
  readonly hardened: VariantSeen;
  /** A user id that the image knows nothing of, in the group of root. */
  readonly arbitraryUser: VariantSeen;
  /** Told to stop while it starts; nothing is wrong with a service that does not hear it yet. */
  readonly stoppedEarly: StoppedEarly;
  /** Each variable that is known to be required, left out in turn. */
  readonly missing: readonly { readonly name: string; readonly run: VariantSeen }[];
}

/** One step of the second build, as far as it matters for the cache. */
export interface RebuiltStep {
  readonly line: number;
  readonly cached: boolean;
  readonly seconds: number | undefined;
}

/** Phase `rebuilt`: the build again, after one source file was changed. */
export type RebuiltBox =
  | {
      readonly seen: 'rebuilt';
      /** The file that was changed, by blank lines at its end. */
      readonly touched: string;
      readonly steps: readonly RebuiltStep[];
      /** Lines of the COPYs that take the file. */
      readonly copies: readonly number[];
      /** Lines of the RUNs that install dependencies. */
      readonly installs: readonly number[];
      readonly firstSeconds: number;
      readonly seconds: number;
    }
  | { readonly seen: 'unseen'; readonly reason: string };

/** Phase `image`: what lies in the image above its base. */
export type ImageBox =
  | (ImageContents & {
      /** Build arguments named like secrets whose value could not be put to the test, because the build needs the real one. */
      readonly untried: readonly string[];
      /** What was given as a secret and is so short that it would be found by chance. */
      readonly unsearched: readonly string[];
    })
  | { readonly seen: 'unseen'; readonly reason: string };

/** Phase `built`: plain facts of the build. */
export interface BuiltBox {
  readonly image: { readonly id: string; readonly sizeBytes: number } | undefined;
  readonly failure: BuildFailure | undefined;
  readonly steps: number;
  readonly seconds: number;
  /** What it stands on; empty where nothing was built. */
  readonly bases: readonly BaseImage[];
}

/** Which box a probe gets in which phase. */
export interface Boxes {
  readonly built: BuiltBox;
  readonly image: ImageBox;
  readonly running: RunningBox;
  readonly paused: PausedBox;
  readonly stopped: StoppedBox;
  readonly watched: WatchedBox;
  readonly variants: VariantsBox;
  readonly rebuilt: RebuiltBox;
}
/** Name of a phase. */
export type Phase = keyof Boxes;
