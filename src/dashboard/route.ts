/** Where the reader is. The address lives behind the `#`: one file serves every view, and a link to any of them can be passed on. */
import { useEffect, useState } from 'preact/hooks';

/** A place: `#/builds/123?line=4` is path `['builds', '123']`, query `line=4`. */
export interface Route {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** Reads an address. */
export function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?');
  return {
    path: path
      .split('/')
      .filter((part) => part !== '')
      .map(decoded),
    query: new URLSearchParams(query),
  };
}

/** The address of a place, for `href`. Values that are `undefined` or empty are left out. */
export function linkTo(path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([name, value]) => [name, value ?? '']));
  return `#/${path.map(encodeURIComponent).join('/')}${given.length === 0 ? '' : `?${search}`}`;
}

/** Goes to a place. With `replace` the reader's way back skips where he was, as for each change of a filter. */
export function goTo(link: string, { replace = false } = {}): void {
  if (replace) {
    history.replaceState(null, '', link);
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else location.hash = link;
}

/** Where the reader is now; the component is drawn anew when that changes. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = (): void => setHash(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return readRoute(hash);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
