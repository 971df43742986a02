/** What an image says of how it wants to be run: only the parts that a run needs. */
import { z } from 'zod';
import type { Client } from './client.ts';
import { plainText } from './plain-text.ts';

/** The image's own HEALTHCHECK. */
export interface ImageHealthcheck {
  /** As Docker keeps it: `CMD` or `CMD-SHELL`, and what follows. */
  readonly test: readonly string[];
  /** Nanoseconds; 0: the engine's default. */
  readonly timeoutNs: number;
  /** How many failures in a row make it unhealthy. */
  readonly retries: number;
  /** How often it is asked, and how long failures do not count: the engine's defaults filled in. */
  readonly intervalMs: number;
  readonly startPeriodMs: number;
  readonly startIntervalMs: number;
}

/** The parts of an image's configuration that a run needs. */
export interface ImageFacts {
  /** TCP ports of EXPOSE, ascending; the image does not keep their order. */
  readonly tcpPorts: readonly number[];
  /** `SIGTERM` when the image names none. */
  readonly stopSignal: string;
  /** As USER says it; empty: root. */
  readonly user: string;
  /** Paths of VOLUME. */
  readonly volumes: readonly string[];
  readonly healthcheck: ImageHealthcheck | undefined;
}

/** Source: Dockerfile reference, HEALTHCHECK. */
const DEFAULT_INTERVAL_MS = 30_000;
/** Measured too (Docker 28): a first check at five seconds with a start period of three and an interval of sixty. */
const DEFAULT_START_INTERVAL_MS = 5000;

const Duration = z.number().nullish();
const Inspected = z.object({
  Config: z.object({
    ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
    StopSignal: z.string().nullish(),
    User: z.string().nullish(),
    Volumes: z.record(z.string(), z.unknown()).nullish(),
    Healthcheck: z
      .object({
        Test: z.array(z.string()).nullish(),
        Timeout: Duration,
        Interval: Duration,
        StartPeriod: Duration,
        StartInterval: Duration,
        Retries: z.number().nullish(),
      })
      .nullish(),
  }),
});

/** Asks the engine. Throws like `Ask`. */
export async function imageFacts(client: Client, imageId: string, signal: AbortSignal): Promise<ImageFacts> {
  const { Config } = await client.ask({ to: 'describe an image', reads: Inspected, signal }, () =>
    client.docker.getImage(imageId).inspect(),
  );
  const ports = Object.keys(Config.ExposedPorts ?? {}).flatMap((port) => /^(\d+)\/tcp$/.exec(port)?.[1] ?? []);
  const {
    Test: test,
    Timeout: timeoutNs,
    Retries: retries,
    Interval,
    StartPeriod,
    StartInterval,
  } = Config.Healthcheck ?? {};
  return {
    tcpPorts: ports.map(Number).toSorted((one, other) => one - other),
    stopSignal: Config.StopSignal || 'SIGTERM',
    user: Config.User ?? '',
    volumes: Object.keys(Config.Volumes ?? {}).map((path) => plainText(path).slice(0, 1000)),
    healthcheck:
      test == null || test.length === 0 || test[0] === 'NONE'
        ? undefined
        : {
            test,
            timeoutNs: timeoutNs ?? 0,
            retries: retries || 3,
            intervalMs: (Interval ?? 0) / 1e6 || DEFAULT_INTERVAL_MS,
            startPeriodMs: (StartPeriod ?? 0) / 1e6,
            startIntervalMs: (StartInterval ?? 0) / 1e6 || DEFAULT_START_INTERVAL_MS,
          },
  };
}

/** The test as a person would write it. */
export function testText(test: readonly string[]): string {
  return test.slice(1).join(' ').slice(0, 1000);
}
