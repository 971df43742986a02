/**
 * The HTTP service: hooks in the order in which a request meets them, then the routes. Knows use cases by their types
 * only; nothing here waits for Docker or touches a disk.
 */
import { randomUUIDv7 } from 'node:crypto';
import { fastify, LogController } from 'fastify';
import type { FastifyInstance } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { AnalyzeContext } from '../use-cases/analyze-context.ts';
import type { AnalyzeDockerfile } from '../use-cases/analyze-dockerfile.ts';
import type { CheckHealth } from '../use-cases/check-health.ts';
import { AppError } from '../use-cases/errors.ts';
import type { CancelBuild } from '../use-cases/cancel-build.ts';
import type { FollowBuild } from '../use-cases/follow-build.ts';
import type { ListChecks } from '../use-cases/list-checks.ts';
import type { ListWorkers } from '../use-cases/list-workers.ts';
import type { LookUp } from '../use-cases/look-up.ts';
import type { Metrics, Page } from '../use-cases/ports.ts';
import type { TellMetrics } from '../use-cases/tell-metrics.ts';
import type { Projects } from '../use-cases/projects.ts';
import type { SubmitBuild } from '../use-cases/submit-build.ts';
import type { Webhooks } from '../use-cases/webhooks.ts';
import { requireToken } from './auth.ts';
import type { Holders } from './tokens.ts';
import { discardRest } from './body.ts';
import { gatherContract } from './contract.ts';
import { refuseOtherOrigins } from './cross-origin.ts';
import { readForms } from './form.ts';
import { HEAD_TIMEOUT_MS, REQUEST_TIMEOUT_MS, refuseWrongHeads } from './message-head.ts';
import { parse, typedQuery } from './parse.ts';
import { answerClientError, answerExpectation, answerProblem } from './problems.ts';
import { limitRates } from './rate-limit.ts';
import { logRequest, logRequests, quietLogger, requestLogger } from './request-log.ts';
import { analyzeRoutes } from './routes/analyze.ts';
import { buildVerifyRoutes } from './routes/build-verify.ts';
import { buildRoutes } from './routes/builds.ts';
import { checkRoutes } from './routes/checks.ts';
import { docsRoutes } from './routes/docs.ts';
import { healthRoutes } from './routes/health.ts';
import { metricRoutes } from './routes/metrics.ts';
import { openapiRoutes } from './routes/openapi.ts';
import { pageRoutes } from './routes/page.ts';
import { projectRoutes } from './routes/projects.ts';
import { problemRoutes } from './routes/problems.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { workerRoutes } from './routes/workers.ts';
import { originForm } from './target.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import type { Limits } from './upload.ts';

/** What the service is made of. */
export interface AppNeeds {
  readonly useCases: {
    readonly analyzeDockerfile: AnalyzeDockerfile;
    readonly analyzeContext: AnalyzeContext;
    readonly submitBuild: SubmitBuild;
    readonly lookUp: LookUp;
    readonly checkHealth: CheckHealth;
    readonly followBuild: FollowBuild;
    readonly cancelBuild: CancelBuild;
    readonly listChecks: ListChecks;
    readonly listWorkers: ListWorkers;
    readonly tellMetrics: TellMetrics;
    readonly projects: Projects;
    readonly webhooks: Webhooks;
  };
  readonly limits: Limits;
  /** Of this moment; `undefined`: nobody needs a token. */
  readonly tokens: (() => Holders) | undefined;
  /** Requests of one token, or address, within a minute. */
  readonly ratePerMinute: number;
  readonly metrics: Pick<Metrics, 'requestAnswered'>;
  /** What GET / serves. */
  readonly page: () => Promise<Page>;
  readonly version: string;
  readonly logger: Logger;
  /** True from the first sign of the end: nothing new is taken. */
  readonly isStopping: () => boolean;
}

