/** Paths inside an image, without a disk. */

/** A path upon another one, tidied; `undefined` when it is relative to a path that is not known. */
export function joinPath(base: string | undefined, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const isAbsolute = path.startsWith('/');
  if (!isAbsolute && base === undefined) return undefined;
  const parts: string[] = [];
  for (const part of (isAbsolute ? path : `${base ?? ''}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
