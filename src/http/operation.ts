/** How a route says in its schema what Fastify itself has no words for: several request bodies, headers of answers, problems. */
import type { FastifyInstance, FastifySchema, RawServerDefault } from 'fastify';
import type { FastifyBaseLogger } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { Problem, problems } from '../schemas/problem.ts';
import type { ProblemCode } from '../schemas/problem.ts';
import { problemExample } from './examples/problems.ts';
import { shown } from './examples/example.ts';
import type { Shown } from './examples/example.ts';
import { PROBLEM_MEDIA_TYPE, statuses } from './problems.ts';

/** The service as routes see it: schemas are zod's. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** A body as the contract shows it: a zod schema of ours, or JSON Schema for what is not JSON. */
export interface MediaType {
  readonly schema: z.ZodType | JsonSchema;
  readonly examples: Shown;
  readonly encoding?: Readonly<Record<string, { readonly contentType: string }>>;
}

/** An answer as the contract shows it. */
export interface AnswerMedia {
  readonly schema: z.ZodType;
  readonly examples: Shown;
}

/** JSON Schema as a plain object; `properties` may hold zod schemas. */
export interface JsonSchema {
  readonly type: 'string' | 'object';
  readonly description?: string;
  readonly contentMediaType?: string;
  readonly additionalProperties?: false;
  readonly properties?: Readonly<Record<string, z.ZodType | JsonSchema>>;
  readonly required?: readonly string[];
}

/** What the contract says beyond Fastify's own schema. */
export interface Extras {
  readonly requestBody?: { readonly description: string; readonly content: Readonly<Record<string, MediaType>> };
  /** Headers of the request that may be sent. */
  readonly requestHeaders?: Readonly<
    Record<string, { readonly description: string; readonly pattern?: string; readonly example: string }>
  >;
  /** Headers of answers, by status. */
  readonly headers?: Readonly<Record<number, Readonly<Record<string, string>>>>;
}

/** The key under which the extras travel through @fastify/swagger, which passes on what begins with `x-`. */
export const EXTRAS = 'x-drydock';

/** What problems of a status always bring along. */
export const problemHeaders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  401: { 'WWW-Authenticate': 'How to prove who asks: `Bearer`.' },
  429: { 'Retry-After': 'Seconds after which to try again.' },
  503: { 'Retry-After': 'Seconds after which to try again.' },
};

/** The query of an address that has no parameters: strict, as every request is. */
export const NoQuery = z.strictObject({});

/** A route schema together with its extras. */
export function operation<S extends FastifySchema>(schema: S, extras: Extras = {}): S {
  return { ...schema, [EXTRAS]: extras };
}

/** What any address may answer that is not open: who asks, from where, how often, and with which parameters. */
export const guarded = [
  'body-invalid',
  'unauthorized',
  'scope-missing',
  'cross-origin-refused',
  'rate-limited',
] as const satisfies readonly ProblemCode[];

/** The answers of an operation that are problems, by status. What may happen anywhere is always among them. */
export function problemAnswers(
  ...codes: readonly ProblemCode[]
): Readonly<Record<number, { description: string; content: Record<string, AnswerMedia> }>> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of [...codes, 'internal', 'transfer-coding-unsupported'] as const) {
    byStatus.set(statuses[code], [...(byStatus.get(statuses[code]) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${problems[code].title}.`).join(' '),
        content: { [PROBLEM_MEDIA_TYPE]: { schema: Problem, examples: shown(...codes.map(problemExample)) } },
      },
    ]),
  );
}
