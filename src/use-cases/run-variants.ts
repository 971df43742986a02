/**
 * Use case, inner part of prove-image.ts: the image run again under other conditions, all side by side. Nothing is timed here, so
 * they may share the machine; each container goes as soon as it has shown what it does.
 */
import type { Purpose, StoppedEarly, VariantSeen, VariantsBox } from '../core/probes/box.ts';
import type { Engine, RunRequest, RunVariant } from './engine-port.ts';

/** A service that takes longer than this for its start under other conditions has shown enough. */
const START_MS = 20_000;
/** One that is slow by itself gets so many times what it took then: side by side with everything else all are slower. */
const START_FACTOR = 10;
/** One that does not hear the signal while it starts goes on, and is not waited for as long as an ordinary one. */
const EARLY_GRACE_MS = 2000;

/** Runs them. Throws what the engine throws. */
export async function runVariants(
  engine: Pick<Engine, 'run'>,
  ordinary: RunRequest,
  about: {
    readonly purpose: Purpose;
    /** When the ordinary run answered 200; `undefined`: it never did. */
    readonly answeredMs: number | undefined;
    readonly requiredEnv: readonly string[];
    /** Variables that the image sets itself. */
    readonly imageEnv: ReadonlySet<string>;
  },
  signal: AbortSignal,
): Promise<VariantsBox> {
  const { purpose, answeredMs } = about;
  const enoughMs = Math.max(START_MS, (answeredMs ?? 0) * START_FACTOR);
  const timeout = purpose === 'service' ? Math.min(ordinary.startTimeoutMs, enoughMs) : ordinary.startTimeoutMs;
  const look = async (variant: RunVariant, env: RunRequest['env'] = ordinary.env): Promise<VariantSeen> => {
    const run = await engine.run({ ...ordinary, env, startTimeoutMs: timeout, variant }, signal);
    const [state, answer] = await Promise.all([run.running.state(), run.running.answer()]);
    await run.discard();
    return { seen: 'variant', state, answer };
  };
  const without = async (name: string): Promise<VariantsBox['missing'][number]> => {
    if (!Object.hasOwn(ordinary.env, name)) {
      const reason = 'it is not among the variables that were given, so there is nothing to leave out';
      return { name, run: { seen: 'unseen', reason } };
    }
    if (about.imageEnv.has(name)) {
      const reason = 'the image sets it itself (ENV), so it is never missing';
      return { name, run: { seen: 'unseen', reason } };
    }
    const { [name]: _, ...env } = ordinary.env;
    return { name, run: await look({}, env) };
  };
  const stopEarly = async (): Promise<StoppedEarly> => {
    if (answeredMs === undefined) return { seen: 'unseen', reason: 'it never answered, so when it is up is not known' };
    // Beside its siblings it starts later than by itself, not sooner.
    const afterMs = Math.round(answeredMs / 2);
    const stopTimeoutMs = Math.min(EARLY_GRACE_MS, ordinary.stopTimeoutMs ?? EARLY_GRACE_MS);
    const run = await engine.run(
      { ...ordinary, slowPath: undefined, stopTimeoutMs, variant: { handOverAfterMs: afterMs } },
      signal,
    );
    const stop = await run.stop();
    await run.discard();
    return { seen: 'stop', afterMs, ordinaryMs: Math.round(answeredMs), stop };
  };
  const [hardened, arbitraryUser, stoppedEarly, ...missing] = await Promise.all([
    look({ readOnlyRoot: true, noCapabilities: true }),
    look({ user: '12345:0' }),
    stopEarly(),
    ...about.requiredEnv.map(without),
  ]);
  return { purpose, ordinaryAnswered: answeredMs !== undefined, hardened, arbitraryUser, stoppedEarly, missing };
}

/** The box of an image whose ordinary run did not get far enough for a comparison. */
export function noVariants(reason: string, purpose: Purpose, requiredEnv: readonly string[]): VariantsBox {
  const run = { seen: 'unseen', reason } satisfies VariantSeen;
  const missing = requiredEnv.map((name) => ({ name, run }));
  return { purpose, ordinaryAnswered: false, hardened: run, arbitraryUser: run, stoppedEarly: run, missing };
}
