/** Other tools that are measured beside Drydock, where they are on PATH. */
import { spawnSync } from 'node:child_process';

/**
 * What `measure` makes of each that is there, a ratio to Drydock, printed behind `what`; of one that is not there it is said, and so in the
 * figures.
 */
export function besideOthers<Words>(
  others: Readonly<Record<string, Words>>,
  what: string,
  measure: (name: string, words: Words) => number,
): Readonly<Record<string, number | string>> {
  const found: Record<string, number | string> = {};
  for (const [name, words] of Object.entries(others)) {
    if (spawnSync(name, ['--version'], { stdio: 'ignore' }).error !== undefined) {
      console.log(`${name}: not on PATH, so not measured`);
      found[name] = 'not on PATH';
      continue;
    }
    const ratio = measure(name, words);
    console.log(`${name} / ${what}   ${ratio.toFixed(2)}`);
    found[name] = ratio;
  }
  return found;
}
