/** What is changed in a context before a builder gets it: the ignore file applied, a foreign frontend taken out. Pure. */
import type { IgnoreFile } from '../context/types.ts';
import type { Dockerfile } from '../dockerfile/types.ts';

/**
 * The text to send: the `# syntax=` line taken out, every other line where it was, so that line numbers stay true.
 * A foreign frontend is a program that runs before the build and would have to be pulled (docs/decisions/0002).
 */
export function withoutFrontend(dockerfile: Dockerfile): {
  readonly text: string;
  readonly assumption: string | undefined;
} {
  const syntax = dockerfile.directives.find((directive) => directive.name === 'syntax');
  if (syntax === undefined) return { text: dockerfile.text, assumption: undefined };
  // Directives stand line below line, and a comment ends them (measured): so those below move up a line, and the line of
  // the last becomes the comment.
  const places = dockerfile.directives.filter(({ span }) => span.start.offset >= syntax.span.start.offset);
  let text = '';
  let from = 0;
  for (const [index, { span }] of places.entries()) {
    const next = places[index + 1]?.span;
    text += dockerfile.text.slice(from, span.start.offset);
    text += next === undefined ? '#' : dockerfile.text.slice(next.start.offset, next.end.offset);
    from = span.end.offset;
  }
  return {
    text: text + dockerfile.text.slice(from),
    assumption: `The frontend ${syntax.value} was not used; the one of the engine built the image.`.slice(0, 1000),
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
