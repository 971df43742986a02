/** Use case: webhooks are registered, looked at, tried and removed. What they are told, and when: deliver-webhooks.ts. */
import type { NewWebhook, Webhook, WebhookDetail, WebhookRequest, WebhookTest } from '../schemas/webhook.ts';
import { covers } from './access.ts';
import type { Access } from './access.ts';
import { AppError } from './errors.ts';
import type { Clock, Log } from './ports.ts';
import type { KeptWebhook, WebhookSender, WebhookStore } from './webhook-port.ts';

/** Each of them may cost a delivery at the end of each build. */
const MOST = 100;
const SHOWN_DELIVERIES = 50;

/** Webhooks of whoever asks. Those of other projects are not there: `not-found`. */
export interface Webhooks {
  /** Throws `body-invalid`, `webhook-target-refused`, `webhooks-full`, and `project-forbidden` for projects that are not theirs. */
  register(wish: WebhookRequest, access: Access): Promise<NewWebhook>;
  all(access: Access): Promise<readonly Webhook[]>;
  /** With its latest deliveries. */
  one(id: string, access: Access): Promise<WebhookDetail>;
  remove(id: string, access: Access): Promise<void>;
  /** Sends an event of the type `drydock.test`, now and once. */
  test(id: string, signal: AbortSignal, access: Access): Promise<WebhookTest>;
}

/** Makes the use case. */
export function makeWebhooks(needs: {
  readonly store: Pick<
    WebhookStore,
    'insertWebhook' | 'webhooks' | 'webhook' | 'webhookTarget' | 'webhookDeliveries' | 'removeWebhook'
  >;
  readonly sender: WebhookSender;
  readonly clock: Pick<Clock, 'now' | 'newId'>;
  readonly log: Pick<Log, 'info'>;
}): Webhooks {
  const { store, sender, clock, log } = needs;

  const found = async (id: string, access: Access): Promise<KeptWebhook> => {
    const webhook = await store.webhook(id);
    if (webhook !== undefined && isTheirs(webhook, access)) return webhook;
    throw new AppError('not-found', `There is no webhook ${id}. It may have been removed already.`);
  };
  const note = (did: string, { id, projects }: Pick<KeptWebhook, 'id' | 'projects'>, access: Access): void =>
    log.info({ audit: true, who: access.holder, did, webhookId: id, projects }, 'audit');

  return {
    register: async (wish, access) => {
      const refused = sender.refusal(wish.url);
      if (refused?.why === 'private') throw new AppError('webhook-target-refused', refused.sentence);
      if (refused !== undefined) {
        throw new AppError('body-invalid', `The webhook cannot be registered. #/url: ${refused.sentence}`, {
          fields: [{ pointer: '#/url', detail: refused.sentence }],
        });
      }
      const projects = projectsFor(access, wish.projects);
      const { description = '', secret = sender.newSecret() } = wish;
      const id = clock.newId();
      const kept = { id, projects, description, createdAt: clock.now() };
      const shownUrl = shownOf(wish.url);
      const target = { url: wish.url, secret };
      if (!(await store.insertWebhook({ ...kept, shownUrl, target }, MOST))) {
        throw new AppError(
          'webhooks-full',
          `There are ${MOST} webhooks already. Remove one that is not needed any more.`,
        );
      }
      note('register-webhook', kept, access);
      return { ...viewOf({ ...kept, url: shownUrl, disabled: null }), secret };
    },
    all: async (access) => (await store.webhooks()).filter((one) => isTheirs(one, access)).map(viewOf),
    one: async (id, access) => {
      const webhook = viewOf(await found(id, access));
      return { ...webhook, deliveries: [...(await store.webhookDeliveries(id, SHOWN_DELIVERIES))] };
    },
    remove: async (id, access) => {
      const webhook = await found(id, access);
      await store.removeWebhook(id);
      note('remove-webhook', webhook, access);
    },
    test: async (id, signal, access) => {
      const webhook = await found(id, access);
      note('test-webhook', webhook, access);
      const target = await store.webhookTarget(id);
      if (target === undefined) {
        const problem = 'Its address was sealed with another key than the one in use now. Register it anew.';
        return { status: 'failed', httpStatus: null, durationMs: 0, problem };
      }
      const body = JSON.stringify({ type: 'drydock.test', timestamp: clock.now(), data: { webhook: id } });
      const { httpStatus, problem, durationMs } = await sender.send(
        target,
        { id: `msg_test_${clock.newId()}`, body },
        signal,
      );
      return { status: problem === null ? 'delivered' : 'failed', httpStatus, durationMs, problem };
    },
  };
}

/** What is asked for, or else all that the token sees; `null`: everything. */
function projectsFor({ projects: own }: Access, wish: readonly string[] | undefined): string[] | null {
  if (wish === undefined) return own === undefined ? null : [...own];
  const foreign = wish.find((one) => own !== undefined && !covers(own, one));
  if (foreign === undefined) return wish.includes('*') ? null : [...wish];
  throw new AppError(
    'project-forbidden',
    `This token works on ${(own ?? []).slice(0, 5).join(', ').slice(0, 300)} alone, and not on ${foreign}.`,
  );
}

/** Whoever sees all that a webhook is told. */
function isTheirs({ projects }: Pick<KeptWebhook, 'projects'>, { projects: own }: Access): boolean {
  return own === undefined || (projects !== null && projects.every((one) => covers(own, one)));
}

/** Query and fragment may hold a secret. */
function shownOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

function viewOf({ projects, ...webhook }: KeptWebhook): Webhook {
  const self = `/webhooks/${webhook.id}`;
  return { ...webhook, projects: projects === null ? null : [...projects], links: { self, test: `${self}/test` } };
}
