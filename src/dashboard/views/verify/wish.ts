/** The fields of the form -> the options of the API, and its refusals back to the fields. Pure. */
import type { Problem } from '../../../schemas/problem.ts';
import type { ProfileName } from '../../../schemas/report.ts';
import { partsOf } from '../../api/json-pointer.ts';
import type { Facts } from './facts.ts';

/** A name and a value, as build arguments, variables and secrets have them. */
export interface Row {
  /** Of the row in the form. */
  readonly key: number;
  readonly name: string;
  readonly value: string;
  /** A build argument that is a secret; a variable without which the service must end. */
  readonly isMarked: boolean;
}

/** Everything that can be filled in; texts as they were typed. */
export interface Fields {
  readonly project: string;
  readonly profile: ProfileName | '';
  readonly target: string;
  readonly port: string;
  readonly health: string;
  readonly platform: string;
  readonly startTimeoutSeconds: string;
  readonly stopTimeoutSeconds: string;
  readonly egress: boolean;
  readonly noCache: boolean;
  readonly buildArgs: readonly Row[];
  readonly env: readonly Row[];
  readonly secrets: readonly Row[];
  /** Options that the form has no field for, as the JSON that the API takes. */
  readonly further: string;
}

/** Nothing filled in. */
export const BLANK: Fields = {
  project: '',
  profile: '',
  target: '',
  port: '',
  health: '',
  platform: '',
  startTimeoutSeconds: '',
  stopTimeoutSeconds: '',
  egress: false,
  noCache: false,
  buildArgs: [],
  env: [],
  secrets: [],
  further: '',
};

/**
 * The options to send. What is blank, or as it was read from the Dockerfile, is left to the service, which reads more exactly
 * and says in the report what it assumed.
 * @param dockerfile  its path, where it is not the usual one
 */
export function optionsOf(
  fields: Fields,
  facts: Facts | undefined,
  dockerfile: string | undefined,
): Readonly<Record<string, unknown>> {
  const { buildArgs, env, secrets } = fields;
  const text = (value: string, known?: string): string | undefined =>
    value.trim() === '' || value.trim() === known ? undefined : value.trim();
  const marked = (rows: readonly Row[]): readonly string[] | undefined => {
    const names = rows.filter(({ isMarked, name }) => isMarked && name.trim() !== '').map(({ name }) => name.trim());
    return names.length === 0 ? undefined : names;
  };
  const all: Readonly<Record<string, unknown>> = {
    project: text(fields.project),
    profile: text(fields.profile),
    dockerfile,
    target: text(fields.target),
    port: numberOf(text(fields.port, facts?.port?.value)),
    health: text(fields.health, facts?.health?.value),
    platform: text(fields.platform),
    startTimeoutSeconds: numberOf(text(fields.startTimeoutSeconds)),
    stopTimeoutSeconds: numberOf(text(fields.stopTimeoutSeconds)),
    egress: fields.egress || undefined,
    noCache: fields.noCache || undefined,
    buildArgs: record(buildArgs),
    secretBuildArgs: marked(buildArgs),
    env: record(env),
    requiredEnv: marked(env),
    secrets: record(secrets.filter(({ value }) => value !== '')),
  };
  const filled = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return { ...furtherOf(fields), ...filled };
}

/**
 * What cannot be sent as it stands, as the service would complain of it: no JSON, and what is there twice, where one would
 * silently win. What the form shows counts as said, also where it is left to the service because it was read off the text.
 * @param dockerfile  its path, where the form shows one
 */
export function mistakesIn(fields: Fields, dockerfile: string | undefined): NonNullable<Problem['errors']> {
  const further = furtherOf(fields);
  if (further === undefined) return [{ pointer: '#/options/further', detail: NO_OBJECT }];
  const shown = optionsOf({ ...fields, further: '' }, undefined, dockerfile);
  const both = Object.keys(further).filter((name) => Object.hasOwn(shown, name));
  return [...doubled(fields), ...both.map((name) => ({ pointer: `#/options/${name}`, detail: IN_BOTH }))];
}

const NO_OBJECT = 'This is no JSON object. Write it as {"labels": {"key": "value"}}.';
const IN_BOTH = 'The form above says it too. Keep one of them.';

/** `undefined`: the text is something else than a JSON object. */
function furtherOf({ further }: Fields): Readonly<Record<string, unknown>> | undefined {
  if (further.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(further);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function doubled(fields: Fields): NonNullable<Problem['errors']> {
  return (['buildArgs', 'env', 'secrets'] as const).flatMap((field) => {
    const names = fields[field].map(({ name }) => name.trim()).filter((name) => name !== '');
    return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map((name) => ({
      pointer: `#/options/${field}/${name}`,
      detail: `${name} is there twice. Keep one of them.`,
    }));
  });
}

/**
 * Which fields of the form a problem speaks of, and what it says of each. The rest is for the notice alone.
 * @param sent  what the form held when it was sent: of what was written as JSON there, that text is the field
 */
export function complaintsOf(problem: Problem | undefined, sent: Fields): ReadonlyMap<string, string> {
  const complaints = new Map<string, string>();
  const written = furtherOf(sent) ?? {};
  const add = (field: string, detail: string): void =>
    void complaints.set(field, [complaints.get(field), detail].filter((one) => one !== undefined).join(' '));
  for (const { pointer, detail } of problem?.errors ?? []) {
    const [place, ...path] = partsOf(pointer);
    const [field, name] = path;
    if (place !== 'options' || field === undefined) continue;
    const shown = MARKS.get(field) ?? field;
    const isNamed = name !== undefined && shown === field && !detail.startsWith(name);
    const isOfForm = !Object.hasOwn(written, field) && (Object.hasOwn(BLANK, shown) || shown === 'dockerfile');
    if (isOfForm) add(shown, isNamed ? `${name}: ${detail}` : detail);
    else add('further', `${path.join('.')}: ${detail}`);
  }
  if (problem !== undefined && /\/dockerfile-(?:missing|ambiguous)$/.test(problem.type)) {
    add(Object.hasOwn(written, 'dockerfile') ? 'further' : 'dockerfile', problem.detail);
  }
  return complaints;
}

/** Options that are boxes beside the rows of another. */
const MARKS: ReadonlyMap<string, string> = new Map([
  ['secretBuildArgs', 'buildArgs'],
  ['requiredEnv', 'env'],
]);

/** A number where it is one; else the text, which the service refuses with better words than ours. */
function numberOf(text: string | undefined): number | string | undefined {
  return text !== undefined && /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

function record(rows: readonly Row[]): Readonly<Record<string, string>> | undefined {
  const named = rows.filter(({ name, value }) => name.trim() !== '' || value !== '');
  return named.length === 0 ? undefined : Object.fromEntries(named.map(({ name, value }) => [name.trim(), value]));
}
