/** The one name that no object of foreign data may have: the schemas pass it over, and nobody would hear of the setting. */

/** Values looked at; what holds more is refused by the limits on its size first. */
const MOST_LOOKS = 200_000;

/** Where data says `__proto__`, as a path that ends in it; `undefined` where it nowhere does. Pure; never throws. */
export function forbiddenName(data: unknown): readonly string[] | undefined {
  const seen = new Set<unknown>();
  const open: { readonly value: unknown; readonly path: readonly string[] }[] = [{ value: data, path: [] }];
  for (let one = open.pop(); one !== undefined && seen.size < MOST_LOOKS; one = open.pop()) {
    const { value, path } = one;
    // YAML may name one object in many places.
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (Object.hasOwn(value, '__proto__')) return [...path, '__proto__'];
    // Settings are not that deep; a schema refuses what is.
    if (path.length < 20)
      for (const [name, inner] of Object.entries(value)) open.push({ value: inner, path: [...path, name] });
  }
  return undefined;
}
