/** The files that a JSON request lists -> what the analysis takes: clean paths, sizes, the ignore file in force. */
import { effectiveIgnorePath } from '../core/context/build-context.ts';
import type { AnalyzeRequest } from '../schemas/options.ts';
import type { AnalyzeInput } from '../use-cases/analyze-dockerfile.ts';
import { invalid } from './parse.ts';

/** What stands around the Dockerfile, as `AnalyzeInput` wants it. Throws AppError `body-invalid`. */
export function givenFiles(
  request: Omit<AnalyzeRequest, 'options'>,
  path: string,
): Pick<AnalyzeInput, 'files' | 'ignore'> {
  const { dockerignore } = request;
  const files = request.files?.map(({ path, size, content }, index) => ({
    path: cleanPath(path, `#/files/${index}/path`),
    sizeBytes: size ?? Buffer.byteLength(content ?? ''),
    ...(content === undefined ? {} : { content }),
  }));
  const byPath = new Map<string, NonNullable<typeof files>[number]>();
  for (const [index, file] of (files ?? []).entries()) {
    if (byPath.has(file.path)) {
      throw invalid([{ pointer: `#/files/${index}/path`, detail: 'This path is in the list twice. Send it once.' }]);
    }
    byPath.set(file.path, file);
  }
  if (dockerignore !== undefined) return { files, ignore: { path: '.dockerignore', text: dockerignore } };
  const ignorePath = effectiveIgnorePath(path, (one) => byPath.has(one));
  const text = ignorePath === undefined ? undefined : byPath.get(ignorePath)?.content;
  return {
    files,
    ignore: ignorePath === undefined || text === undefined ? undefined : { path: ignorePath, text },
  };
}

/** A path inside the context, without `.` and doubled slashes. Throws AppError `body-invalid` for one that leaves it. */
export function cleanPath(path: string, pointer: string): string {
  const refuse = (detail: string): Error => invalid([{ pointer, detail }]);
  if (path.includes('\0')) throw refuse('A path cannot hold a NUL.');
  if (path.startsWith('/')) throw refuse('The path is absolute. Give it relative to the root of the context.');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) throw refuse('The path leaves the context. Give one that stays inside it.');
  }
  if (parts.length === 0) throw refuse('The path names no file.');
  return parts.join('/');
}
