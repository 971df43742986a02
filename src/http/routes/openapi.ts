/** GET /openapi.yaml: the contract of this very service. */
import { z } from 'zod';
import { contractYaml } from '../contract.ts';
import { shown } from '../examples/example.ts';
import { NoQuery, operation, problemAnswers } from '../operation.ts';
import type { App } from '../operation.ts';

/** Registers the route. The text is made once, when it is first asked for. */
export function openapiRoutes(app: App): void {
  let yaml: string | undefined;
  app.get(
    '/openapi.yaml',
    {
      config: { isOpen: true },
      schema: operation({
        operationId: 'getContract',
        summary: 'This contract',
        description: 'OpenAPI 3.1, as YAML.',
        tags: ['Service'],
        security: [],
        querystring: NoQuery,
        response: {
          200: {
            description: 'The contract.',
            content: { 'application/yaml': { schema: z.string(), examples: shown('contract') } },
          },
          ...problemAnswers('body-invalid', 'cross-origin-refused', 'rate-limited'),
        },
      }),
    },
    async (_request, reply) => {
      yaml ??= contractYaml(app);
      return reply.type('application/yaml; charset=utf-8').send(yaml);
    },
  );
}
