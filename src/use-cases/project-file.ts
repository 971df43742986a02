/** `drydock.yaml` at the root of a context: what a repository says of itself, the weakest of all voices. */
import { LineCounter, parseDocument } from 'yaml';
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

/** Larger ones are not read: what some texts cost grows with the square of their length. */
const MOST_CHARACTERS = 32 * 1024;

/** Reads the text of a project file. Throws AppError `project-file-invalid`. */
export function readProjectFile(path: string, text: string): ProjectFile {
  if (text.length > MOST_CHARACTERS) {
    const size = `It has ${text.length} characters, and ${MOST_CHARACTERS} are read at the most.`;
    throw new AppError('project-file-invalid', `${path} is too long. ${size}`);
  }
  const data = dataOf(path, text);
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

/** YAML as data; an empty file is an empty object. */
function dataOf(path: string, text: string): unknown {
  const lineCounter = new LineCounter();
  let reason = 'It is not YAML.';
  let cause: unknown;
  try {
    // Not pretty: a text made of mistakes would be shown once for each. Silent: warnings would go to the log of the process.
    const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'silent' });
    const [error] = document.errors;
    // Null is what an empty file holds.
    if (error === undefined) return document.toJS() ?? {};
    const { line, col } = lineCounter.linePos(error.pos[0]);
    cause = error;
    reason = `${error.message} at line ${line}, column ${col}.`;
  } catch (error) {
    cause = error;
  }
  throw new AppError('project-file-invalid', `${path} cannot be read. ${reason.slice(0, 500)}`, { cause });
}
