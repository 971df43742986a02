/** Projects over time, their badges, and two reports side by side. */
import { z } from 'zod';
import { ProjectName } from '../../schemas/options.ts';
import { Comparison, ProjectHistory, ProjectList } from '../../schemas/project.ts';
import type { Projects } from '../../use-cases/projects.ts';
import { badgeOf } from '../badge.ts';
import { shown } from '../examples/example.ts';
import { analysis, verification } from '../examples/generated.ts';
import { guarded, NoQuery, operation, problemAnswers } from '../operation.ts';
import type { App } from '../operation.ts';

const usual = [...guarded, 'storage-unavailable'] as const;
const Params = z.strictObject({ name: ProjectName });
const Id = z.string().min(1).max(100);

/** Registers the routes. */
export function projectRoutes(app: App, needs: { readonly useCases: { readonly projects: Projects } }): void {
  const { projects } = needs.useCases;
  app.get(
    '/projects',
    {
      config: { scopes: ['read'] },
      schema: operation({
        operationId: 'listProjects',
        summary: 'Projects and what their latest report came to',
        description: 'By name. A project is there as soon as a report names it.',
        tags: ['Projects'],
        querystring: NoQuery,
        response: {
          200: {
            description: 'The projects.',
            content: { 'application/json': { schema: ProjectList, examples: shown('project-list') } },
          },
          ...problemAnswers(...usual),
        },
      }),
    },
    async (request, reply) => reply.send({ projects: [...(await projects.all(request.access))] }),
  );

  app.get(
    '/projects/:name',
    {
      config: { scopes: ['read'] },
      schema: operation({
        operationId: 'getProject',
        summary: 'What the reports of a project came to',
        description: 'Analyses and verifications, the latest first. The name is one part of the path: `shop%2Fapi`.',
        tags: ['Projects'],
        params: Params,
        querystring: z.strictObject({
          limit: z.int().min(1).max(500).optional().meta({ description: 'Reports on a page. Default 50.' }),
          before: Id.optional().meta({ description: 'Only reports older than the one with this id.' }),
        }),
        response: {
          200: {
            description: 'The history.',
            content: { 'application/json': { schema: ProjectHistory, examples: shown('project-history') } },
          },
          ...problemAnswers(...usual, 'not-found'),
        },
      }),
    },
    async (request, reply) => {
      const { name } = request.params;
      const { limit = 50, before } = request.query;
      const { reports, hasMore } = await projects.history(name, before, limit, request.access);
      const last = reports.at(-1);
      const next =
        hasMore && last !== undefined
          ? `/projects/${encodeURIComponent(name)}?limit=${limit}&before=${encodeURIComponent(last.id)}`
          : null;
      return reply.send({ name, reports: [...reports], next });
    },
  );

  app.get(
    '/projects/:name/badge.svg',
    {
      config: {
        isOpen: true,
        isLinked: true,
        isEmbeddable: true,
        contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'",
      },
      schema: operation({
        operationId: 'getBadge',
        summary: 'The verdict and the score of the latest report, as a picture',
        description:
          'For a README. It needs no token, and tells no more than these two words; `no report` where there is none.',
        tags: ['Projects'],
        security: [],
        params: Params,
        querystring: NoQuery,
        response: {
          200: {
            description: 'The badge.',
            content: { 'image/svg+xml': { schema: z.string(), examples: shown('badge') } },
          },
          ...problemAnswers('body-invalid', 'cross-origin-refused', 'rate-limited', 'not-found', 'storage-unavailable'),
        },
      }),
    },
    async (request, reply) =>
      reply
        .type('image/svg+xml')
        .header('cache-control', 'max-age=60')
        .send(badgeOf(await projects.latest(request.params.name))),
  );

  app.get(
    '/compare',
    {
      config: { scopes: ['read', 'analyze', 'build'] },
      schema: operation({
        operationId: 'compareReports',
        summary: 'How two reports differ',
        description:
          'What is new, what is fixed, and which rows have changed. Each is an analysis, or a build that has ended, and one that the token may read.',
        tags: ['Projects'],
        querystring: z.strictObject({
          base: Id.meta({ description: 'Id of the earlier report.', examples: [analysis.id] }),
          head: Id.meta({ description: 'Id of the later one.', examples: [verification.id] }),
        }),
        response: {
          200: {
            description: 'The difference.',
            content: { 'application/json': { schema: Comparison, examples: shown('comparison') } },
          },
          ...problemAnswers(...usual, 'not-found'),
        },
      }),
    },
    async (request, reply) => {
      const { base, head } = request.query;
      return reply.send(await projects.compare(base, head, request.access));
    },
  );
}
