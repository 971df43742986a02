/** The catalogue of checks. It changes with the service only, so what was loaded once is there at once when a view is come back to. */
import { useEffect } from 'preact/hooks';
import type { Catalogue } from '../../schemas/catalogue.ts';
import { useLoaded } from './loaded.ts';
import type { Loaded } from './loaded.ts';

let known: Catalogue | undefined;

/** Items, rules, probes, profiles and the operator's policy. */
export function useCatalogue(): Loaded<Catalogue> {
  const loaded = useLoaded<Catalogue>('/checks');
  useEffect(() => {
    known = loaded.value ?? known;
  }, [loaded.value]);
  return { ...loaded, value: loaded.value ?? (loaded.error === undefined ? known : undefined) };
}
