/** The port of a Docker engine: build, look into, accompany, run, clean up. adapters/docker serves it; the others are in ports.ts. */
import type { Readable } from 'node:stream';
import type { ImageIdentity } from '../core/report/base-images.ts';
import type { DeclaredPackages } from '../core/image/declared.ts';
import type { Canary } from '../core/image/needles.ts';
import type { OwnStep } from '../core/image/own-steps.ts';
import type { ImageSeen } from '../core/image/seen.ts';
import type { Purpose, RunningBox, StoppedBox } from '../core/probes/box.ts';
import type { PausedSeen } from '../core/probes/paused-box.ts';
import type { FailureSeen } from '../core/failure/types.ts';
import type { BuildWarning } from '../core/report/build-warnings.ts';
import type { RegistryCredentials } from '../schemas/options.ts';
import type { BuildStep } from '../schemas/report.ts';

/** An engine that answers. */
export interface EngineInfo {
  readonly version: string;
}

/** An image to build. */
export interface ImageBuildRequest {
  readonly buildId: string;
  /** A plain tar; `.dockerignore` has been applied. */
  readonly context: Readable;
  readonly dockerfile: string;
  readonly target: string | undefined;
  /** `undefined`: the engine's own. */
  readonly platform: string | undefined;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Put on the image beside Drydock's own. */
  readonly labels: Readonly<Record<string, string>>;
  readonly noCache: boolean;
  readonly network: 'default' | 'none';
  /** Values for `RUN --mount=type=secret`, by id; the builder asks for each when it needs it. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Who to be at registries, by host. Never shown to another host. */
  readonly registries: RegistryLogins;
  /** Builds share the contents of cache mounts only with builds that name the same space: a project's, or the build's own. */
  readonly cacheNamespace: string;
  /** Line of the Dockerfile on which a step of that name stands (core/dockerfile/build-steps.ts). */
  readonly lineOf: (stepName: string) => number | undefined;
  readonly onStep: (steps: readonly BuildStep[]) => void;
  /** Told what the builder prints, in whole lines; `step` is `#3`, the number of the step. */
  readonly onLines?: (lines: readonly { readonly step: string; readonly text: string }[]) => void;
}

/** Who to be at registries, by host as image names begin with it; `docker.io` for Docker Hub. */
export type RegistryLogins = Readonly<Record<string, RegistryCredentials>>;

/** What came of it. A build that the Dockerfile or its context made fail is a result, not an error. */
export interface ImageBuildResult {
  readonly steps: readonly BuildStep[];
  /** What the builder's own checks said; none on engines without them. */
  readonly warnings: readonly BuildWarning[];
  readonly durationMs: number;
  readonly image: { readonly id: string; readonly sizeBytes: number } | undefined;
  /** Not explained yet: why it failed is core's to say. */
  readonly failure: FailureSeen | undefined;
}

/** How to run the image and where to knock. */
export interface RunRequest {
  readonly buildId: string;
  readonly imageId: string;
  /** `job` and `cli` are waited for to their end, and not asked anything over the network. Default `service`. */
  readonly purpose?: Purpose;
  readonly env: Readonly<Record<string, string>>;
  /** In place of the image's CMD. */
  readonly command?: readonly string[] | undefined;
  /** `undefined`: the image's first exposed TCP port. */
  readonly port: number | undefined;
  /** Paths to ask, in order; `guessed` when nobody named them. */
  readonly healthPaths: readonly string[];
  readonly healthGuessed: boolean;
  readonly startTimeoutMs: number;
  /** `undefined`: 10 seconds. */
  readonly stopTimeoutMs: number | undefined;
  /** How this run differs from an ordinary one. */
  readonly variant?: RunVariant;
  /** Companions that it finds on its network. */
  readonly companions?: readonly Companion[];
  /** `true`: its network has a way out. */
  readonly hasEgress?: boolean;
  /** Asked just before the stop signal. */
  readonly slowPath?: string | undefined;
}

/** A container that the service under test needs beside it. */
export interface CompanionRequest {
  /** Host name under which it is found. */
  readonly name: string;
  readonly imageId: string;
  readonly env: Readonly<Record<string, string>>;
  /** `undefined`: as the image says. */
  readonly command: readonly string[] | undefined;
  /** Accepts connections when it is ready; `undefined`: the image's first exposed TCP port. */
  readonly port: number | undefined;
}

