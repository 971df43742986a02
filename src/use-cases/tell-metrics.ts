/** Use case: how the service does, in figures. */
import type { Clock, Metrics } from './ports.ts';
import type { Store } from './store-port.ts';

/** Answers them, as Prometheus reads them. Throws AppError `storage-unavailable` when the queue cannot be looked at. */
export type TellMetrics = () => Promise<{ readonly mediaType: string; readonly text: string }>;

/** Makes the use case. */
export function makeTellMetrics(needs: {
  readonly store: Pick<Store, 'counts' | 'oldestWaiting'>;
  readonly metrics: Pick<Metrics, 'text' | 'mediaType'>;
  readonly clock: Pick<Clock, 'now'>;
}): TellMetrics {
  const { store, metrics, clock } = needs;
  return async () => {
    const [counts, oldest] = await Promise.all([store.counts(), store.oldestWaiting()]);
    const oldestSeconds = oldest === undefined ? 0 : Math.max(0, (Date.parse(clock.now()) - Date.parse(oldest)) / 1000);
    return { mediaType: metrics.mediaType, text: await metrics.text({ ...counts, oldestSeconds }) };
  };
}
