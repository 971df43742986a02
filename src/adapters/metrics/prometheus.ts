/** Figures in the format of Prometheus. Labels have values that are known beforehand, so that no client can make them many. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Metrics } from '../../use-cases/ports.ts';

/** Seconds: a static analysis takes milliseconds, an upload minutes. */
const REQUEST_SECONDS = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300];
/** Seconds: a build takes a second from the cache, and half an hour at most. */
const BUILD_SECONDS = [1, 5, 15, 30, 60, 120, 300, 600, 1800];

/** Makes them; one for each process. */
export function makePrometheus(): Metrics {
  const registers = [new Registry()];
  const [registry] = registers;
  if (registry === undefined) throw new Error('there is one');
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'drydock_http_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['route', 'method', 'status'],
    registers,
  });
  const requestSeconds = new Histogram({
    name: 'drydock_http_request_seconds',
    help: 'From the first byte of a request to the last of its answer; addresses that hold their answer are left out.',
    labelNames: ['route'],
    buckets: REQUEST_SECONDS,
    registers,
  });
  const builds = new Counter({
    name: 'drydock_builds_total',
    help: 'Builds that have ended.',
    labelNames: ['state', 'verdict'],
    registers,
  });
  const buildSeconds = new Histogram({
    name: 'drydock_build_seconds',
    help: 'A verification from its claim to its end, clean-up included.',
    labelNames: ['state'],
    buckets: BUILD_SECONDS,
    registers,
  });
  const phaseSeconds = new Histogram({
    name: 'drydock_phase_seconds',
    help: 'What a verification is made of; some phases go side by side.',
    labelNames: ['phase'],
    buckets: BUILD_SECONDS,
    registers,
  });
  const losses = new Counter({
    name: 'drydock_engine_losses_total',
    help: 'How often the engine went away beneath a build.',
    registers,
  });
  const queue = new Gauge({
    name: 'drydock_queue_builds',
    help: 'Builds that wait, and that run.',
    labelNames: ['state'],
    registers,
  });
  const queueBytes = new Gauge({ name: 'drydock_queue_bytes', help: 'Bytes of their contexts.', registers });
  const oldest = new Gauge({
    name: 'drydock_queue_oldest_seconds',
    help: 'How long the oldest build that waits has been waiting; 0 when none does.',
    registers,
  });
  const attempts = new Counter({
    name: 'drydock_webhook_attempts_total',
    help: 'Attempts to tell a webhook, by what came of them: given_up were the last of their delivery.',
    labelNames: ['outcome'],
    registers,
  });
  const webhooks = new Gauge({
    name: 'drydock_webhooks',
    help: 'Webhooks that are told of builds, and that were switched off.',
    labelNames: ['state'],
    registers,
  });
  const waiting = new Gauge({
    name: 'drydock_webhook_deliveries_waiting',
    help: 'Deliveries to webhooks that are on their way, or will be tried again.',
    registers,
  });
  const overdue = new Gauge({
    name: 'drydock_webhook_overdue_seconds',
    help: 'How long the delivery that is due longest has been due; 0 when none is.',
    registers,
  });
  return {
    mediaType: registry.contentType,
    requestAnswered: ({ route, method, status, seconds, isHeld }) => {
      requests.inc({ route, method, status: String(status) });
      if (!isHeld) requestSeconds.observe({ route }, seconds);
    },
    buildEnded: ({ state, verdict, seconds }) => {
      builds.inc({ state, verdict: verdict ?? 'none' });
      buildSeconds.observe({ state }, seconds);
    },
    phaseEnded: (phase, seconds) => phaseSeconds.observe({ phase }, seconds),
    engineLost: () => losses.inc(),
    deliveryTried: (outcome) => attempts.inc({ outcome }),
    text: async (now) => {
      queue.set({ state: 'queued' }, now.queued);
      queue.set({ state: 'running' }, now.running);
      queueBytes.set(now.bytes);
      oldest.set(now.oldestSeconds);
      webhooks.set({ state: 'active' }, now.webhooks.active);
      webhooks.set({ state: 'disabled' }, now.webhooks.disabled);
      waiting.set(now.webhooks.waiting);
      overdue.set(now.webhooks.overdueSeconds);
      return await registry.metrics();
    },
  };
}
