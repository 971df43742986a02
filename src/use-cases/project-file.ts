/** `drydock.yaml` at the root of a context: what a repository says of itself, the weakest of all voices. */
import { parse, YAMLError } from 'yaml';
import type { ContextFile } from '../core/context/types.ts';
import { ProjectFile } from '../schemas/options.ts';
import { AppError } from './errors.ts';
import { forbiddenName } from './forbidden-name.ts';

const NAMES: ReadonlySet<string> = new Set(['drydock.yaml', 'drydock.yml']);

/** True for the path of a project file. */
export function isProjectFile(path: string): boolean {
  return NAMES.has(path);
}

/**
 * What the project file among these files says; `{}` where there is none.
 * Throws AppError `project-file-invalid` that names the field: a setting that is passed over in silence is a wrong verdict.
 */
export function projectFileOf(files: readonly ContextFile[] | undefined): ProjectFile {
  const file = files?.find(({ path }) => isProjectFile(path));
  if (file?.content === undefined) return {};
  return readProjectFile(file.path, file.content);
}

/** Reads the text of a project file. Throws AppError `project-file-invalid`. */
export function readProjectFile(path: string, text: string): ProjectFile {
  let data: unknown;
  try {
    // Null is what an empty file holds.
    data = parse(text) ?? {};
  } catch (cause) {
    const reason = cause instanceof YAMLError ? (cause.message.split('\n')[0] ?? '') : 'It is not YAML.';
    throw new AppError('project-file-invalid', `${path} cannot be read. ${reason.slice(0, 500)}`, { cause });
  }
  const forbidden = forbiddenName(data);
  if (forbidden !== undefined) {
    throw new AppError(
      'project-file-invalid',
      `${path} cannot be used. ${forbidden.join('.').slice(0, 300)}: no such name.`,
    );
  }
  const read = ProjectFile.safeParse(data);
  if (read.success) return read.data;
  const wrong = read.error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`.slice(0, 300));
  throw new AppError('project-file-invalid', `${path} is not what Drydock reads. ${wrong.join('. ')}.`, {
    cause: read.error,
  });
}
