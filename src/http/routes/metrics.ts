/** GET /metrics: figures for Prometheus. They say nothing of projects or builds, and need no token. */
import { z } from 'zod';
import type { TellMetrics } from '../../use-cases/tell-metrics.ts';
import { shown } from '../examples/example.ts';
import { NoQuery, operation, problemAnswers } from '../operation.ts';
import type { App } from '../operation.ts';

/** Registers the route. */
export function metricRoutes(app: App, needs: { readonly useCases: { readonly tellMetrics: TellMetrics } }): void {
  app.get(
    '/metrics',
    {
      config: { isOpen: true, isUncounted: true },
      schema: operation({
        operationId: 'getMetrics',
        summary: 'Figures of the service',
        description:
          'Requests, queue, builds, phases of verifications, losses of the engine and deliveries to webhooks, in the text format of Prometheus.',
        tags: ['Service'],
        security: [],
        querystring: NoQuery,
        response: {
          200: {
            description: 'The figures.',
            content: { 'text/plain': { schema: z.string(), examples: shown('metrics') } },
          },
          ...problemAnswers('body-invalid', 'cross-origin-refused', 'storage-unavailable'),
        },
      }),
    },
    async (_request, reply) => {
      const { mediaType, text } = await needs.useCases.tellMetrics();
      return reply.type(mediaType).send(text);
    },
  );
}
