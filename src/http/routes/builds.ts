/** Builds as they are looked at: listed, polled, followed, their reports read; and cancelled. Speaks to the rows, never to a worker. */
import { z } from 'zod';
import { Build, BuildList, BuildState } from '../../schemas/build.ts';
import { ProjectName } from '../../schemas/options.ts';
import { Verdict } from '../../schemas/report.ts';
import type { CancelBuild } from '../../use-cases/cancel-build.ts';
import type { FollowBuild } from '../../use-cases/follow-build.ts';
import type { LookUp } from '../../use-cases/look-up.ts';
import { answerNews, etagOf, IF_NONE_MATCH, isKnown, LAST_EVENT_ID, whileListened } from '../following.ts';
import { answerLog, answerRange, rangeIn } from '../log-answer.ts';
import { shown } from '../examples/example.ts';
import { verification } from '../examples/generated.ts';
import { guarded, NoQuery, operation, problemAnswers } from '../operation.ts';
import type { App } from '../operation.ts';
import { originOf } from '../request-log.ts';
import { answerReport, FORM_SAID, REPORT_HEADERS, reportContent, ReportQuery } from '../report-answer.ts';

const Params = z.strictObject({
  id: z
    .string()
    .max(100)
    .meta({ description: 'Id of the build.', examples: [verification.id] }),
});
const usual = [...guarded, 'storage-unavailable'] as const;
const usualOfOne = [...usual, 'not-found'] as const;

