/** Our reading of each Dockerfile of a folder against a real BuildKit's. Nothing is built. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildKit } from '../../test/engine/buildkit.ts';
import { type Comparison, compareMeaning, compareSyntax } from '../../test/engine/compare.ts';

interface Difference {
  readonly file: string;
  readonly what: 'syntax' | 'meaning';
  readonly comparison: Comparison;
}

/**
 * Prints two shares: syntax (taken or refused as it is read, and the stages) and meaning (taken or refused as it is built, and
 * the warnings that come of expansion, JSON form and pairs; every external base replaced by `scratch`).
 * Resolves to false when a difference has no explanation.
 */
export async function compareWithBuilder(folder: string, socket: string, json: string | undefined): Promise<boolean> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => statSync(join(folder, name)).isFile() && /dockerfile|containerfile/i.test(name),
  );
  const buildkit = await BuildKit.connect(socket);
  const differences: Difference[] = [];
  let refused = 0;

  // A few at a time: the engine answers one question with several of its own.
  const waiting = paths.toSorted();
  await Promise.all([askAll(), askAll(), askAll()]);
  buildkit.close();

  async function askAll(): Promise<void> {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const bytes = readFileSync(join(folder, file));
      const syntax = await compareSyntax(buildkit, bytes);
      if (syntax.theirs.refused !== undefined) refused += 1;
      note(file, 'syntax', syntax);
      note(file, 'meaning', await compareMeaning(buildkit, bytes));
    }
  }

  function note(file: string, what: Difference['what'], comparison: Comparison): void {
    if (!comparison.agrees) differences.push({ file, what, comparison });
  }

  function share(what: Difference['what']): string {
    const count = differences.filter((one) => one.what === what).length;
    return `${(100 - (100 * count) / Math.max(1, paths.length)).toFixed(2)} % (${paths.length - count} of ${paths.length})`;
  }

  for (const { file, what, comparison } of differences) {
    const { ours, theirs, explanation } = comparison;
    console.log(`\n${file}\n  ${what}: ${explanation ?? 'NOT EXPLAINED'}`);
    console.log(`  ours    ${ours.refused ?? missingFrom(theirs.seen, ours.seen)}`);
    console.log(`  theirs  ${theirs.refused ?? missingFrom(ours.seen, theirs.seen)}`);
  }
  console.log(`\n${paths.length} files, ${refused} of them refused by BuildKit as they are read`);
  console.log(`syntax   ${share('syntax')}`);
  console.log(`meaning  ${share('meaning')}`);
  if (json !== undefined) writeFileSync(json, JSON.stringify(differences, undefined, 2));
  return differences.every(({ comparison }) => comparison.explanation !== undefined);
}

function missingFrom(theirs: readonly string[], ours: readonly string[]): string {
  return `sees ${JSON.stringify(ours.filter((line) => !theirs.includes(line)))} besides`;
}
