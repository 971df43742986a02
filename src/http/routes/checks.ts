/** GET /checks and GET /checks/{id}: what is looked at, why, and how each finding is mended. */
import { z } from 'zod';
import { Catalogue, ProbeEntry, RuleEntry } from '../../schemas/catalogue.ts';
import type { ListChecks } from '../../use-cases/list-checks.ts';
import { shown } from '../examples/example.ts';
import { guarded, NoQuery, operation, problemAnswers } from '../operation.ts';
import type { App } from '../operation.ts';

/** Registers the routes. */
export function checkRoutes(app: App, needs: { readonly useCases: { readonly listChecks: ListChecks } }): void {
  const { listChecks } = needs.useCases;
  app.get(
    '/checks',
    {
      config: { scopes: ['analyze', 'build', 'read'] },
      schema: operation({
        operationId: 'listChecks',
        summary: 'Everything that Drydock looks at',
        description:
          'The checklist, every rule and probe with its reason and its remedy, what each profile drops, and the ' +
          "operator's policy.",
        tags: ['Checks'],
        querystring: z.strictObject({
          alias: z
            .string()
            .min(1)
            .max(100)
            .optional()
            .meta({ description: 'Only the rules that another tool knows by this id.', examples: ['DL3009'] }),
        }),
        response: {
          200: {
            description: 'The catalogue.',
            content: { 'application/json': { schema: Catalogue, examples: shown('catalogue') } },
          },
          ...problemAnswers(...guarded),
        },
      }),
    },
    async (request, reply) => reply.send(listChecks.all(request.query.alias)),
  );
  app.get(
    '/checks/:id',
    {
      config: { scopes: ['analyze', 'build', 'read'] },
      schema: operation({
        operationId: 'getCheck',
        summary: 'One rule or probe',
        description: 'What it flags, why, and the line to write.',
        tags: ['Checks'],
        params: z.strictObject({
          id: z
            .string()
            .max(100)
            .meta({ description: 'Id of a rule or probe.', examples: ['apt-lists-kept'] }),
        }),
        querystring: NoQuery,
        response: {
          200: {
            description: 'The rule or probe.',
            content: {
              'application/json': { schema: z.union([RuleEntry, ProbeEntry]), examples: shown('rule', 'probe') },
            },
          },
          ...problemAnswers(...guarded, 'not-found'),
        },
      }),
    },
    async (request, reply) => reply.send(listChecks.one(request.params.id)),
  );
}
