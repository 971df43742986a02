/** Which of the uploaded files is the Dockerfile. */

/** The path that was chosen, with a sentence when it was not asked for by name; or the candidates there are. */
export type DockerfileChoice =
  | { readonly path: string; readonly assumption: string | undefined }
  | { readonly candidates: readonly string[] };

/** Endings of files that are about a Dockerfile, or would become one. */
const NOT_ONE = /\.(?:dockerignore|md|txt|j2|jinja2?|tmpl|tpl|template|erb|bak|orig|swp|ya?ml|json|sh)$|~$/i;

/**
 * The wished path where it exists; without a wish `Dockerfile` at the root, or `dockerfile`, as Docker's own command has
 * it; else the one file at the root that is named like a Dockerfile (`Dockerfile.prod`, `api.Dockerfile`,
 * `Containerfile`). None or several: the candidates, anywhere.
 */
export function chooseDockerfile(paths: readonly string[], wish: string | undefined): DockerfileChoice {
  const candidates = paths.filter(isNamedLikeOne).sort();
  if (wish !== undefined) {
    const path = wish.replace(/^(?:\.?\/)+/, '');
    return paths.includes(path) ? { path, assumption: undefined } : { candidates };
  }
  const usual = ['Dockerfile', 'dockerfile'].find((path) => paths.includes(path));
  if (usual !== undefined) return { path: usual, assumption: undefined };
  const atRoot = candidates.filter((path) => !path.includes('/'));
  const [only] = atRoot;
  return only !== undefined && atRoot.length === 1
    ? {
        path: only,
        assumption: `No Dockerfile was named; ${only.slice(0, 500)} is the only one at the root of the context.`,
      }
    : { candidates };
}

function isNamedLikeOne(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return !NOT_ONE.test(name) && /^(?:(?:docker|container)file(?:[._-].+)?|.+[._-]dockerfile)$/i.test(name);
}
