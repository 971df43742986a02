/** JSON pointers, by which a problem says which part of a request it means. Source: RFC 6901, sections 4 and 6. */

/** `#/options/services/a~1b` -> `['options', 'services', 'a/b']`; of the whole, none. Pure. */
export function partsOf(pointer: string): readonly string[] {
  const path = pointer.replace(/^#\/?/, '');
  return path === '' ? [] : path.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
