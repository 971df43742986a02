/**
 * Use case, inner part of prove-image.ts: the image run again under other conditions, all side by side. Nothing is timed here, so
 * they may share the machine; each container goes as soon as it has shown what it does.
 */
import type { Purpose, VariantSeen, VariantsBox } from '../core/probes/box.ts';
import type { Engine, RunRequest, RunVariant } from './engine-port.ts';

/** A service that takes longer than this for its start under other conditions has shown enough. */
const START_MS = 20_000;

/** Runs them. Throws what the engine throws. */
export async function runVariants(
  engine: Pick<Engine, 'run'>,
  ordinary: RunRequest,
  about: {
    readonly purpose: Purpose;
    readonly ordinaryAnswered: boolean;
    readonly requiredEnv: readonly string[];
  },
  signal: AbortSignal,
): Promise<VariantsBox> {
  const { purpose, ordinaryAnswered } = about;
  const timeout = purpose === 'service' ? Math.min(ordinary.startTimeoutMs, START_MS) : ordinary.startTimeoutMs;
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
    const { [name]: _, ...env } = ordinary.env;
    return { name, run: await look({}, env) };
  };
  const [hardened, arbitraryUser, ...missing] = await Promise.all([
    look({ readOnlyRoot: true, noCapabilities: true }),
    look({ user: '12345:0' }),
    ...about.requiredEnv.map(without),
  ]);
  return { purpose, ordinaryAnswered, hardened, arbitraryUser, missing };
}

/** The box of an image whose ordinary run did not get far enough for a comparison. */
export function noVariants(reason: string, purpose: Purpose, requiredEnv: readonly string[]): VariantsBox {
  const run: VariantSeen = { seen: 'unseen', reason };
  const missing = requiredEnv.map((name) => ({ name, run }));
  return { purpose, ordinaryAnswered: false, hardened: run, arbitraryUser: run, missing };
}
