/** Webhooks: who is told when a build ends. For tokens with the scope `admin`. */
import { z } from 'zod';
import { NewWebhook, WebhookDetail, WebhookList, WebhookRequest, WebhookTest } from '../../schemas/webhook.ts';
import type { Webhooks } from '../../use-cases/webhooks.ts';
import { whileListened } from '../following.ts';
import { readJsonBody } from '../json-body.ts';
import { shown } from '../examples/example.ts';
import { webhookId } from '../examples/webhooks.ts';
import { guarded, NoQuery, operation, problemAnswers } from '../operation.ts';
import type { App } from '../operation.ts';

const Params = z.strictObject({
  id: z
    .string()
    .max(64)
    .meta({ description: 'Id of the webhook.', examples: [webhookId] }),
});
const usual = [...guarded, 'storage-unavailable'] as const;
const config = { scopes: ['admin'] } as const;
const tags = ['Webhooks'];

/** Registers the routes. */
export function webhookRoutes(app: App, needs: { readonly useCases: { readonly webhooks: Webhooks } }): void {
  const { webhooks } = needs.useCases;
  // Whoever waits for a receiver is let go when the service stops.
  const stopping = new AbortController();
  app.addHook('preClose', (done) => {
    stopping.abort();
    done();
  });

  app.post(
    '/webhooks',
    {
      config,
      schema: operation(
        {
          operationId: 'registerWebhook',
          summary: 'Be told when a build ends',
          description:
            'Each build that ends from now on is told by a POST, signed as Standard Webhooks says, and tried again for three days where it is not received. A token that is bound to projects registers for these alone.',
          tags,
          querystring: NoQuery,
          response: {
            201: {
              description: 'Registered. The secret is shown this once.',
              content: { 'application/json': { schema: NewWebhook, examples: shown('webhook-registered') } },
            },
            ...problemAnswers(
              ...usual,
              'body-empty',
              'upload-too-large',
              'media-type-unsupported',
              'project-forbidden',
              'webhook-target-refused',
              'webhooks-full',
              'shutting-down',
            ),
          },
        },
        {
          requestBody: {
            description: 'Where to send, and of which projects.',
            content: {
              'application/json': {
                schema: WebhookRequest,
                examples: shown('webhook-request'),
              },
            },
          },
          headers: { 201: { Location: 'The webhook.' } },
        },
      ),
    },
    async (request, reply) => {
      const wanted = 'Send JSON such as {"url": "https://ci.example/hooks/drydock"}.';
      const wish = await readJsonBody(request, WebhookRequest, wanted);
      const webhook = await webhooks.register(wish, request.access);
      return reply.code(201).header('location', webhook.links.self).send(webhook);
    },
  );

  app.get(
    '/webhooks',
    {
      config,
      schema: operation({
        operationId: 'listWebhooks',
        summary: 'Webhooks',
        description:
          'Those whose projects the token sees, the first first. Neither secrets nor queries of URLs are shown.',
        tags,
        querystring: NoQuery,
        response: {
          200: {
            description: 'The webhooks.',
            content: { 'application/json': { schema: WebhookList, examples: shown('webhook-list') } },
          },
          ...problemAnswers(...usual),
        },
      }),
    },
    async (request, reply) => reply.send({ webhooks: [...(await webhooks.all(request.access))] }),
  );

  app.get(
    '/webhooks/:id',
    {
      config,
      schema: operation({
        operationId: 'getWebhook',
        summary: 'A webhook and its latest deliveries',
        description:
          'What became of each event: how often it was sent, what the receiver answered, when it is sent again.',
        tags,
        params: Params,
        querystring: NoQuery,
        response: {
          200: {
            description: 'The webhook.',
            content: { 'application/json': { schema: WebhookDetail, examples: shown('webhook') } },
          },
          ...problemAnswers(...usual, 'not-found'),
        },
      }),
    },
    async (request, reply) => reply.send(await webhooks.one(request.params.id, request.access)),
  );

  app.delete(
    '/webhooks/:id',
    {
      config,
      schema: operation({
        operationId: 'deleteWebhook',
        summary: 'Remove a webhook',
        description: 'Nothing is sent any more, and what waited for it is forgotten.',
        tags,
        params: Params,
        querystring: NoQuery,
        response: {
          204: z.undefined().meta({ description: 'It is gone.' }),
          ...problemAnswers(...usual, 'not-found', 'shutting-down'),
        },
      }),
    },
    async (request, reply) => {
      await webhooks.remove(request.params.id, request.access);
      return reply.code(204).send();
    },
  );

  app.post(
    '/webhooks/:id/test',
    {
      config: { ...config, isHeld: true },
      schema: operation({
        operationId: 'testWebhook',
        summary: 'Send a test, now',
        description:
          'Sends a signed event of the type `drydock.test`, once, and answers what the receiver said, within 15 seconds. Nothing of its body is shown.',
        tags,
        params: Params,
        querystring: NoQuery,
        response: {
          200: {
            description: 'It was sent; `status` says whether it was received.',
            content: { 'application/json': { schema: WebhookTest, examples: shown('webhook-test') } },
          },
          ...problemAnswers(...usual, 'not-found', 'shutting-down'),
        },
      }),
    },
    async (request, reply) =>
      reply.send(
        await webhooks.test(request.params.id, whileListened(request, reply, stopping.signal), request.access),
      ),
  );
}
