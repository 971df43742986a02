/** openapi.yaml as it is committed, for tests: its operations, and whether an answer is what it says. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { LightMyRequestResponse as Answer } from 'fastify';
import { parse } from 'yaml';

/** JSON Schema, as far as tests look into it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly maximum?: number;
  readonly minimum?: number;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly pattern?: string;
}
/** A body: its schema, and examples by name. */
export interface Media {
  readonly schema: Schema;
  readonly examples?: Readonly<Record<string, { readonly $ref: string }>>;
}
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
  readonly example?: unknown;
}
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly content?: Readonly<Record<string, Media>>;
        readonly headers?: object;
      }
    >
  >;
}
interface Contract {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly examples: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;
  };
}

/** Its text. */
export const file = readFileSync('openapi.yaml', 'utf8');
/** What it says. */
export const contract: Contract = parse(file);
/** Every operation; `method` in capitals. */
export const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(contract, 'contract');
const validators = new Map<string, ValidateFunction>();

/** What is wrong with a value by the schema that stands at those keys of the file. */
export function wrongAt(value: unknown, ...keys: readonly string[]): readonly string[] {
  const pointer = keys.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  const validate = validators.get(pointer) ?? ajv.compile({ $ref: `contract#/${pointer}` });
  validators.set(pointer, validate);
  return validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

/** The media type of an answer, without parameters. */
export function typeOf(answer: Answer): string {
  return String(answer.headers['content-type']).split(';')[0] ?? '';
}

/** What is wrong with an answer, by the committed file: its status, media type, headers and body. */
export function breaches(path: string, method: string, answer: Answer): readonly string[] {
  const type = typeOf(answer);
  const status = String(answer.statusCode);
  const documented = contract.paths[path]?.[method.toLowerCase()]?.responses[status];
  if (documented === undefined) return [`${status} is not in the contract`];
  if (documented.content === undefined) return answer.body === '' ? [] : [`${status} has no body`];
  if (!Object.hasOwn(documented.content, type)) return [`${status} does not come as ${type}`];
  const body: unknown = /json/.test(type) ? answer.json() : answer.body;
  return wrongAt(body, 'paths', path, method.toLowerCase(), 'responses', status, 'content', type, 'schema');
}
