/**
 * Examples of the contract: each stands once, under its name, among its components; schemas of answers and bodies refer to them.
 * test/http/openapi.test.ts holds each against the schema beside which it is shown.
 */

/** What is shown. */
export interface Example {
  readonly summary: string;
  readonly value: unknown;
}

/** Examples by name: letters, digits and `-`. */
export type Examples = Readonly<Record<string, Example>>;

/** Examples beside a schema, by name. What has none of that name fails when the contract is made. */
export type Shown = Readonly<Record<string, { readonly $ref: string }>>;

/** Where the components have them. */
export const EXAMPLES_AT = '#/components/examples/';

/** Refers to examples: `{ schema: Build, examples: shown('build-queued') }`. */
export function shown(...names: readonly string[]): Shown {
  return Object.fromEntries(names.map((name) => [name, { $ref: `${EXAMPLES_AT}${name}` }]));
}
