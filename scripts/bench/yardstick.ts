/**
 * The yardstick of http, as a child that tells its usage (served.ts): the same Fastify with a route that is validated by the
 * same zod schema as POST /analyze, and no work: no hook, no log, no token, no store. It answers a report that it was given, which
 * Fastify turns into JSON for each request: as it is, or, the usual way of the type provider, validated by the schema of the route first.
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
app.post('/validated', { schema: { body: AnalyzeRequest, response: { 200: Report } } }, () => {
  if (answer === undefined) throw new Error('no answer was given');
  return answer;
});
answerUsage(await app.listen({ host: '127.0.0.1', port: 0 }));
