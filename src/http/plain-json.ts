/** JSON as data, never changed in place: the contract is put together from it. */

/** Any JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
/** An object of it. */
export type JsonObject = { readonly [name: string]: Json };

/** Copies a value; `change` decides on each member, and `undefined` leaves it out. */
export function rewrite(value: Json, change: (key: string, value: Json, parent: JsonObject) => Json | undefined): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((one) => rewrite(one, change));
  const members = Object.entries(value).flatMap(([key, one]): [string, Json][] => {
    const changed = change(key, one, value);
    return changed === undefined ? [] : [[key, rewrite(changed, change)]];
  });
  return Object.fromEntries(members);
}

/** Each member, changed. */
export function mapObject(object: JsonObject, change: (value: Json, key: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}

/** A copy that is JSON and nothing else; `undefined` is left out. */
export function asJson(value: unknown): JsonObject {
  // What JSON.parse gives is JSON; every caller hands in an object.
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

/** The value, or an empty object where it is none. */
export function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !isList(value) ? value : {};
}

/** The value, or an empty list where it is none. */
export function asList(value: Json | undefined): readonly Json[] {
  return value !== undefined && isList(value) ? value : [];
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
