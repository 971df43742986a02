/** Values that a schema of the contract may have to refuse, derived from it: near misses of each of its rules, one at a time. */
import { contract } from './contract-file.ts';
import type { Schema } from './contract-file.ts';

/** What stands behind a reference. */
export function resolved(schema: Schema): Schema {
  const { $ref } = schema;
  return $ref === undefined
    ? schema
    : resolved(contract.components.schemas[$ref.replace('#/components/schemas/', '')] ?? {});
}

/** Names that every object has, or that mean something to who writes objects. */
export const PROTOTYPE_NAMES = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString'] as const;

/** The longest text that is made; longer ones are refused for their size, which other tests look at. */
const MOST = 100_000;

/** A value of each kind. */
const KINDS: readonly unknown[] = [null, true, -1, 1.5, 1e308, '', 'x', [null], { x: 1 }];

/** Texts that hardly any pattern takes, and some that most do. */
const TEXTS: readonly string[] = [' ', '\0\n', '../../etc/passwd', '\\', 'é💥', '\ud800', "${x}' OR 1=1 --"];

/** Lists: bounds are of their length. */
function* lists(schema: Schema, depth: number): Generator {
  if (schema.items === undefined) return;
  for (const value of values(schema.items, depth + 1)) yield [value];
}

/** Members: each left out, one that is unknown, and each with the wrong values of its own schema. */
function* objects(schema: Schema, depth: number): Generator {
  const valid = validOf(schema);
  for (const name of schema.required ?? []) {
    const { [name]: _, ...rest } = valid;
    yield rest;
  }
  yield { ...valid, notKnown: 1 };
  // Set so that it is a member and no prototype.
  for (const name of PROTOTYPE_NAMES) yield JSON.parse(`{${JSON.stringify(name)}:{"x":1}}`);
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    for (const value of values(member, depth + 1)) yield { ...valid, [name]: value };
  }
  const { additionalProperties: others } = schema as { readonly additionalProperties?: Schema | false };
  if (others === undefined || others === false) return;
  for (const value of values(others, depth + 1)) yield { ...valid, A: value };
  for (const text of ['', ...TEXTS, ...PROTOTYPE_NAMES]) yield JSON.parse(`{${JSON.stringify(text)}:"long enough"}`);
}

/** Values around the rules of a schema; most are wrong, and some are right. */
export function* values(given: Schema, depth = 0): Generator {
  const schema = resolved(given);
  yield* KINDS;
  for (const one of schema.anyOf ?? []) yield* values(one, depth);
  for (const limit of [schema.minimum, schema.maximum]) if (limit !== undefined) yield* [limit - 1, limit, limit + 1];
  const { maxLength = 0, minLength = 0 } = schema;
  for (const length of [minLength - 1, maxLength, maxLength + 1])
    if (length > 0 && length < MOST) yield 'a'.repeat(length);
  if (schema.type === 'string') yield* TEXTS;
  for (const one of schema.enum ?? []) yield* [one, `${String(one)} `, String(one).toUpperCase()];
  if (depth > 3) return;
  yield* lists(schema, depth);
  if (schema.type === 'object') yield* objects(schema, depth);
}

/** The least that a schema takes, as far as it has to be right to change one thing about it. */
function validOf(given: Schema): Readonly<Record<string, unknown>> {
  const schema = resolved(given);
  return Object.fromEntries(
    (schema.required ?? []).map((name) => {
      const member = resolved(schema.properties?.[name] ?? {});
      return [name, member.type === 'object' ? validOf(member) : member.type === 'string' ? 'long-enough' : 1];
    }),
  );
}
