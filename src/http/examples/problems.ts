/** What problems look like: of each code one, with the words of the table. */
import { problems } from '../../schemas/problem.ts';
import type { ProblemCode } from '../../schemas/problem.ts';
import { AppError } from '../../use-cases/errors.ts';
import { problemOf } from '../problems.ts';
import type { Examples } from './example.ts';

const REQUEST_ID = '0199f0a2-7a1e-7c3b-9d53-0d6c9f6f7b12';

/** Name of the example of a problem. */
export function problemExample(code: ProblemCode): string {
  return `problem-${code}`;
}

/** The examples of problems. */
export function problemExamples(): Examples {
  // Every key of the table is a code.
  const codes = Object.keys(problems) as ProblemCode[];
  return Object.fromEntries(
    codes.map((code) => {
      const { title, when, help } = problems[code];
      const fields =
        code === 'body-invalid' ? [{ pointer: '#/options/port', detail: 'It must be a whole number.' }] : [];
      const error = new AppError(code, `${when} ${help}`, { fields });
      return [problemExample(code), { summary: title, value: problemOf(error, REQUEST_ID) }];
    }),
  );
}
