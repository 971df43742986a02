/** What rules may know of a spooled upload: its Dockerfile, its ignore file, its list of files with the texts worth reading. */
import { chooseDockerfile } from '../core/context/choose-dockerfile.ts';
import { effectiveIgnorePath } from '../core/context/build-context.ts';
import type { ContextFile } from '../core/context/types.ts';
import { wantsContent } from '../core/context/wanted.ts';
import type { ProjectFile } from '../schemas/options.ts';
import { dockerfileText, dockerfileTooLarge } from './dockerfile-text.ts';
import { AppError } from './errors.ts';
import type { SpooledContext } from './ports.ts';
import { isProjectFile, readProjectFile } from './project-file.ts';

/** Texts of one upload that are read at the most, in bytes: enough for every manifest, too little to fill the memory. */
const TEXT_BUDGET_BYTES = 16 * 1024 * 1024;

/** A spooled upload, read. */
export interface ReadContext {
  readonly dockerfile: string;
  /** The same as it was uploaded. */
  readonly bytes: Uint8Array;
  readonly path: string;
  readonly files: readonly ContextFile[];
  readonly folders: readonly string[];
  readonly ignore: { readonly path: string; readonly text: string } | undefined;
  readonly assumptions: readonly string[];
}

/**
 * Reads an upload for analysis; `given` takes the place of the Dockerfile that the upload may hold.
 * Throws AppError `dockerfile-missing`, `dockerfile-ambiguous`, `dockerignore-unreadable`, `project-file-invalid`, and those of
 * dockerfileText.
 */
export async function readContext(
  context: SpooledContext,
  wish: string | undefined,
  maxDockerfileBytes: number,
  given?: { readonly path: string; readonly text: string },
): Promise<ReadContext> {
  const paths = context.entries.filter((entry) => entry.type !== 'directory').map((entry) => entry.path);
  const { path, assumption }: { path: string; assumption?: string | undefined } =
    given ?? choose(paths, wish ?? (await projectFileOfContext(context)).dockerfile);
  const bytes = given === undefined ? await readDockerfile(context, path, maxDockerfileBytes) : Buffer.from(given.text);
  const dockerfile = given?.text ?? dockerfileText(bytes, maxDockerfileBytes);

  const files: ContextFile[] = [];
  let budget = TEXT_BUDGET_BYTES;
  for (const entry of context.entries) {
    if (entry.type === 'directory') continue;
    const file: ContextFile = {
      path: entry.path,
      sizeBytes: entry.sizeBytes,
      ...(entry.linkTarget === undefined ? {} : { linkTarget: entry.linkTarget }),
    };
    if (entry.type !== 'file' || entry.sizeBytes > budget || !wantsContent(entry.path, entry.sizeBytes)) {
      files.push(file);
      continue;
    }
    budget -= entry.sizeBytes;
    files.push({ ...file, content: (await context.read(entry.path, entry.sizeBytes)).toString('utf8') });
  }

  const ignorePath = effectiveIgnorePath(path, (one) => paths.includes(one));
  const ignoreText =
    ignorePath === undefined ? undefined : await readIgnoreFile(context, ignorePath, maxDockerfileBytes);
  return {
    dockerfile,
    bytes,
    path,
    files,
    folders: context.entries.filter((entry) => entry.type === 'directory').map((entry) => entry.path),
    ignore: ignorePath === undefined || ignoreText === undefined ? undefined : { path: ignorePath, text: ignoreText },
    assumptions: assumption === undefined ? [] : [assumption],
  };
}

/** What drydock.yaml says, before anything else is read: it may name the Dockerfile. */
async function projectFileOfContext(context: SpooledContext): Promise<ProjectFile> {
  const entry = context.entries.findLast((one) => one.type === 'file' && isProjectFile(one.path));
  if (entry === undefined || !wantsContent(entry.path, entry.sizeBytes)) return {};
  return readProjectFile(entry.path, (await context.read(entry.path, entry.sizeBytes)).toString('utf8'));
}

function choose(paths: readonly string[], wish: string | undefined): { path: string; assumption?: string | undefined } {
  const choice = chooseDockerfile(paths, wish);
  if ('candidates' in choice) throw noDockerfile(choice.candidates, wish);
  return choice;
}

async function readDockerfile(context: SpooledContext, path: string, maxBytes: number): Promise<Uint8Array> {
  const sizeBytes = context.entries.findLast((entry) => entry.path === path)?.sizeBytes ?? 0;
  if (sizeBytes > maxBytes) throw dockerfileTooLarge(sizeBytes, maxBytes);
  return await context.read(path, maxBytes);
}

/** Never "there is none" when there is one: what it excludes would then be built into the image. */
async function readIgnoreFile(context: SpooledContext, path: string, maxBytes: number): Promise<string> {
  try {
    return (await context.read(path, maxBytes)).toString('utf8');
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.code === 'storage-unavailable') throw cause;
    throw new AppError('dockerignore-unreadable', `${path} cannot be read. ${cause.message}`, { cause });
  }
}

function noDockerfile(candidates: readonly string[], wish: string | undefined): AppError {
  const list = candidates.slice(0, 20).join(', ');
  if (wish !== undefined) {
    const found = list === '' ? '' : ` It has: ${list}.`;
    return new AppError('dockerfile-missing', `The context has no file ${wish}.${found} Name one of its files.`);
  }
  return candidates.length === 0
    ? new AppError(
        'dockerfile-missing',
        'The context has no Dockerfile. Put one at its root, or name its path: with the option `dockerfile`, on /analyze with `path`.',
      )
    : new AppError(
        'dockerfile-ambiguous',
        `The context has no file Dockerfile at its root, and several that could be meant: ${list}. Name one: with the option \`dockerfile\`, on /analyze with \`path\`.`,
      );
}
