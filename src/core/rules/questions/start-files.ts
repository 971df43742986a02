/** The file that a container of the image starts with, where CMD or ENTRYPOINT names it in exec form. */
import { cleanPath } from '../../context/pattern.ts';
import type { CommandInstruction, Word } from '../../dockerfile/types.ts';
import { finalStage } from './ask.ts';
import { atPath, resolvePath } from './image-paths.ts';
import type { AtPath } from './image-paths.ts';
import { question } from './question.ts';
import { folderAtEnd } from './working-folders.ts';

/** A file that is started, or handed to an interpreter. */
export interface StartFile {
  readonly instruction: CommandInstruction;
  readonly word: Word;
  /** Absolute, in the image. */
  readonly path: string;
  readonly file: AtPath;
  /** The program that reads it; `undefined`: the kernel starts it itself. */
  readonly interpreter: string | undefined;
}

/** Interpreters that take a file first, and what such a file is called. */
const INTERPRETERS: Readonly<Record<string, RegExp>> = {
  sh: /\.sh$/,
  bash: /\.(?:ba)?sh$/,
  ash: /\.sh$/,
  python: /\.py$/,
  python3: /\.py$/,
  node: /\.[cm]?js$/,
  ruby: /\.rb$/,
  php: /\.php$/,
};

/** Where a program without a slash is looked for. */
const SEARCHED = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The start file; `undefined` where none is named by a path. */
export const startFile = question((subject): StartFile | undefined => {
  const stage = finalStage(subject);
  const state = stage?.state;
  const instruction = state?.entrypoint ?? state?.cmd;
  if (instruction?.command.form !== 'exec') return undefined;
  const [first, second] = instruction.command.args;
  if (first?.value === undefined) return undefined;
  const program = first.value.slice(first.value.lastIndexOf('/') + 1);
  const form = Object.hasOwn(INTERPRETERS, program) ? INTERPRETERS[program] : undefined;
  const word = form === undefined ? first : second;
  if (word?.value === undefined || (form !== undefined && !form.test(word.value))) return undefined;
  const interpreter = form === undefined ? undefined : program;
  if (interpreter === undefined && !word.value.includes('/')) {
    for (const folder of SEARCHED) {
      const path = cleanPath(`${folder}/${word.value}`);
      const file = atPath(subject, path);
      if (typeof file === 'object') return { instruction, word, path, file, interpreter };
    }
    return undefined;
  }
  const path = resolvePath(stage === undefined ? undefined : folderAtEnd(stage), word.value);
  return path === undefined ? undefined : { instruction, word, path, file: atPath(subject, path), interpreter };
});
