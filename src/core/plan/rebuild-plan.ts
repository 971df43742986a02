/**
 * Which file to change before the second build, and what to look at then: a source-only change must leave every step that
 * installs dependencies in the cache.
 */
import type { CopyInstruction } from '../dockerfile/types.ts';
import { copiedFiles } from '../rules/questions/copied-files.ts';
import { installs, installsFromManifest } from '../rules/questions/installs.ts';
import { isManifest } from '../rules/questions/manifests.ts';
import type { Subject } from '../rules/rule.ts';

/** What is changed and what is looked at, or why nothing can be shown. */
export type RebuildPlan =
  | {
      /** Path inside the context. */
      readonly touch: string;
      /** Lines of the COPYs that take the file. */
      readonly copies: readonly number[];
      /** Lines of the RUNs that install the project's dependencies. */
      readonly installs: readonly number[];
    }
  | { readonly cannot: string };

/** Blank lines at the end of these change nothing of what they mean. The first are the likeliest to be what people work on. */
const SOURCE =
  /\.(?:py|[cm]?[jt]sx?|go|rs|java|kt|rb|php|cs|ex|exs|scala|clj|swift|c|cc|cpp|h|vue|svelte|html|css|scss|sql|sh|md|txt|ya?ml|toml|ini|cfg)$/i;
const PROSE = /\.(?:md|txt|ya?ml|toml|ini|cfg|html|css|scss|sql|sh)$/i;
/** Tests are often left out of what is installed or compiled. */
const ASIDE = /(?:^|\/)(?:tests?|spec|docs?|examples?|scripts|\.[^/]+)\//i;
/** Larger files are data, whatever they are called. */
const MOST_BYTES = 1024 * 1024;

/** Plans the second build. Pure. */
export function planRebuild(subject: Subject): RebuildPlan {
  const lines = installs(subject)
    .filter(installsFromManifest)
    .map(({ run }) => run.span.start.line);
  const takers = new Map<string, CopyInstruction[]>();
  for (const [copy, sources] of copiedFiles(subject)) {
    for (const { files } of sources) {
      for (const { path, sizeBytes, linkTarget } of files) {
        if (linkTarget !== undefined || sizeBytes > MOST_BYTES || !SOURCE.test(path)) continue;
        if (isManifest(path) || path === subject.path || path === subject.context.ignore?.path) continue;
        const known = takers.get(path);
        if (known === undefined) takers.set(path, [copy]);
        else known.push(copy);
      }
    }
  }
  const touch = [...takers.keys()].toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))[0];
  if (touch === undefined) return { cannot: 'no COPY takes a source file that could be changed' };
  const copies = (takers.get(touch) ?? []).map(({ span }) => span.start.line);
  return { touch, copies, installs: [...new Set(lines)] };
}

function rank(path: string): number {
  return (PROSE.test(path) ? 2 : 0) + (ASIDE.test(path) ? 1 : 0);
}
