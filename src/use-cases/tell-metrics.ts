/** Use case: how the service does, in figures. */
import type { Clock, Metrics } from './ports.ts';
import type { Store } from './store-port.ts';

/** Answers them, as Prometheus reads them. Throws AppError `storage-unavailable` when queue and webhooks cannot be looked at. */
export type TellMetrics = () => Promise<{ readonly mediaType: string; readonly text: string }>;

/** Makes the use case. */
export function makeTellMetrics(needs: {
  readonly store: Pick<Store, 'counts' | 'oldestWaiting' | 'webhookFigures'>;
  readonly metrics: Pick<Metrics, 'text' | 'mediaType'>;
  readonly clock: Pick<Clock, 'now'>;
}): TellMetrics {
  const { store, metrics, clock } = needs;
  return async () => {
    const [counts, oldest, figures] = await Promise.all([
      store.counts(),
      store.oldestWaiting(),
      store.webhookFigures(),
    ]);
    const secondsSince = (time: string | undefined): number =>
      time === undefined ? 0 : Math.max(0, (Date.parse(clock.now()) - Date.parse(time)) / 1000);
    const { dueSince, ...webhooks } = figures;
    const text = await metrics.text({
      ...counts,
      oldestSeconds: secondsSince(oldest),
      webhooks: { ...webhooks, overdueSeconds: secondsSince(dueSince) },
    });
    return { mediaType: metrics.mediaType, text };
  };
}
