/** What is changed in a context before a builder gets it: the ignore file applied, a foreign frontend taken out. Pure. */
import type { IgnoreFile } from './context/types.ts';
import type { Dockerfile } from './dockerfile/types.ts';

/**
 * The text to send: a `# syntax=` line blanked with its length and line kept, so that line numbers stay true.
 * A foreign frontend is a program that runs before the build and would have to be pulled (design: decisions/0003).
 */
export function withoutFrontend(dockerfile: Dockerfile): {
  readonly text: string;
  readonly assumption: string | undefined;
} {
  const syntax = dockerfile.directives.find((directive) => directive.name === 'syntax');
  if (syntax === undefined) return { text: dockerfile.text, assumption: undefined };
  const { start, end } = syntax.span;
  return {
    // The line stays a comment: a blank line would end the block in which directives may stand, and lose `# escape=`.
    text: `${dockerfile.text.slice(0, start.offset)}#${dockerfile.text.slice(end.offset)}`,
    assumption: `The frontend ${syntax.value} was not used; the one of the engine built the image.`,
  };
}

/** What the builder may get: everything that is not ignored, and in any case the Dockerfile and the ignore file themselves. */
export function sentToBuilder(
  ignore: IgnoreFile | undefined,
  dockerfilePath: string,
): (path: string, isDirectory: boolean) => boolean {
  if (ignore === undefined) return () => true;
  return (path, isDirectory) =>
    path === dockerfilePath || path === ignore.path || isDirectory || !ignore.excludes(path);
}
