/** Requests that the contract lets one expect to be refused, derived from it: one thing about each is wrong. */
import type { InjectOptions } from 'fastify';
import { operations, wrongAt } from './contract-file.ts';
import type { Media, Parameter } from './contract-file.ts';
import { form } from './fakes.ts';
import type { Part } from './fakes.ts';
import { PROTOTYPE_NAMES, resolved, values } from './wrong-values.ts';

/** One of the contract. */
export type Operation = (typeof operations)[number];
/** `isWrong`: it has to be refused. Otherwise any answer of the contract is fine. */
export interface Wrong {
  readonly what: string;
  readonly isWrong: boolean;
  readonly request: InjectOptions;
}

/** What the fake use cases know, by the beginning of a path; other parameters are filled with the examples of the contract. */
const KNOWN: readonly (readonly [start: string, value: string])[] = [
  ['/analyze/', 'a1'],
  ['/build-verify/', 'b2'],
  ['/checks/', 'apt-lists-kept'],
  ['/projects/', 'shop%2Fapi'],
  ['/problems/', 'internal'],
];

/** The address of an operation, its parameters filled in. */
export function addressOf({ path, operation }: Operation): string {
  const known = KNOWN.find(([start]) => path.startsWith(start))?.[1];
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => known ?? String(parameter(operation, name)?.example));
  const query = (operation.parameters ?? []).filter((one) => one.in === 'query' && one.required);
  return query.length === 0
    ? filled
    : `${filled}?${query.map(({ name, example }) => `${name}=${encodeURIComponent(String(example))}`).join('&')}`;
}

function parameter(operation: Operation['operation'], name: string): Parameter | undefined {
  return operation.parameters?.find((one) => one.name === name);
}

/** A request that is right as far as it goes. */
export function baseOf(one: Operation): InjectOptions & { readonly url: string } {
  const url = addressOf(one);
  // The methods of the contract are those of HTTP.
  const method = one.method as 'GET' | 'POST' | 'DELETE';
  const content = one.operation.requestBody?.content;
  if (content === undefined) return { method, url };
  return Object.hasOwn(content, 'text/plain')
    ? { method, url, headers: { 'content-type': 'text/plain' }, payload: 'FROM x\n' }
    : { method, url, headers: { 'content-type': 'application/json' }, payload: '{}' };
}

