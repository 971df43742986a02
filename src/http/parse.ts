/**
 * Foreign data -> a value of a schema, or one problem that names every field that is not as it should be and what is
 * allowed there. The only place where the words of zod become ours.
 */
import { z } from 'zod';
import { AppError } from '../use-cases/errors.ts';
import { forbiddenName } from '../use-cases/forbidden-name.ts';

/** Where the data came from: the first part of every pointer. */
export type Place = '#' | '#/options' | '#/query' | '#/path';

type Issue = z.core.$ZodIssue;
type Field = { readonly pointer: string; readonly detail: string };

/** The value, as the schema gives it. Throws AppError `body-invalid` with a pointer and a sentence for each wrong field. */
export function parse<S extends z.ZodType>(schema: S, data: unknown, place: Place): z.output<S> {
  const forbidden = place === '#/query' || place === '#/path' ? undefined : forbiddenName(data);
  if (forbidden !== undefined) {
    const pointer = [place, ...forbidden.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');
    throw invalid([{ pointer: pointer.slice(0, 500), detail: 'Nothing can have this name. Leave it out.' }]);
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.flatMap((issue) => fieldsOf(issue, schema, data, place)));
}

/** The refusal of fields that no schema can speak about; `detail` of each is a sentence. */
export function invalid(fields: readonly Field[]): AppError {
  const shown = fields.slice(0, 3).map(({ pointer, detail }) => `${pointer}: ${detail}`);
  const more = fields.length > shown.length ? ` And ${fields.length - shown.length} more, see errors.` : '';
  return new AppError('body-invalid', `The request is not what the contract says. ${shown.join(' ')}${more}`, {
    fields: fields.slice(0, 100),
  });
}

/** The names that an object schema knows. */
function knownFields(schema: z.ZodType): readonly string[] {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/**
 * Query parameters as the schema means them: `8080` becomes a number and `true` a boolean where it wants one.
 * What does not look like one stays a string, for the schema to refuse.
 */
export function typedQuery(schema: z.ZodType, query: unknown): unknown {
  if (!(schema instanceof z.ZodObject) || typeof query !== 'object' || query === null) return query;
  return Object.fromEntries(
    Object.entries(query).map(([name, value]: [string, unknown]) => {
      const wanted = Object.hasOwn(schema.shape, name) ? unwrapped(schema.shape[name]) : undefined;
      if (wanted instanceof z.ZodNumber && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) {
        return [name, Number(value)];
      }
      if (wanted instanceof z.ZodBoolean && (value === 'true' || value === 'false')) return [name, value === 'true'];
      return [name, value];
    }),
  );
}

function fieldsOf(issue: Issue, schema: z.ZodType, data: unknown, place: Place): readonly Field[] {
  const pointer = (...more: readonly string[]): string =>
    [place, ...issue.path.map(String), ...more]
      .map((part, index) => (index === 0 ? part : part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/')
      .slice(0, 500);
  if (issue.code === 'unrecognized_keys') {
    const names = knownFields(at(schema, issue.path));
    const known = names.length === 0 ? 'None is known here.' : `Known here: ${names.join(', ')}.`;
    return issue.keys.map((key) => ({ pointer: pointer(key), detail: `Unknown field. ${known}` }));
  }
  if (place === '#/query' && Array.isArray(valueAt(data, issue.path))) {
    return [{ pointer: pointer(), detail: 'It is given more than once. Give it once.' }];
  }
  return [{ pointer: pointer(), detail: sentence(issue, data).slice(0, 500) }];
}

function sentence(issue: Issue, data: unknown): string {
  switch (issue.code) {
    case 'invalid_value':
      return `Allowed: ${issue.values.map(String).join(', ')}.`;
    case 'invalid_type': {
      const wanted = named(issue.expected);
      const given = valueAt(data, issue.path);
      return given === undefined ? `Missing. It must be ${wanted}.` : `It must be ${wanted}.`;
    }
    case 'too_small':
      return `At least ${issue.minimum}${unit(issue.origin)}.`;
    case 'too_big':
      return `At most ${issue.maximum}${unit(issue.origin)}.`;
    case 'invalid_format':
      return `Allowed: ${issue.message}.`;
    case 'invalid_key':
      return `The name is not allowed. Allowed: ${issue.issues.map((one) => one.message).join(', ')}.`;
    case 'unrecognized_keys':
    case 'invalid_element':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'custom':
      return `${issue.message}.`;
    default:
      issue satisfies never;
      return 'Not allowed.';
  }
}

function named(type: string): string {
  const names: Readonly<Record<string, string>> = {
    int: 'a whole number',
    number: 'a number',
    string: 'a string',
    boolean: 'true or false',
    array: 'a list',
    object: 'an object',
    record: 'an object',
  };
  return names[type] ?? type;
}

function unit(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

/** The schema that stands at a path of an issue. */
function at(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType {
  let here = unwrapped(schema);
  for (const part of path) {
    if (here instanceof z.ZodObject) here = unwrapped(here.shape[String(part)]);
    else if (here instanceof z.ZodArray) here = unwrapped(here.element);
    else return here;
  }
  return here;
}

function unwrapped(schema: unknown): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrapped(schema.unwrap());
  return schema instanceof z.ZodType ? schema : z.unknown();
}
