/** POST /build-verify: an archive, or a Dockerfile alone, is accepted. What became of it: builds.ts. Nothing here waits for Docker. */
import type { FastifyRequest } from 'fastify';
import { Build } from '../../schemas/build.ts';
import { BuildOptions } from '../../schemas/options.ts';
import type { SubmitBuild } from '../../use-cases/submit-build.ts';
import { announcedBytes, withUpload } from '../body.ts';
import { shown } from '../examples/example.ts';
import { originOf } from '../request-log.ts';
import { operation, problemAnswers } from '../operation.ts';
import type { App } from '../operation.ts';
import { invalid } from '../parse.ts';
import { BUILD_TYPES, readBuildWish, refuseUnread } from '../upload.ts';
import type { Limits } from '../upload.ts';
import { archive, rawArchives, uploadProblems } from '../upload-contract.ts';

/** As the draft of the IETF has it, a string in quotes; most clients leave these out. */
const KEY = /^(?:[\x21\x23-\x7e]{1,255}|"[\x20\x21\x23-\x7e]{1,255}")$/;

/** Registers the routes. */
export function buildVerifyRoutes(
  app: App,
  needs: {
    readonly useCases: { readonly submitBuild: SubmitBuild };
    readonly limits: Limits;
  },
): void {
  const { useCases, limits } = needs;

  app.post(
    '/build-verify',
    {
      config: { scopes: ['build'] },
      onRequest: async (request: FastifyRequest) => {
        refuseUnread(request, BUILD_TYPES, limits);
        // Asked here, before the body is, so that nobody uploads what cannot be taken.
        await useCases.submitBuild.check({
          key: idempotencyKey(request),
          announcedBytes: announcedBytes(request) ?? 0,
        });
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
            command: true,
            requiredEnv: true,
            secretBuildArgs: true,
            policy: true,
          }),
          response: {
            202: {
              description: 'Accepted.',
              content: { 'application/json': { schema: Build, examples: shown('build-queued') } },
            },
            ...problemAnswers(...uploadProblems, 'build-queue-full', 'idempotency-key-reused', 'engine-unavailable'),
          },
        },
        {
          requestBody: {
            description: 'A build context as an archive, or a Dockerfile that needs none.',
            content: {
              'text/plain': {
                schema: { type: 'string', description: 'The Dockerfile, UTF-8; the context holds nothing else.' },
                examples: shown('dockerfile-text'),
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
                examples: shown('build-form'),
              },
              ...rawArchives,
            },
          },
          requestHeaders: {
            'Idempotency-Key': {
              description:
                'A name for this submission, unique in its project for a day. Sent again with the same context and options it brings the first build once more, and no second one.',
              pattern: KEY.source,
              example: 'run-4711-0f3c2e1',
            },
          },
          headers: {
            202: {
              Location: 'The build, to be polled.',
              'Idempotency-Replayed': '`true`: it was submitted before, under the same key.',
            },
          },
        },
      ),
    },
    async (request, reply) => {
      const wish = await readBuildWish(request, request.query, limits);
      const { options } = wish;
      const by = { key: idempotencyKey(request), access: request.access, origin: originOf(request) };
      const { build, isRepeated } =
        wish.kind === 'dockerfile'
          ? await useCases.submitBuild.submit({ dockerfile: wish.dockerfile }, options, by)
          : await withUpload(wish.upload, (archive) => useCases.submitBuild.submit(archive, options, by));
      if (isRepeated) void reply.header('idempotency-replayed', 'true');
      return reply.code(202).header('location', build.links.self).send(build);
    },
  );
}

function idempotencyKey(request: FastifyRequest): string | undefined {
  const given = request.headers['idempotency-key'];
  if (given === undefined) return undefined;
  if (typeof given !== 'string' || !KEY.test(given)) {
    throw invalid([
      {
        pointer: '#/headers/idempotency-key',
        detail: 'One to 255 visible letters of ASCII, in quotes or without them.',
      },
    ]);
  }
  return given.startsWith('"') ? given.slice(1, -1) : given;
}
