/** An engine whose work is timed: what a verification is made of, for whoever watches the service. */
import type { Engine } from './engine-port.ts';
import type { Clock, Metrics } from './ports.ts';

/** Makes it. What fails is timed too: a slow failure is still slow. */
export function measuredEngine(
  engine: Engine,
  { clock, metrics }: { readonly clock: Pick<Clock, 'elapsed'>; readonly metrics: Pick<Metrics, 'phaseEnded'> },
): Engine {
  const timed = async <T>(phase: Phase, work: () => Promise<T>): Promise<T> => {
    const begun = clock.elapsed();
    try {
      return await work();
    } finally {
      metrics.phaseEnded(phase, (clock.elapsed() - begun) / 1000);
    }
  };
  return {
    describe: (signal) => engine.describe(signal),
    identify: (references, signal) => engine.identify(references, signal),
    lost: (companions, signal) => engine.lost(companions, signal),
    sweep: (keep) => engine.sweep(keep),
    build: (request, signal) => timed('build', () => engine.build(request, signal)),
    accompany: (request, signal) => timed('services', () => engine.accompany(request, signal)),
    run: (request, signal) =>
      timed(request.variant === undefined ? 'run' : 'variant', () => engine.run(request, signal)),
    scan: (request, signal) => timed('image', () => engine.scan(request, signal)),
    cleanUp: (buildId) => timed('clean-up', () => engine.cleanUp(buildId)),
  };
}

type Phase = Parameters<Metrics['phaseEnded']>[0];
