/** Figures as Prometheus reads them. */
import t from 'tap';
import { makePrometheus } from '../../../src/adapters/metrics/prometheus.ts';

await t.test('everything that happened is told, with the queue as it is', async (t) => {
  const metrics = makePrometheus();
  const request = { route: '/analyze', method: 'POST', status: 200, seconds: 0.3, isHeld: false };
  metrics.requestAnswered(request);
  metrics.requestAnswered({ ...request, route: '/build-verify/:id', seconds: 30, isHeld: true });
  metrics.buildEnded({ state: 'passed', verdict: 'ready', seconds: 12 });
  metrics.buildEnded({ state: 'cancelled', verdict: undefined, seconds: 1 });
  metrics.phaseEnded('build', 7);
  metrics.engineLost();
  for (const outcome of ['delivered', 'retried', 'retried', 'given_up'] as const) metrics.deliveryTried(outcome);
  const text = await metrics.text({
    ...{ queued: 3, running: 1, bytes: 4000, oldestSeconds: 9.5 },
    webhooks: { active: 2, disabled: 1, waiting: 7, overdueSeconds: 1.5 },
  });
  const lines = text.split('\n');
  for (const line of [
    'drydock_http_requests_total{route="/analyze",method="POST",status="200"} 1',
    'drydock_http_request_seconds_bucket{le="0.5",route="/analyze"} 1',
    'drydock_http_request_seconds_bucket{le="0.1",route="/analyze"} 0',
    'drydock_builds_total{state="passed",verdict="ready"} 1',
    'drydock_builds_total{state="cancelled",verdict="none"} 1',
    'drydock_build_seconds_sum{state="passed"} 12',
    'drydock_phase_seconds_count{phase="build"} 1',
    'drydock_engine_losses_total 1',
    'drydock_queue_builds{state="queued"} 3',
    'drydock_queue_builds{state="running"} 1',
    'drydock_queue_bytes 4000',
    'drydock_queue_oldest_seconds 9.5',
    'drydock_webhook_attempts_total{outcome="delivered"} 1',
    'drydock_webhook_attempts_total{outcome="retried"} 2',
    'drydock_webhook_attempts_total{outcome="given_up"} 1',
    'drydock_webhooks{state="active"} 2',
    'drydock_webhooks{state="disabled"} 1',
    'drydock_webhook_deliveries_waiting 7',
    'drydock_webhook_overdue_seconds 1.5',
  ])
    t.ok(lines.includes(line), line);
  t.notMatch(text, /request_seconds.*build-verify/, 'how long an answer was held is no figure');
  t.match(text, /^process_cpu_seconds_total /m, 'those of the process as well');
  t.match(metrics.mediaType, /^text\/plain; version=/);
  for (const line of lines) t.match(line, /^(?:|# (?:HELP|TYPE) .+|[a-zA-Z_:][\w:]*(?:\{[^{}]*\})? [-+\w.]+)$/, line);
});
