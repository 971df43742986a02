/** The build context as rules see it: what was uploaded, what the ignore file leaves out, what the builder would get. */
import type { BuildContext, ContextFile, IgnoreFile } from './types.ts';

/**
 * Puts together what is known of the context. Pure. The Dockerfile and the ignore file are files like any other here: the
 * builder reads them even when they are excluded, but COPY does not find them.
 *
 * @param files   every uploaded file; left out when only a Dockerfile was given
 * @param folders every uploaded folder, where they are known: an empty one is seen nowhere else
 * @param ignore  the ignore file in force, if there is one
 */
export function makeBuildContext(given: {
  readonly files?: readonly ContextFile[];
  readonly folders?: readonly string[];
  readonly ignore?: IgnoreFile;
}): BuildContext {
  const { ignore } = given;
  const files = given.files?.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const byPath = new Map((files ?? []).map((file) => [file.path, file]));
  let sent: readonly ContextFile[] | undefined;
  return {
    files,
    folders: given.folders === undefined ? undefined : new Set(given.folders),
    ignore,
    get sent(): readonly ContextFile[] {
      return (sent ??=
        ignore === undefined ? (files ?? []) : (files ?? []).filter((file) => !ignore.excludes(file.path)));
    },
    file: (path) => byPath.get(path),
  };
}

/** The ignore file in force: `<Dockerfile>.dockerignore` beside the Dockerfile, else `.dockerignore` at the root. */
export function effectiveIgnorePath(dockerfilePath: string, hasFile: (path: string) => boolean): string | undefined {
  return [`${dockerfilePath}.dockerignore`, '.dockerignore'].find((path) => hasFile(path));
}
