/** What an analysis is made of, in this process and without HTTP: the fastest time of each step over many different Dockerfiles. */
import { join } from 'node:path';
import { makeSealer } from '../../src/adapters/seal/sealer.ts';
import { makeSecretScanner } from '../../src/adapters/secretlint/secret-scanner.ts';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import { noPolicy } from '../../src/core/policy/policy.ts';
import { analysisReport } from '../../src/core/report/report.ts';
import json from '../../src/formats/json.ts';
import { makeThink } from '../../src/use-cases/think.ts';
import { dockerfileOf } from './dockerfiles.ts';

/** Names of the steps that a thread tells of as they begin, by their index in `STEPS`. */
const TOLD = ['', 'parse', 'context', 'secrets', 'rules'];

/** Milliseconds of each step, the mean of `files` Dockerfiles of 2 KB, each one's fastest of all rounds. */
export async function timeOfSteps(
  folder: string,
  files: number,
  rounds: number,
): Promise<Readonly<Record<string, number>>> {
  const store = await openSqliteStore({ path: join(folder, 'steps.sqlite'), sealer: makeSealer(Buffer.alloc(32, 1)) });
  const think = makeThink(makeSecretScanner());
  const best: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (let file = 0; file < files; file += 1) {
      let begun = performance.now();
      const note = (name: string): void => {
        const took = performance.now() - begun;
        const times = (best[name] ??= []);
        times[file] = Math.min(times[file] ?? Infinity, took);
        begun = performance.now();
      };
      let step = 0;
      const texts = { dockerfile: dockerfileOf(file), path: 'Dockerfile', files: undefined, ignore: undefined };
      begun = performance.now();
      const { analysis, profile } = await think(
        {
          texts,
          profile: { request: undefined, file: undefined },
          policy: noPolicy,
          today: '2026-06-01',
          fix: undefined,
          withText: false,
        },
        (next) => {
          const name = TOLD[step];
          if (name !== undefined && name !== '') note(name);
          else begun = performance.now();
          step = next;
        },
      );
      begun = performance.now();
      const report = analysisReport(
        analysis,
        { project: null, profile, policy: noPolicy, assumptions: [] },
        { id: `${round}-${file}`, createdAt: '2026-06-01T00:00:00.000Z', durationMs: 1, toolVersion: '' },
      );
      note('report');
      json.render(report);
      note('serialise');
      await store.saveAnalysis(report);
      note('store');
    }
  }
  await store.close();
  return Object.fromEntries(
    Object.entries(best).map(([name, times]) => [name, times.reduce((sum, time) => sum + time, 0) / times.length]),
  );
}
