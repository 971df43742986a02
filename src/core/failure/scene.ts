/** Where a build failed: the Dockerfile and the context, asked for what explains a failure. Pure. */
import type { BuildCause } from '../../schemas/report.ts';
import { filesAt, sourcePath } from '../context/source-paths.ts';
import type { BuildContext, ContextFile } from '../context/types.ts';
import type { Dockerfile, Instruction, Stage } from '../dockerfile/types.ts';

/** What stood around a build that failed. */
export interface FailureScene {
  readonly dockerfile: Dockerfile;
  /** What was uploaded, and what of it the builder got. */
  readonly context: BuildContext;
}

/** The instruction of a line. */
export function instructionAt({ dockerfile }: FailureScene, line: number | null): Instruction | undefined {
  if (line === null) return undefined;
  return dockerfile.instructions.find(({ span }) => span.start.line <= line && line <= span.end.line);
}

/** True when a COPY takes something from an image of that short name: a stage was meant perhaps, and has another name. */
export function isCopiedFrom(dockerfile: Dockerfile, name: string): boolean {
  return dockerfile.instructions.some((one) => one.keyword === 'COPY' && one.from?.value === name);
}

/** Ends the sentence "It runs as …": the USER in force at a line when it is not root; `undefined` for root and for what is not known. */
export function userAt({ dockerfile }: FailureScene, line: number | null): string | undefined {
  if (line === null) return undefined;
  let stage: Stage | undefined = dockerfile.stages.findLast(({ from }) => from.span.start.line <= line);
  while (stage !== undefined) {
    const user = stage.instructions.findLast(({ keyword, span }) => keyword === 'USER' && span.start.line < line);
    if (user?.keyword === 'USER') {
      const name = user.words[0]?.value ?? user.words[0]?.raw ?? '';
      return /^(?:root|0)(?::|$)/.test(name) ? undefined : `${name} (USER in line ${user.span.start.line})`;
    }
    stage = stage.base.kind === 'stage' ? stage.base.stage : undefined;
  }
  return undefined;
}

/** Why a path of the context could not be copied. */
export function missingSource(
  path: string,
  { context }: FailureScene,
): { readonly cause: BuildCause; readonly advice: string } {
  const cleaned = sourcePath(path);
  const name = path.replace(/^\/+/, '') || '/';
  const there = filesAt(context.files ?? [], cleaned);
  const ignored = ignoredBy(context, cleaned, there);
  if (ignored !== undefined) return ignored;
  const near = (context.files ?? []).find((file) => isNear(file.path, cleaned));
  const hint = near === undefined ? '' : ` There is ${near.path}: is that the one?`;
  return {
    cause: 'missing-file',
    advice:
      there.length > 0
        ? `${name} is in the context and did not reach the builder. A link that leads out of the context is not followed.`
        : `${name} is not in the context that was sent.${hint} Send it along, or mend the path; paths count from the root of the context.`,
  };
}

/**
 * Why a command does not find a file: because it was never copied, is ignored, or is not there at all.
 * @param path  as the command named it: relative, or absolute inside the image
 */
export function missingInImage(
  path: string,
  line: number | null,
  scene: FailureScene,
): { readonly cause: BuildCause; readonly advice: string } {
  const { context } = scene;
  const plain = path.replace(/^(?:\.\/)+/, '');
  const found = (context.files ?? [])
    .filter((file) => file.path === plain || (plain.startsWith('/') && plain.endsWith(`/${file.path}`)))
    .toSorted((one, other) => other.path.length - one.path.length)[0];
  const where = line === null ? 'at this step' : `at line ${line}`;
  if (found === undefined) {
    return {
      cause: 'missing-file',
      advice: `${path} is not in the image ${where}. Copy or make it in an earlier step, or mend the path.`,
    };
  }
  return (
    ignoredBy(context, found.path, [found]) ?? {
      cause: 'missing-file',
      advice: `${path} is not in the image ${where}. The context has ${found.path}: COPY it to that place before this step.`,
    }
  );
}

function ignoredBy(
  { ignore }: BuildContext,
  path: string,
  files: readonly ContextFile[],
): { readonly cause: BuildCause; readonly advice: string } | undefined {
  if (ignore === undefined || files.length === 0 || files.some((file) => !ignore.excludes(file.path))) return undefined;
  const by = ignore.excludedBy(path) ?? ignore.excludedBy(files[0]?.path ?? '');
  if (by === undefined) return undefined;
  const { line } = by.span.start;
  return {
    cause: 'ignored-file',
    advice: `${path} is in the upload, but line ${line} of ${ignore.path}, ${by.raw}, keeps it from the builder. Remove that line, or add !${path} below it.`,
  };
}

/** The same name in another case, or in another folder. */
function isNear(path: string, wanted: string): boolean {
  const last = (one: string): string => one.slice(one.lastIndexOf('/') + 1).toLowerCase();
  return wanted !== '' && last(path) === last(wanted);
}