/** The address with more of a query. */
export function withQuery(url: string, query: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

/** Bytes that are no UTF-8, and a percent sign that is none. */
const BAD_ESCAPES = ['%', '%zz', '%00', '%ff', '%c0%ae', '%ed%a0%80', '%2e%2e%2f', '%0d%0aX:1', '%F0%9F%92%A5'];

/** Parameters of the path. */
export function* wrongPaths(one: Operation): Generator<Wrong> {
  const base = baseOf(one);
  const own = one.operation.parameters?.filter((parameter) => parameter.in === 'path') ?? [];
  for (const { name } of own) {
    for (const text of [
      ...BAD_ESCAPES,
      ...PROTOTYPE_NAMES,
      'a'.repeat(99),
      'a'.repeat(3000),
      '%20',
      '*',
      '{id}',
      'b2;x=1',
    ]) {
      const [path = ''] = base.url.split('?');
      const at = one.path.split('/').indexOf(`{${name}}`);
      const url = path.split('/').with(at, text).join('/') + base.url.slice(path.length);
      yield { what: `path ${name} ${text.slice(0, 30)}`, isWrong: false, request: { ...base, url } };
    }
  }
}

/** As the service reads a query: a number where it looks like one and is wanted, `true` and `false`. */
function typed({ schema }: Parameter, text: string): unknown {
  const { type } = resolved(schema);
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
  return type === 'boolean' && (text === 'true' || text === 'false') ? text === 'true' : text;
}

/** Parameters of the query. */
export function* wrongQueries(one: Operation): Generator<Wrong> {
  const base = baseOf(one);
  const ask = (query: string, isWrong: boolean): Wrong => ({
    ...{ what: `query ${query.slice(0, 60)}`, isWrong },
    request: { ...base, url: withQuery(base.url, query) },
  });
  for (const name of ['notKnown', ...PROTOTYPE_NAMES, 'a[b]', '', '%ff']) yield ask(`${name}=1`, name !== '');
  for (const text of ['&&&&', '=', '%', 'a=%zz', '?']) yield ask(text, false);
  for (const [index, parameter] of (one.operation.parameters ?? []).entries()) {
    if (parameter.in !== 'query' || parameter.required) continue;
    const { name } = parameter;
    const at = ['paths', one.path, one.method.toLowerCase(), 'parameters', String(index), 'schema'];
    const texts = new Set([...values(parameter.schema)].filter((value) => typeof value !== 'object').map(String));
    for (const text of [...texts, '01', '+1', '1e2', '0x1', 'NaN', 'TRUE', '9'.repeat(40)]) {
      if (!text.isWellFormed()) continue;
      yield ask(`${name}=${encodeURIComponent(text)}`, wrongAt(typed(parameter, text), ...at).length > 0);
    }
    for (const text of index % 4 === 0 ? BAD_ESCAPES : []) yield ask(`${name}=${text}`, false);
    yield ask(`${name}=1&${name}=2`, true);
    yield ask(`${name}[]=1`, true);
  }
  for (const { name, in: place } of one.operation.parameters ?? [])
    if (place === 'query' && base.url.includes(`${name}=`)) yield ask(`${name}=again`, true);
}

/** Headers, those of the contract and those that are read anywhere. */
export function* wrongHeaders(one: Operation): Generator<Wrong> {
  const base = baseOf(one);
  const own = one.operation.parameters?.filter((parameter) => parameter.in === 'header').map(({ name }) => name) ?? [];
  const usual = [
    'accept',
    'if-none-match',
    'last-event-id',
    'range',
    'origin',
    'authorization',
    'content-encoding',
    'expect',
  ];
  for (const name of new Set([...own, ...usual])) {
    for (const text of ['', ',;q=x', 'é\\"', '-1', 'x'.repeat(5000), 'bytes=5-1']) {
      const request = { ...base, headers: { ...base.headers, [name]: text } };
      yield { what: `header ${name} ${text.slice(0, 20)}`, isWrong: false, request };
    }
  }
}

/** Bodies that no address takes, whatever their type says. */
const BODIES: readonly (readonly [string, Buffer])[] = [
  ['nothing', Buffer.alloc(0)],
  ['no UTF-8', Buffer.from([0x46, 0xff, 0xfe, 0xc3, 0x28])],
  ['NULs', Buffer.alloc(600)],
  ['half of JSON', Buffer.from('{"dockerfile": "FROM x')],
  ['a deep list', Buffer.from('['.repeat(50_000))],
  ['a deep list that ends', Buffer.from(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)],
  ['a deep object', Buffer.from(`${'{"options":'.repeat(5000)}1${'}'.repeat(5000)}`)],
  ['a byte order mark', Buffer.from('\uFEFF{"dockerfile":"FROM x"}')],
  ['a number that is none', Buffer.from('{"dockerfile": 1e999}')],
  ['names twice', Buffer.from('{"dockerfile":"FROM x","dockerfile":1}')],
  ['half of gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0])],
  ['half of zip', Buffer.from('PK\u0003\u0004')],
];

/** Bodies: of another kind, broken, and wrong in one field. */
export function* wrongBodies(one: Operation): Generator<Wrong> {
  const base = baseOf(one);
  const content = one.operation.requestBody?.content;
  const types = Object.keys(content ?? {});
  const foreign = [
    '',
    'text/',
    'text/html',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=',
    '*/*',
    'x'.repeat(4000),
  ];
  for (const type of content === undefined ? ['', 'application/json'] : [...types, ...foreign]) {
    for (const [what, payload] of BODIES.slice(0, content === undefined ? 4 : undefined)) {
      const isForeign = content !== undefined && !types.includes(type.split(';')[0] ?? '');
      const headers = { ...base.headers, 'content-type': type };
      yield { what: `${type.slice(0, 40)}: ${what}`, isWrong: isForeign, request: { ...base, headers, payload } };
    }
  }
  if (content === undefined) return;
  const at = ['paths', one.path, one.method.toLowerCase(), 'requestBody', 'content'];
  const json = content['application/json'];
  if (json !== undefined) {
    for (const value of values(json.schema)) yield jsonBody(base, value, [...at, 'application/json', 'schema']);
  }
  const formMedia = content['multipart/form-data'];
  if (formMedia !== undefined)
    yield* wrongForms(base, formMedia, [...at, 'multipart/form-data', 'schema', 'properties']);
}

function jsonBody(base: InjectOptions, value: unknown, at: readonly string[]): Wrong {
  const payload = JSON.stringify(value);
  const headers = { ...base.headers, 'content-type': 'application/json' };
  return {
    what: `JSON ${payload.slice(0, 80)}`,
    isWrong: wrongAt(value, ...at).length > 0,
    request: { ...base, headers, payload },
  };
}

function* wrongForms(base: InjectOptions, { schema }: Media, at: readonly string[]): Generator<Wrong> {
  const context: Part = ['context', 'x'.repeat(100), { filename: 'c.tar' }];
  const send = (what: string, isWrong: boolean, ...parts: readonly Part[]): Wrong => ({
    ...{ what: `form: ${what}`, isWrong },
    request: { ...base, ...form(...parts) },
  });
  const { options, ...others } = schema.properties ?? {};
  for (const value of values(options ?? {})) {
    const text = JSON.stringify(value);
    yield send(`options ${text.slice(0, 80)}`, wrongAt(value, ...at, 'options').length > 0, ['options', text], context);
  }
  for (const text of ['', '{', 'null', '{"project":', '\uFEFF{}'])
    yield send(`options ${text}`, text !== '\uFEFF{}', ['options', text], context);
  yield send('options that are no UTF-8', true, ['options', Buffer.from([0x7b, 0xff, 0x7d])], context);
  yield send('nothing', true);
  yield send('options alone', true, ['options', '{}']);
  yield send('options behind the context', true, context, ['options', '{}']);
  yield send('the context twice', true, context, context);
  yield send('options twice', true, ['options', '{}'], ['options', '{}'], context);
  yield send('sixty parts', true, ...Array.from({ length: 60 }, (_, index): Part => [`p${index}`, 'x']), context);
  for (const name of [
    '',
    'notKnown',
    'Context',
    ...PROTOTYPE_NAMES,
    'a"b',
    'options[project]',
    '../x',
    'x'.repeat(5000),
  ])
    yield send(`part ${name.slice(0, 20)}`, true, [name, 'x'], context);
  for (const name of Object.keys(others)) yield send(`${name} empty`, false, [name, '']);
  const whole = form(['options', '{}'], context);
  for (const [what, payload] of [
    ['cut off', whole.payload.subarray(0, -20)],
    ['cut off in a header', whole.payload.subarray(0, 30)],
    ['another boundary', Buffer.from(whole.payload.toString().replaceAll('edge', 'hedge'))],
    ['no boundary', Buffer.from('options={}')],
  ] as const)
    yield { what: `form: ${what}`, isWrong: true, request: { ...base, ...whole, payload } };
  yield {
    ...{ what: 'form: no boundary in the type', isWrong: true },
    request: { ...base, ...whole, headers: { 'content-type': 'multipart/form-data' } },
  };
}
