/**
 * Use case: what has ended is told. Takes deliveries from the store when they are due, a few at a time and one for each webhook,
 * sends them, and writes what became of them. At least once: a process that dies between the two sends again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BuildFinished } from '../schemas/webhook.ts';
import { namesInLog, traceHeaders } from './origin.ts';
import type { Clock, Log, Metrics } from './ports.ts';
import type { ClaimedDelivery, DeliveryEnd, WebhookAnswer, WebhookSender, WebhookStore } from './webhook-port.ts';

/** Seconds before each attempt. Source: Standard Webhooks, "Deliverability and reliability". */
export const SCHEDULE_SECONDS: readonly number[] = [
  ...[0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600],
];
/** Up to so much of a delay is added by chance, so that not everything comes at once to a receiver that is back. */
const JITTER = 0.2;
/** So many are on their way at once, and at most half of them to webhooks whose last delivery went wrong. */
const LANES = 8;
/** How often it looks for something that is due. */
const LOOK_MS = 1000;
/** Longer than an attempt can last. */
const LEASE_MS = 60_000;
/** How long what is on its way may take when the service stops. */
const STOP_MS = 5000;

/** What came of an attempt, as it is counted. */
const COUNTED_AS = {
  delivered: 'delivered',
  again: 'retried',
  gone: 'given_up',
  failed: 'given_up',
} as const satisfies Readonly<Record<DeliveryEnd['was'], Parameters<Metrics['deliveryTried']>[0]>>;

/** Delivers until it is stopped. */
export interface WebhookDelivery {
  start(): void;
  /** Takes nothing new; what has no answer within seconds is given up, and sent again by the next process. */
  stop(): Promise<void>;
  /** Sends all that is due now, each once; resolves when that is done. Throws like the store. */
  once(): Promise<void>;
}

/** Makes the use case. */
export function makeWebhookDelivery(needs: {
  readonly store: Pick<WebhookStore, 'claimDelivery' | 'endDelivery'>;
  readonly sender: Pick<WebhookSender, 'send'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'deliveryTried'>;
  /** What stands before the paths of links; empty: nothing. */
  readonly publicUrl: string;
  /** From 0 up to 1. */
  readonly chance: () => number;
}): WebhookDelivery {
  const { store, sender, clock, log, metrics, publicUrl, chance } = needs;
  const stopping = new AbortController();
  const givingUp = new AbortController();
  /** What is on its way, by webhook. */
  const lanes = new Map<string, { readonly isFailing: boolean; readonly done: Promise<void> }>();
  let life: Promise<void> | undefined;
  /** Ends the wait for the next look. */
  let pause = new AbortController();

  const later = (seconds: number): string => new Date(Date.parse(clock.now()) + seconds * 1000).toISOString();

  const endOf = (attempt: number, answer: WebhookAnswer): DeliveryEnd => {
    const { httpStatus, problem, retryAfterSeconds = 0 } = answer;
    if (httpStatus !== null && problem === null) return { was: 'delivered', httpStatus };
    if (httpStatus === 410) {
      const why = 'The receiver answered 410: it is gone, so nothing is sent to it any more. Register a new webhook.';
      return { was: 'gone', httpStatus, at: clock.now(), problem: why };
    }
    const said = { httpStatus, problem: problem ?? '' };
    // The process that comes next sends it at once.
    if (givingUp.signal.aborted) return { was: 'again', ...said, nextAt: clock.now() };
    const delay = SCHEDULE_SECONDS[attempt];
    if (delay === undefined) return { was: 'failed', ...said };
    return { was: 'again', ...said, nextAt: later(Math.max(delay * (1 + JITTER * chance()), retryAfterSeconds)) };
  };

  const deliver = async (claim: ClaimedDelivery): Promise<void> => {
    const { webhookId, buildId, eventId, attempt, target, origin } = claim;
    const body = JSON.stringify(eventOf(claim, publicUrl));
    const headers = origin === undefined ? {} : traceHeaders(origin.trace);
    const answer = await sender.send(target, { id: eventId, body, headers }, givingUp.signal);
    const end = endOf(attempt, answer);
    const { httpStatus, problem, durationMs } = answer;
    const names = origin === undefined ? {} : namesInLog(origin);
    const fields = { ...names, webhookId, buildId, attempt, httpStatus, durationMs };
    if (end.was === 'delivered') log.info(fields, 'webhook delivered');
    else log.warn({ ...fields, problem, next: end.was === 'again' ? end.nextAt : null }, 'webhook not delivered');
    // What somebody else has taken over meanwhile, they count.
    if (await store.endDelivery(claim, end)) metrics.deliveryTried(COUNTED_AS[end.was]);
  };

  /** Takes what is due for as long as there is a lane for it. */
  const fill = async (): Promise<void> => {
    while (lanes.size < LANES && !stopping.signal.aborted) {
      const failing = [...lanes.values()].filter((one) => one.isFailing).length;
      const claim = await store.claimDelivery({
        at: clock.now(),
        leaseUntil: later(LEASE_MS / 1000),
        busy: [...lanes.keys()],
        isHealthyOnly: failing >= LANES / 2,
      });
      if (claim === undefined) return;
      const { webhookId, isFailing } = claim;
      const done = deliver(claim)
        // Its lease ends, and it is sent again.
        .catch((err: unknown) => log.error({ err, webhookId, buildId: claim.buildId }, 'webhook delivery not written'))
        .finally(() => lanes.delete(webhookId));
      lanes.set(webhookId, { isFailing, done });
    }
  };

  const anyDone = (): Promise<void> => Promise.race([...lanes.values()].map(({ done }) => done));

  const live = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await fill().catch((err: unknown) => log.error({ err }, 'webhooks that are due cannot be looked up'));
      if (stopping.signal.aborted) return;
      pause = new AbortController();
      const looked = sleep(LOOK_MS, undefined, { signal: pause.signal }).catch(() => undefined);
      await (lanes.size === 0 ? looked : Promise.race([looked, anyDone()]));
      pause.abort();
    }
  };

  return {
    start: () => {
      life = live();
    },
    stop: async () => {
      stopping.abort();
      pause.abort();
      const timer = setTimeout(() => givingUp.abort(), STOP_MS);
      await life;
      await Promise.all([...lanes.values()].map(({ done }) => done));
      clearTimeout(timer);
    },
    once: async () => {
      await fill();
      while (lanes.size > 0) {
        await anyDone();
        await fill();
      }
    },
  };
}

function eventOf({ event }: ClaimedDelivery, publicUrl: string): BuildFinished {
  const self = `${publicUrl}/build-verify/${event.data.build}`;
  return {
    type: 'build.finished',
    timestamp: event.timestamp,
    data: { ...event.data, links: { self, report: `${self}/report` } },
  };
}
