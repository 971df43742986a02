/** GET /health and GET /health/live: for load balancers, orchestrators and people. They need no token. */
import { Health, Liveness } from '../../schemas/health.ts';
import type { CheckHealth } from '../../use-cases/check-health.ts';
import { shown } from '../examples/example.ts';
import { NoQuery, operation, problemAnswers } from '../operation.ts';
import type { App } from '../operation.ts';

/** Registers the routes. */
export function healthRoutes(app: App, needs: { readonly useCases: { readonly checkHealth: CheckHealth } }): void {
  app.get(
    '/health',
    {
      config: { isOpen: true, isUncounted: true },
      schema: operation({
        operationId: 'getHealth',
        summary: 'Readiness of the service and its parts',
        description:
          '`ok`, or `degraded` without a Docker engine or without room for uploads (a Dockerfile alone is still analysed): 200. `down` without the database: 503.',
        tags: ['Service'],
        security: [],
        querystring: NoQuery,
        response: {
          ...problemAnswers('body-invalid', 'cross-origin-refused'),
          200: {
            description: 'It works, perhaps without an engine.',
            content: { 'application/json': { schema: Health, examples: shown('health-ok') } },
          },
          503: {
            description: 'It does not work now.',
            content: { 'application/json': { schema: Health, examples: shown('health-down') } },
          },
        },
      }),
    },
    async (_request, reply) => {
      const health = await needs.useCases.checkHealth();
      return reply.code(health.status === 'down' ? 503 : 200).send(health);
    },
  );

  app.get(
    '/health/live',
    {
      config: { isOpen: true, isUncounted: true },
      schema: operation({
        operationId: 'getLiveness',
        summary: 'The process answers',
        description: 'Looks at nothing else, so that a database that is away does not get the process restarted.',
        tags: ['Service'],
        security: [],
        querystring: NoQuery,
        response: {
          ...problemAnswers('body-invalid', 'cross-origin-refused'),
          200: {
            description: 'It lives.',
            content: { 'application/json': { schema: Liveness, examples: shown('alive') } },
          },
        },
      }),
    },
    async (_request, reply) => reply.send({ status: 'ok' }),
  );
}
