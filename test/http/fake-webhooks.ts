/** The use case of webhooks as HTTP sees it: one webhook, `w1`, with one delivery that waits. */
import type { Webhook, WebhookDelivery } from '../../src/schemas/webhook.ts';
import { AppError } from '../../src/use-cases/errors.ts';
import type { Webhooks } from '../../src/use-cases/webhooks.ts';

const webhook: Webhook = {
  ...{ id: 'w1', url: 'https://ci.example/hooks', projects: ['shop/*'], description: '' },
  ...{ createdAt: '2026-11-21T06:00:00.000Z', disabled: null },
  links: { self: '/webhooks/w1', test: '/webhooks/w1/test' },
};

const delivery: WebhookDelivery = {
  ...{ eventId: 'msg_b2', buildId: 'b2', status: 'waiting', attempt: 2, createdAt: '2026-11-21T06:00:00.000Z' },
  ...{ nextAttemptAt: '2026-11-21T06:05:00.000Z', httpStatus: 503, problem: 'The receiver answered 503.' },
};

function known(id: string): void {
  if (id !== 'w1') throw new AppError('not-found', `There is no webhook ${id}.`);
}

/** Remembers nothing. */
export const webhooks: Webhooks = {
  register: async ({ url }) => ({ ...webhook, url, secret: `whsec_${'A'.repeat(32)}` }),
  all: async () => [webhook],
  one: async (id) => {
    known(id);
    return { ...webhook, deliveries: [delivery] };
  },
  remove: async (id) => known(id),
  test: async (id) => {
    known(id);
    return { status: 'delivered', httpStatus: 204, durationMs: 12, problem: null };
  },
};