/** Companions to start, side by side. */
export interface CompanionsRequest {
  readonly buildId: string;
  readonly companions: readonly CompanionRequest[];
  /** How long each may take until it is ready. */
  readonly startTimeoutMs: number;
}

/** A companion that was started. */
export interface Companion {
  readonly name: string;
  /** The engine's id of its container. */
  readonly id: string;
}

/** Companions that are ready, or why one of them is not: a fact about what was asked for, not an error. */
export type Companions = { readonly ready: readonly Companion[] } | CompanionProblem;

/** What is wrong with a companion. */
export interface CompanionProblem {
  /** The beginning of a sentence. */
  readonly problem: string;
  /** The last part of what it printed; not there where that says nothing. */
  readonly log?: string;
}

/** Conditions that a container may meet in production. */
export interface RunVariant {
  /** The root file system is read-only; /tmp and /run are writable. */
  readonly readOnlyRoot?: boolean;
  /** All capabilities are dropped. */
  readonly noCapabilities?: boolean;
  /** `12345:0` instead of the image's user. */
  readonly user?: string;
  /** Handed over so long after its start, and asked nothing: to be stopped before it is up. */
  readonly handOverAfterMs?: number;
}

/** A container under test. */
export interface Run {
  readonly running: RunningBox;
  /** Pauses a companion, asks the health endpoint, lets the companion go on, and waits until the endpoint is well again. */
  pausing(companion: Companion): Promise<PausedSeen>;
  /**
   * Ends the watch over the container: tells how it had ended, where it had; else sends the stop signal and waits, and kills after the
   * grace. Answers the same facts when called again.
   */
  stop(): Promise<StoppedBox>;
  /** Removes the container at once, however it is: for runs whose end is of no interest. */
  discard(): Promise<void>;
}

/** An image to look into. */
export interface ImageScanRequest {
  readonly imageId: string;
  /** What the Dockerfile leaves in the history (core/image/own-steps.ts): everything below is the base's. */
  readonly steps: readonly OwnStep[];
  /** Values to search for in what lies above the base; those that would be found by chance are not searched. */
  readonly canaries: readonly Canary[];
  /** What the manifests of the context ask for, and for whom. Default: nothing. */
  readonly declared?: DeclaredPackages;
  /** Default: five minutes. */
  readonly timeoutMs?: number;
  /** Narrower than usual. */
  readonly limits?: { readonly maxEntries?: number; readonly maxBytes?: number };
}

/**
 * A Docker engine. Every call ends: each is raced against a deadline of its own and against `signal`.
 * Throws AppError `engine-unavailable` when it does not answer; what the image or the Dockerfile does wrong is a result.
 */
export interface Engine {
  describe(signal: AbortSignal): Promise<EngineInfo>;
  build(request: ImageBuildRequest, signal: AbortSignal): Promise<ImageBuildResult>;
  /** What it knows of images, by the names they were asked for; one that it does not have is left out. */
  identify(references: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ImageIdentity>>;
  /** Starts companions side by side, on a private network without a route out, and waits until each is ready. */
  accompany(request: CompanionsRequest, signal: AbortSignal): Promise<Companions>;
  /** What has become of the first of them that has ended since it was ready; `undefined`: all are still there. */
  lost(companions: readonly Companion[], signal: AbortSignal): Promise<CompanionProblem | undefined>;
  /** Starts the image on a private network and waits until it answers, gives up or dies. */
  run(request: RunRequest, signal: AbortSignal): Promise<Run>;
  /** Looks into an image in one pass, layer by layer. What could not be looked at is told, never thrown. */
  scan(request: ImageScanRequest, signal: AbortSignal): Promise<ImageSeen>;
  /** Removes every container, network, volume and image of one build. Safe to repeat. */
  cleanUp(buildId: string): Promise<void>;
  /** The same for every build that is not in `keep`: what a crash left. Returns how many things were removed. */
  sweep(keep: readonly string[]): Promise<number>;
}
