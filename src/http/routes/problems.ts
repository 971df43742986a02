/** GET /problems/{code}: the help behind the `type` of a problem. It needs no token: it explains why one is needed. */
import { z } from 'zod';
import { ProblemHelp, problems } from '../../schemas/problem.ts';
import type { ProblemCode } from '../../schemas/problem.ts';
import { AppError } from '../../use-cases/errors.ts';
import { shown } from '../examples/example.ts';
import { NoQuery, operation, problemAnswers } from '../operation.ts';
import type { App } from '../operation.ts';
import { statuses } from '../problems.ts';

/** Registers the route. */
export function problemRoutes(app: App): void {
  app.get(
    '/problems/:code',
    {
      config: { isOpen: true },
      schema: operation({
        operationId: 'getProblem',
        summary: 'Help for an error code',
        description: 'What a problem means and what to do. The code is the last part of its `type`.',
        tags: ['Service'],
        security: [],
        params: z.strictObject({
          code: z
            .string()
            .max(100)
            .meta({ examples: ['body-empty'] }),
        }),
        querystring: NoQuery,
        response: {
          200: {
            description: 'The help.',
            content: { 'application/json': { schema: ProblemHelp, examples: shown('problem-help') } },
          },
          ...problemAnswers('body-invalid', 'cross-origin-refused', 'rate-limited', 'not-found'),
        },
      }),
    },
    async (request, reply) => {
      const { code } = request.params;
      if (!isCode(code)) {
        throw new AppError(
          'not-found',
          `There is no problem of that name. Known: ${Object.keys(problems).join(', ')}.`,
        );
      }
      return reply.send({ code, ...problems[code], status: statuses[code] });
    },
  );
}

function isCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}
