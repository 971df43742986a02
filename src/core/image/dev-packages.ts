/**
 * Which installed packages serve development alone: those that a manifest asks for in a group of development, and those that are
 * known to be of no other use. What the service needs is none, whether a manifest asks for it or an installed package does.
 */
import type { DeclaredPackages } from './declared.ts';
import { isKnownForDevelopment } from './packages.ts';

/**
 * The names among `installed`, each with the place that makes it one (`devDependencies of package.json`) or `undefined` for those
 * that are known. Pure.
 *
 * @param needs  what each installed package says that it does not work without
 */
export function developmentPackages(
  installed: ReadonlySet<string>,
  needs: ReadonlyMap<string, Iterable<string>>,
  { development, runtime }: DeclaredPackages,
): ReadonlyMap<string, string | undefined> {
  const from = new Map(development.map((one) => [one.key, one.from]));
  const wanted = new Set(runtime);
  const suspects = [...installed].filter((key) => !wanted.has(key) && (from.has(key) || isKnownForDevelopment(key)));
  if (suspects.length === 0) return new Map();
  // What suspects bring along speaks for nothing; all else was installed for its own sake.
  const brought = reachable(suspects, needs);
  const needed = reachable([...wanted, ...[...installed].filter((key) => !brought.has(key))], needs);
  return new Map(suspects.filter((key) => !needed.has(key)).map((key) => [key, from.get(key)]));
}

/** The names, and everything that they need, and what that needs. */
function reachable(keys: readonly string[], needs: ReadonlyMap<string, Iterable<string>>): ReadonlySet<string> {
  const seen = new Set(keys);
  // A set hands out what is added to it while it is walked.
  for (const key of seen) for (const need of needs.get(key) ?? []) seen.add(need);
  return seen;
}
