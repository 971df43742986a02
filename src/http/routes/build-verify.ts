/** /build-verify: an archive is accepted, its build is polled, its report is read. None of this waits for Docker. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Build } from '../../schemas/build.ts';
import type { BuildState } from '../../schemas/build.ts';
import { BuildOptions } from '../../schemas/options.ts';
import type { CancelBuild } from '../../use-cases/cancel-build.ts';
import type { LookUp } from '../../use-cases/look-up.ts';
import type { SubmitBuild } from '../../use-cases/submit-build.ts';
import { withUpload } from '../body.ts';
import { NoQuery, operation, problemAnswers } from '../operation.ts';
import type { App } from '../operation.ts';
import { answerReport, FormatName, REPORT_HEADERS, reportContent } from '../report-answer.ts';
import { BUILD_TYPES, readBuildWish, refuseUnread } from '../upload.ts';
import type { Limits } from '../upload.ts';
import { archive, rawArchives, uploadProblems } from '../upload-contract.ts';

const Params = z.strictObject({ id: z.string().max(100).meta({ description: 'Id of the build.' }) });

/** States that a poller waits out. */
const RUNNING: ReadonlySet<BuildState> = new Set(['queued', 'building', 'probing']);

/** Registers the routes. */
export function buildVerifyRoutes(
  app: App,
  needs: {
    readonly useCases: {
      readonly submitBuild: SubmitBuild;
      readonly lookUp: LookUp;
      readonly cancelBuild: CancelBuild;
    };
    readonly limits: Limits;
  },
): void {
  const { useCases, limits } = needs;

  app.post(
    '/build-verify',
    {
      onRequest: async (request: FastifyRequest) => {
        refuseUnread(request, BUILD_TYPES, limits);
        // Asked here, before the body is, so that nobody uploads what cannot be taken.
        await useCases.submitBuild.check();
      },
      schema: operation(
        {
          operationId: 'submitBuild',
          summary: 'Build, run and verify an image',
          description:
            'Takes a build context, queues it, and answers at once. The image is then built for real, run, asked and ' +
            'stopped. Query parameters are the plain options of a raw archive; the part `options` wins over them.',
          tags: ['Verification'],
          querystring: BuildOptions.omit({
            buildArgs: true,
            env: true,
            secrets: true,
            registries: true,
            labels: true,
            services: true,
            policy: true,
          }),
          response: {
            202: { description: 'Accepted.', content: { 'application/json': { schema: Build } } },
            ...problemAnswers(...uploadProblems, 'build-queue-full', 'engine-unavailable'),
          },
        },
        {
          requestBody: {
            description: 'A build context as an archive, or a Dockerfile that needs none.',
            content: {
              'text/plain': {
                schema: { type: 'string', description: 'The Dockerfile, UTF-8; the context holds nothing else.' },
                example: 'FROM python:3.12-slim\nUSER 10001\nCMD ["python", "-m", "http.server", "8000"]\n',
              },
              'multipart/form-data': {
                schema: {
                  type: 'object',
                  additionalProperties: false,
                  description:
                    'Either `context`, or `dockerfile` alone. `options` comes before `context`, which is read while it comes.',
                  properties: {
                    options: BuildOptions,
                    dockerfile: { type: 'string', contentMediaType: 'text/plain' },
                    context: archive,
                  },
                },
                encoding: { options: { contentType: 'application/json' } },
              },
              ...rawArchives,
            },
          },
          headers: {
            202: { Location: 'The build, to be polled.' },
            429: { 'Retry-After': 'Seconds.' },
            503: { 'Retry-After': 'Seconds.' },
          },
        },
      ),
    },
    async (request, reply) => {
      const wish = await readBuildWish(request, request.query, limits);
      const { options } = wish;
      const build =
        wish.kind === 'dockerfile'
          ? await useCases.submitBuild.submit({ dockerfile: wish.dockerfile }, options)
          : await withUpload(wish.upload, (archive) => useCases.submitBuild.submit(archive, options));
      return reply.code(202).header('location', build.links.self).send(build);
    },
  );

  app.get(
    '/build-verify/:id',
    {
      schema: operation(
        {
          operationId: 'getBuild',
          summary: 'A build and how far it is',
          description: 'Poll it until its state is passed, failed, errored or cancelled.',
          tags: ['Verification'],
          params: Params,
          querystring: NoQuery,
          response: {
            200: { description: 'The build.', content: { 'application/json': { schema: Build } } },
            ...problemAnswers(
              'body-invalid',
              'unauthorized',
              'cross-origin-refused',
              'not-found',
              'storage-unavailable',
            ),
          },
        },
        { headers: { 200: { 'Retry-After': 'Seconds to the next look; absent when the build has ended.' } } },
      ),
    },
    async (request, reply) => {
      const build = await useCases.lookUp.build(request.params.id);
      if (RUNNING.has(build.state)) void reply.header('retry-after', '1');
      return reply.send(build);
    },
  );

  app.delete(
    '/build-verify/:id',
    {
      schema: operation({
        operationId: 'deleteBuild',
        summary: 'Cancel a build, or remove an ended one',
        description:
          'A waiting build is cancelled at once, a running one within seconds: poll it. One that has ended is removed with its report.',
        tags: ['Verification'],
        params: Params,
        querystring: NoQuery,
        response: {
          202: {
            description: 'It is cancelled, or will be.',
            content: { 'application/json': { schema: Build } },
          },
          204: z.null().meta({ description: 'It had ended, and is gone.' }),
          ...problemAnswers('body-invalid', 'unauthorized', 'cross-origin-refused', 'not-found', 'storage-unavailable'),
        },
      }),
    },
    async (request, reply) => {
      const build = await useCases.cancelBuild(request.params.id);
      return build === undefined ? reply.code(204).send(null) : reply.code(202).send(build);
    },
  );

  app.get(
    '/build-verify/:id/report',
    {
      schema: operation(
        {
          operationId: 'getBuildReport',
          summary: 'The report of an ended build',
          description: 'What the text predicted beside what the container proved.',
          tags: ['Verification'],
          params: Params,
          querystring: z.strictObject({ format: FormatName.optional() }),
          response: {
            200: { description: 'The report.', content: reportContent() },
            ...problemAnswers(
              'body-invalid',
              'unauthorized',
              'cross-origin-refused',
              'not-found',
              'report-not-ready',
              'storage-unavailable',
            ),
          },
        },
        { headers: { 200: REPORT_HEADERS, 409: { 'Retry-After': 'Seconds.' } } },
      ),
    },
    async (request, reply) =>
      answerReport(reply, await useCases.lookUp.buildReport(request.params.id), request.query.format),
  );
}
