/** What the patterns of an ignore file fit, asked of the uploaded files. */
import { parseIgnoreFile } from '../../context/ignore.ts';
import type { BuildContext, ContextFile, IgnorePattern } from '../../context/types.ts';
import type { Doubt } from '../rule.ts';

/** Files that are looked at for all patterns together; a file that needs more was made to need it. */
const MOST_LOOKS = 2_000_000;

/** True when all patterns may be tried on all files. */
export function mayTry({ files = [], ignore }: BuildContext): boolean {
  return files.length * (ignore?.patterns.length ?? 0) <= MOST_LOOKS;
}

/** What to say when they may not. */
export const TOO_MUCH: Doubt = {
  cannotTell:
    'Whether every line of the ignore file does what it says: there are too many lines and files to try each on all.',
};

/** A pattern by itself, as it excludes: without its `!`, and without what other lines say. */
export function aloneOf({ raw, negated }: Pick<IgnorePattern, 'raw' | 'negated'>): (path: string) => boolean {
  const ignore = parseIgnoreFile(negated ? raw.slice(1) : raw, '');
  return (path) => ignore.excludes(path);
}

/** The first file that is sent although a folder below the root, taken as the root, would have it left out. */
export function sentFromBelow(pattern: IgnorePattern, sent: readonly ContextFile[]): ContextFile | undefined {
  const fits = aloneOf(pattern);
  return sent.find(({ path }) => {
    const parts = path.split('/');
    // Its own name, and the names of the folders that it is in, but not at the root.
    return parts.some((part, at) => at > 0 && fits(part));
  });
}

/** What nobody means to keep below the root: other names, such as `build` or `README.md`, may be meant to be kept there. */
export function isMeantEverywhere(name: string): boolean {
  return /^(?:node_modules|bower_components|__pycache__|\.?venv|\.git|\.DS_Store|Thumbs\.db|\.(?:pytest|mypy|ruff)_cache|\.tox|\.nox|\.cache|\.idea|\.vscode|\.ipynb_checkpoints|\.coverage|htmlcov|\.env(?:\.?\*|\.local)?|\*\.(?:py\[[a-z]+\]|py[co]|log|sw[op]|pem|key|tfstate|egg-info))$/.test(
    name,
  );
}
