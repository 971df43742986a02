/** GET /workers: who builds, and with which engine. */
import { WorkerList } from '../../schemas/worker.ts';
import type { ListWorkers } from '../../use-cases/list-workers.ts';
import { shown } from '../examples/example.ts';
import { guarded, NoQuery, operation, problemAnswers } from '../operation.ts';
import type { App } from '../operation.ts';

/** Registers the route. */
export function workerRoutes(app: App, needs: { readonly useCases: { readonly listWorkers: ListWorkers } }): void {
  app.get(
    '/workers',
    {
      config: { scopes: ['read'] },
      schema: operation({
        operationId: 'listWorkers',
        summary: 'Who builds, and with which engine',
        description: 'What each worker last said of itself and its engine, and how many builds it works on.',
        tags: ['Service'],
        querystring: NoQuery,
        response: {
          200: {
            description: 'The workers.',
            content: { 'application/json': { schema: WorkerList, examples: shown('workers') } },
          },
          ...problemAnswers(...guarded, 'storage-unavailable'),
        },
      }),
    },
    async (_request, reply) => reply.send({ workers: [...(await needs.useCases.listWorkers())] }),
  );
}
