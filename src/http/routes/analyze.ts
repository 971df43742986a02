/** POST /analyze and GET /analyze/{id}: a Dockerfile, alone or with its context, judged from its text. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AnalyzeOptions, AnalyzeRequest } from '../../schemas/options.ts';
import type { AnalyzeContext } from '../../use-cases/analyze-context.ts';
import type { AnalyzeDockerfile } from '../../use-cases/analyze-dockerfile.ts';
import type { LookUp } from '../../use-cases/look-up.ts';
import { withUpload } from '../body.ts';
import { shown } from '../examples/example.ts';
import { analysis } from '../examples/generated.ts';
import { guarded, operation, problemAnswers } from '../operation.ts';
import type { AnswerMedia, App, JsonSchema, MediaType } from '../operation.ts';
import { answerReport, FORM_SAID, REPORT_HEADERS, reportContent, ReportQuery } from '../report-answer.ts';
import { ANALYZE_TYPES, readAnalyzeWish, refuseUnread } from '../upload.ts';
import type { Limits } from '../upload.ts';
import { archive, rawArchives, uploadProblems } from '../upload-contract.ts';

const Query = AnalyzeOptions.omit({ policy: true }).extend({
  ...ReportQuery.shape,
  strict: z.boolean().optional().meta({
    description: '`true`: a verdict `not-ready` is answered with 422, the report and all, for `curl --fail-with-body`.',
  }),
  fix: z
    .enum(['safe'])
    .optional()
    .meta({
      description:
        '`safe`: the answer (as JSON) has `fixed`: the Dockerfile with every edit applied that cannot change for the worse what ' +
        'the image does, and the unified diff.',
    }),
  path: AnalyzeRequest.shape.path.meta({
    description:
      'Path of the Dockerfile inside the context. Default: `Dockerfile`, or in an archive without one the only file that ' +
      'may be meant.',
  }),
});

const file: JsonSchema = { type: 'string', contentMediaType: 'text/plain' };

const REQUEST: Readonly<Record<string, MediaType>> = {
  'text/plain': {
    schema: { type: 'string', description: 'The Dockerfile, UTF-8.' },
    examples: shown('dockerfile-text'),
  },
  'application/json': {
    schema: AnalyzeRequest,
    examples: shown('dockerfile-as-json'),
  },
  'multipart/form-data': {
    schema: {
      type: 'object',
      additionalProperties: false,
      description:
        'At least one of `dockerfile`, the text, and `context`. `context` comes last, as it is read while it comes. ' +
        'The path of the Dockerfile inside the context is the query parameter `path`.',
      properties: { options: AnalyzeOptions, dockerfile: file, dockerignore: file, context: archive },
    },
    encoding: { options: { contentType: 'application/json' } },
    examples: shown('analysis-form'),
  },
  ...rawArchives,
};

/** Registers the routes. */
export function analyzeRoutes(
  app: App,
  needs: {
    readonly useCases: {
      readonly analyzeDockerfile: AnalyzeDockerfile;
      readonly analyzeContext: AnalyzeContext;
      readonly lookUp: LookUp;
    };
    readonly limits: Limits;
  },
): void {
  const { useCases, limits } = needs;

  app.post(
    '/analyze',
    {
      config: { scopes: ['analyze'] },
      onRequest: async (request: FastifyRequest) => refuseUnread(request, ANALYZE_TYPES, limits),
      schema: operation(
        {
          operationId: 'analyze',
          summary: 'Analyse a Dockerfile',
          description:
            'Reads the Dockerfile and what is known of its build context, and answers a report on all twenty checklist ' +
            'items. Nothing is built. Query parameters are for bodies without options; options of the body win. ' +
            FORM_SAID,
          tags: ['Analysis'],
          querystring: Query,
          response: {
            200: { description: 'The report.', content: reportContent('analysis') },
            ...problemAnswers(...uploadProblems),
            422: strictAnswer(),
          },
        },
        {
          requestBody: { description: 'A Dockerfile, or a build context as an archive.', content: REQUEST },
          headers: {
            200: { ...REPORT_HEADERS, Location: 'Where the report stays, unless `store` is `false`.' },
            422: REPORT_HEADERS,
          },
        },
      ),
    },
    async (request, reply) => {
      const { format, color, width, strict, fix, ...query } = request.query;
      const by = { access: request.access, requestId: request.id };
      const wish = await readAnalyzeWish(request, query, limits);
      const report =
        wish.kind === 'dockerfile'
          ? await useCases.analyzeDockerfile({ ...wish.input, fix, ...by })
          : await withUpload(wish.upload, (archive) => useCases.analyzeContext({ ...wish.input, fix, ...by, archive }));
      const isStored = (wish.kind === 'dockerfile' ? wish.input.store : wish.input.options.store) ?? true;
      if (isStored) void reply.header('location', `/analyze/${report.id}`);
      // The one 4xx that is no problem document: a gate that was asked for.
      if (strict === true && report.verdict === 'not-ready') void reply.code(422);
      return answerReport(request, reply, report, { format, color, width });
    },
  );

  app.get(
    '/analyze/:id',
    {
      config: { scopes: ['read', 'analyze'] },
      schema: operation(
        {
          operationId: 'getAnalysis',
          summary: 'A stored analysis',
          description: `The report of an earlier \`POST /analyze\`, unchanged. ${FORM_SAID}`,
          tags: ['Analysis'],
          params: z.strictObject({
            id: z
              .string()
              .max(100)
              .meta({ description: 'Id of the report.', examples: [analysis.id] }),
          }),
          querystring: ReportQuery,
          response: {
            200: { description: 'The report.', content: reportContent('analysis') },
            ...problemAnswers(...guarded, 'not-found', 'storage-unavailable'),
          },
        },
        { headers: { 200: REPORT_HEADERS } },
      ),
    },
    async (request, reply) =>
      answerReport(request, reply, await useCases.lookUp.analysis(request.params.id, request.access), request.query),
  );
}

/** 422 is a problem, or with `strict=true` the report itself. */
function strictAnswer(): { description: string; content: Record<string, AnswerMedia> } {
  const problems = problemAnswers(...uploadProblems)[422];
  return {
    description: `With \`strict=true\` a report whose verdict is \`not-ready\`. Otherwise ${problems?.description ?? ''}`,
    content: { ...problems?.content, ...reportContent('analysis') },
  };
}
