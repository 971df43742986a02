/** What an analysis is made of, in this process and without HTTP: processor time of each step over many different Dockerfiles. */
import { join } from 'node:path';
import { makeSealer } from '../../src/adapters/seal/sealer.ts';
import { makeSecretScanner } from '../../src/adapters/secretlint/secret-scanner.ts';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import { noPolicy } from '../../src/core/policy/policy.ts';
import { analysisReport } from '../../src/core/report/report.ts';
import json from '../../src/formats/json.ts';
import { makeThink } from '../../src/use-cases/think.ts';
import { dockerfileOf } from './dockerfiles.ts';
import { median } from './served.ts';

/** Names of the steps that a thread tells of as they begin, by their index in `STEPS`. */
const TOLD = ['', 'parse', 'context', 'secrets', 'rules'];

/** Milliseconds of processor time of each step for a Dockerfile of 2 KB, the mean of `files` of them; of all rounds the middle one. */
export async function timeOfSteps(
  folder: string,
  files: number,
  rounds: number,
): Promise<Readonly<Record<string, number>>> {
  const store = await openSqliteStore({ path: join(folder, 'steps.sqlite'), sealer: makeSealer(Buffer.alloc(32, 1)) });
  const think = makeThink(makeSecretScanner());
  const all: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    const sums: Record<string, number> = {};
    for (let file = 0; file < files; file += 1) {
      let begun = process.cpuUsage();
      const note = (name: string): void => {
        const { user, system } = process.cpuUsage(begun);
        sums[name] = (sums[name] ?? 0) + (user + system) / 1000;
        begun = process.cpuUsage();
      };
      let step = 0;
      const texts = {
        dockerfile: dockerfileOf(round * files + file),
        path: 'Dockerfile',
        files: undefined,
        ignore: undefined,
      };
      begun = process.cpuUsage();
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
          else begun = process.cpuUsage();
          step = next;
        },
      );
      begun = process.cpuUsage();
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
    for (const [name, sum] of Object.entries(sums)) (all[name] ??= []).push(sum / files);
  }
  await store.close();
  return Object.fromEntries(Object.entries(all).map(([name, times]) => [name, median(times)]));
}
