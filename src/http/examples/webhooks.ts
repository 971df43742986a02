/** What is sent to the addresses of webhooks, and what they answer. */
import type {
  NewWebhook,
  Webhook,
  WebhookDetail,
  WebhookList,
  WebhookRequest,
  WebhookTest,
} from '../../schemas/webhook.ts';
import type { Examples } from './example.ts';
import { verification } from './generated.ts';

const request = {
  url: 'https://ci.example/hooks/drydock',
  projects: ['shop/*'],
  description: 'Tells the channel of the shop team.',
} satisfies WebhookRequest;

/** Id of the webhook that is shown. */
export const webhookId = '0199f0a2-7a1e-7c3b-9d53-0d6c9f6f7b13';
const self = `/webhooks/${webhookId}`;
const webhook: Webhook = {
  ...{ id: webhookId, ...request, createdAt: '2026-11-21T06:00:00.000Z', disabled: null },
  links: { self, test: `${self}/test` },
};
// Nobody signs with thirty-two times the same byte.
const registered: NewWebhook = { ...webhook, secret: `whsec_${'A'.repeat(43)}=` };
const list: WebhookList = { webhooks: [webhook] };
const detail: WebhookDetail = {
  ...webhook,
  deliveries: [
    {
      ...{ eventId: 'msg_0199f0a27b1f', buildId: verification.id, status: 'waiting', attempt: 2 },
      ...{ createdAt: '2026-11-21T06:04:42.000Z', nextAttemptAt: '2026-11-21T06:09:48.000Z' },
      ...{ httpStatus: 503, problem: 'The receiver answered 503. Only 2xx counts as received.' },
    },
  ],
};
const tried: WebhookTest = { status: 'delivered', httpStatus: 204, durationMs: 12, problem: null };

/** The examples of webhooks. */
export const webhookExamples: Examples = {
  'webhook-request': { summary: 'Of the projects of one team', value: request },
  'webhook-registered': { summary: 'With the secret, which is shown this once', value: registered },
  'webhook-list': { summary: 'One webhook', value: list },
  webhook: { summary: 'Its receiver was busy twice', value: detail },
  'webhook-test': { summary: 'The receiver took it', value: tried },
};