/** Registers the routes. */
export function buildRoutes(
  app: App,
  needs: {
    readonly useCases: {
      readonly lookUp: LookUp;
      readonly followBuild: FollowBuild;
      readonly cancelBuild: CancelBuild;
    };
  },
): void {
  const { useCases } = needs;
  // Whoever listens to a build is let go when the service stops.
  const stopping = new AbortController();
  app.addHook('preClose', (done) => {
    stopping.abort();
    done();
  });

  app.get(
    '/build-verify',
    {
      config: { scopes: ['read', 'build'] },
      schema: operation({
        operationId: 'listBuilds',
        summary: 'Builds, the latest first',
        description: 'A page at a time; `next` of one page is the address of the one behind it.',
        tags: ['Verification'],
        querystring: z.strictObject({
          state: BuildState.optional(),
          project: ProjectName.optional(),
          verdict: Verdict.optional(),
          limit: z.int().min(1).max(200).optional().meta({ description: 'Builds on a page. Default 50.' }),
          before: z.string().max(100).optional().meta({ description: 'Only builds older than the one with this id.' }),
        }),
        response: {
          200: {
            description: 'A page.',
            content: { 'application/json': { schema: BuildList, examples: shown('build-page') } },
          },
          ...problemAnswers(...usual),
        },
      }),
    },
    async (request, reply) => {
      const { limit = 50, before, ...filter } = request.query;
      const { builds, hasMore } = await useCases.lookUp.builds(filter, before, limit, request.access);
      const last = builds.at(-1);
      const next =
        hasMore && last !== undefined ? `/build-verify?${pageQuery({ ...filter, limit, before: last.id })}` : null;
      return reply.send({ builds: [...builds], next });
    },
  );

  app.get(
    '/build-verify/:id',
    {
      config: { scopes: ['read', 'build'], isHeld: true },
      schema: operation(
        {
          operationId: 'getBuild',
          summary: 'A build and how far it is',
          description:
            'Poll it until its state is passed, failed, errored or cancelled. With `If-None-Match` an unchanged build is answered by 304; with `wait` the answer is held until it changes.',
          tags: ['Verification'],
          params: Params,
          querystring: z.strictObject({
            wait: z.int().min(0).max(60).optional().meta({
              description:
                'Seconds for which the answer may be held while the build stays as `If-None-Match` knows it, or as it is now.',
            }),
          }),
          response: {
            200: {
              description: 'The build.',
              content: { 'application/json': { schema: Build, examples: shown('build-building', 'build-passed') } },
            },
            304: z.undefined().meta({ description: 'It is as `If-None-Match` says.' }),
            ...problemAnswers(...usualOfOne),
          },
        },
        {
          requestHeaders: IF_NONE_MATCH,
          headers: {
            200: {
              ETag: 'Changes with every answer that differs.',
              'Retry-After': 'Seconds to the next look; absent when the build has ended.',
            },
            304: { ETag: 'The same as before.', 'Retry-After': 'Seconds to the next look.' },
          },
        },
      ),
    },
    async (request, reply) => {
      const known = request.headers['if-none-match'];
      const { wait = 0 } = request.query;
      const build = await useCases.followBuild.changed(
        request.params.id,
        known === undefined ? undefined : (one) => isKnown(known, etagOf(one)),
        wait * 1000,
        whileListened(request, reply, stopping.signal),
        request.access,
      );
      const etag = etagOf(build);
      void reply.header('etag', etag);
      if (build.finishedAt === null) void reply.header('retry-after', '1');
      return known !== undefined && isKnown(known, etag) ? reply.code(304).send() : reply.send(build);
    },
  );

  app.get(
    '/build-verify/:id/events',
    {
      config: { scopes: ['read', 'build'], isHeld: true },
      // A stream that may last for minutes has no head worth asking for.
      exposeHeadRoute: false,
      schema: operation(
        {
          operationId: 'followBuild',
          summary: 'What happens to a build, while it happens',
          description:
            'Server-sent events. `state` carries a BuildEvent and its number as id, so that a connection that broke goes on where it was (`Last-Event-ID`); `build` carries the Build whenever it has changed. The stream ends with the build.',
          tags: ['Verification'],
          params: Params,
          querystring: NoQuery,
          response: {
            200: {
              description: 'Events.',
              content: { 'text/event-stream': { schema: z.string(), examples: shown('build-events') } },
            },
            ...problemAnswers(...usualOfOne),
          },
        },
        { requestHeaders: LAST_EVENT_ID },
      ),
    },
    async (request, reply) => {
      const { id } = request.params;
      await useCases.lookUp.build(id, request.access);
      const last = Number(request.headers['last-event-id'] ?? 0);
      const news = useCases.followBuild.news(
        id,
        Number.isSafeInteger(last) && last > 0 ? last : 0,
        whileListened(request, reply, stopping.signal),
      );
      return answerNews(reply, news);
    },
  );

  app.get(
    '/build-verify/:id/log',
    {
      config: { scopes: ['read', 'build'], isHeld: true },
      exposeHeadRoute: false,
      schema: operation(
        {
          operationId: 'getBuildLog',
          summary: 'What a build and its container print',
          description:
            'Text as `docker build --progress=plain` prints it, with the phases of the verification and the last lines of the container. While the build runs, the answer goes on until it ends; with `follow=false` or a `Range` it is what is there now. All attempts are in it, one after the other; secrets are masked.',
          tags: ['Verification'],
          params: Params,
          querystring: z.strictObject({
            follow: z.boolean().optional().meta({ description: '`false`: only what is there now. Default `true`.' }),
          }),
          response: {
            200: {
              description: 'The log.',
              content: { 'text/plain': { schema: z.string(), examples: shown('build-log') } },
            },
            206: {
              description: 'A part of it.',
              content: { 'text/plain': { schema: z.string(), examples: shown('build-log-part') } },
            },
            ...problemAnswers(...usualOfOne, 'range-not-satisfiable'),
          },
        },
        {
          requestHeaders: {
            Range: {
              description: 'One range of bytes.',
              pattern: '^bytes=[0-9]*-[0-9]*$',
              example: 'bytes=2048-',
            },
          },
          headers: {
            206: { 'Content-Range': 'Which part; the length is `*` while the log grows.' },
            416: { 'Content-Range': 'How much there is.' },
          },
        },
      ),
    },
    async (request, reply) => {
      const { id } = request.params;
      const { follow = true } = request.query;
      const log = await useCases.lookUp.buildLog(id, request.access);
      const range = rangeIn(request.headers.range, log.bytes);
      if (range !== undefined) return answerRange(reply, log, range);
      const whole = log.isWhole || !follow;
      return answerLog(
        reply,
        whole ? log.read(0, log.bytes) : useCases.followBuild.log(id, whileListened(request, reply, stopping.signal)),
      );
    },
  );

  app.delete(
    '/build-verify/:id',
    {
      config: { scopes: ['build'] },
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
            content: { 'application/json': { schema: Build, examples: shown('build-cancelled') } },
          },
          204: z.undefined().meta({ description: 'It had ended, and is gone.' }),
          ...problemAnswers(...usualOfOne),
        },
      }),
    },
    async (request, reply) => {
      const build = await useCases.cancelBuild(request.params.id, request.access, originOf(request));
      return build === undefined ? reply.code(204).send() : reply.code(202).send(build);
    },
  );

  app.get(
    '/build-verify/:id/report',
    {
      config: { scopes: ['read', 'build'] },
      schema: operation(
        {
          operationId: 'getBuildReport',
          summary: 'The report of an ended build',
          description: `What the text predicted beside what the container proved. ${FORM_SAID}`,
          tags: ['Verification'],
          params: Params,
          querystring: ReportQuery,
          response: {
            200: { description: 'The report.', content: reportContent('verification') },
            ...problemAnswers(...usualOfOne, 'report-not-ready'),
          },
        },
        { headers: { 200: REPORT_HEADERS, 409: { 'Retry-After': 'Seconds.' } } },
      ),
    },
    async (request, reply) =>
      answerReport(request, reply, await useCases.lookUp.buildReport(request.params.id, request.access), request.query),
  );
}

function pageQuery(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, String(value));
  return query.toString();
}
