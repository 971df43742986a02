/**
 * The yardstick of http and start, as a child that tells its usage (served.ts): the same Fastify with a route that is validated by the
 * same zod schema as POST /analyze, and no work: no hook, no log, no token, no store. It answers a report that it was given, which
 * Fastify turns into JSON for each request, by the schema of the route where `YARDSTICK_ANSWERS=zod`.
 */
import { fastify } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { AnalyzeRequest } from '../../src/schemas/options.ts';
import { Report } from '../../src/schemas/report.ts';
import { answerUsage } from './served.ts';

const app = fastify().withTypeProvider<ZodTypeProvider>();
app.setValidatorCompiler(validatorCompiler);
app.setSerializerCompiler(serializerCompiler);
let answer: Report | undefined;
app.post('/answer', { schema: { body: Report } }, (request, reply) => {
  answer = request.body;
  return reply.send('taken');
});
app.post('/plain', { schema: { body: AnalyzeRequest } }, () => answer);
app.post('/validated', { schema: { body: AnalyzeRequest, response: { 200: Report } } }, (_request, reply) => {
  if (answer === undefined) throw new Error('no answer was given');
  return reply.send(answer);
});
app.get('/health/live', () => ({ status: 'ok' }));
answerUsage(await app.listen({ host: '127.0.0.1', port: 0 }));