/** Makes the service; `listen` is the caller's. */
export async function makeApp(needs: AppNeeds): Promise<FastifyInstance> {
  const { tokens, limits } = needs;
  const app: FastifyInstance = fastify({
    loggerInstance: quietLogger(needs.logger),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUIDv7(),
    childLoggerFactory: requestLogger,
    requestTimeout: REQUEST_TIMEOUT_MS,
    rewriteUrl: originForm,
    // Node's own refusal has no body; ours is below.
    http: { requireHostHeader: false, headersTimeout: HEAD_TIMEOUT_MS },
    // Whoever asks while the service ends gets our own answer, see below.
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      answerProblem(error, request, reply);
      logRequest(request, reply, false);
    },
  });
  app.setErrorHandler(answerProblem);
  app.setSerializerCompiler(serializerCompiler);
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (data: unknown) => {
    try {
      return {
        value:
          httpPart === 'querystring'
            ? parse(schema, typedQuery(schema, data), '#/query')
            : parse(schema, data, '#/path'),
      };
    } catch (error) {
      // Fastify wants errors returned; anything but an Error is not thrown by parse.
      return { error: error instanceof Error ? error : new Error(String(error)) };
    }
  });
  // Bodies are read by the routes, as streams; where no route wants one it is left alone.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

  logRequests(app);
  app.addHook('onSend', (_request, reply, _payload, done) => {
    // A connection that is kept alive would keep the process alive as well, for seconds after its last answer.
    if (needs.isStopping()) void reply.header('connection', 'close');
    done();
  });
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.header('cache-control', 'no-store');
    done();
  });
  setSecurityHeaders(app);
  refuseWrongHeads(app);
  refuseOtherOrigins(app, tokens !== undefined);
  await requireToken(app, tokens, await limitRates(app, needs.ratePerMinute));
  app.addHook('onRequest', (request, _reply, done) => {
    const isNew = request.method !== 'GET' && request.method !== 'HEAD';
    done(
      isNew && needs.isStopping()
        ? new AppError('shutting-down', 'The service is stopping. Try again soon.')
        : undefined,
    );
  });
  askForBodies(app);
  app.addHook('onResponse', (request, _reply, done) => {
    discardRest(request.raw, limits.maxUploadBytes);
    done();
  });
  countRequests(app, needs.metrics);
  answerUnknown(app);

  await readForms(app);
  await gatherContract(app, needs.version);
  const routes = app.withTypeProvider<ZodTypeProvider>();
  analyzeRoutes(routes, needs);
  buildVerifyRoutes(routes, needs);
  buildRoutes(routes, needs);
  projectRoutes(routes, needs);
  webhookRoutes(routes, needs);
  checkRoutes(routes, needs);
  workerRoutes(routes, needs);
  healthRoutes(routes, needs);
  metricRoutes(routes, needs);
  problemRoutes(routes);
  openapiRoutes(routes);
  pageRoutes(routes, needs);
  docsRoutes(routes);
  return app;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its answer may be held on purpose, or lasts as long as what it follows. */
    isHeld?: boolean;
  }
}

function countRequests(app: FastifyInstance, metrics: Pick<Metrics, 'requestAnswered'>): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { url: route = 'unknown', config } = request.is404 ? {} : request.routeOptions;
    const { method } = request;
    const { statusCode: status, elapsedTime } = reply;
    metrics.requestAnswered({ route, method, status, seconds: elapsedTime / 1000, isHeld: config?.isHeld === true });
    done();
  });
}

/** `Expect: 100-continue`: the body is asked for only when nothing in the headers speaks against the request. */
function askForBodies(app: FastifyInstance): void {
  app.server.on('checkExpectation', answerExpectation);
  app.server.on('checkContinue', (request, response) => app.server.emit('request', request, response));
  app.addHook('preParsing', (request, reply, _payload, done) => {
    if (request.headers.expect?.toLowerCase() === '100-continue' && !request.is404) reply.raw.writeContinue();
    done();
  });
}

/** 404, or 405 where the address exists with other methods. */
function answerUnknown(app: FastifyInstance): void {
  const known: { readonly pattern: RegExp; readonly method: string }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    const pattern = new RegExp(`^${url.replaceAll('.', '\\.').replaceAll('*', '.*').replace(/:\w+/g, '[^/]+')}$`);
    for (const one of [method].flat()) known.push({ pattern, method: one });
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const methods = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    if (methods.length === 0) {
      throw new AppError('not-found', 'There is nothing at this address. GET /openapi.yaml lists what there is.');
    }
    const allowed = [...new Set(methods)].sort().join(', ');
    void reply.header('allow', allowed);
    throw new AppError('method-not-allowed', `This address answers ${allowed}. GET /openapi.yaml has the details.`);
  });
}
