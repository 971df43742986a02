/**
 * What an analysis costs without HTTP: processor time of parsing, rules and report, against reading the same files with `dockerfile-ast`
 * (instructions with their arguments) in the same process, in turns. Other linters that are on PATH are started on the same files, all of
 * them in one call, and so is Drydock, as a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DockerfileParser } from 'dockerfile-ast';
import { makeSecretScanner } from '../../src/adapters/secretlint/secret-scanner.ts';
import { noPolicy } from '../../src/core/policy/policy.ts';
import { analysisReport } from '../../src/core/report/report.ts';
import { makeThink } from '../../src/use-cases/think.ts';
import { filesBelow, madeUp } from './dockerfiles.ts';
import { besideOthers } from './others.ts';
import { median } from './served.ts';

/** Others that read Dockerfiles, and how each is asked of many files: the words of every call. A finding is no failure here. */
const OTHERS: Readonly<Record<string, (folder: string, paths: readonly string[]) => readonly (readonly string[])[]>> = {
  hadolint: (_, paths) => [['--no-fail', ...paths]],
  tally: (_, paths) => [['lint', ...paths]],
  trivy: (folder) => [['config', '--quiet', folder]],
  // It takes one file a call.
  'docker-buildx': (folder, paths) => paths.map((path) => ['build', '--check', '--file', path, folder]),
};
/** Programs that cannot be asked of so many. */
const FEW: ReadonlySet<string> = new Set(['docker-buildx']);
const MOST_FEW = 10;

/** `npm run bench analyze -- [--corpus DIR] [--files N] [--rounds N]`; without a folder the made-up Dockerfiles of bench http. */
export async function run(args: readonly string[]): Promise<object | undefined> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      corpus: { type: 'string' },
      files: { type: 'string', default: '300' },
      rounds: { type: 'string', default: '9' },
      child: { type: 'boolean', default: false },
    },
  });
  const texts = values.corpus === undefined ? madeUp(Number(values.files)) : filesBelow(values.corpus);
  const analyse = makeAnalyse();
  if (values.child) {
    for (const text of texts) await analyse(text);
    return undefined;
  }
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  console.log(`${texts.length} files, ${bytes} bytes, node ${process.version}, ${values.rounds} rounds\n`);
  const cpu = { drydock: [] as number[], 'dockerfile-ast': [] as number[] };
  let checksum = 0;
  // Round 0 only warms.
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    const ours = process.cpuUsage();
    for (const text of texts) checksum += await analyse(text);
    const own = process.cpuUsage(ours);
    const theirs = process.cpuUsage();
    for (const text of texts)
      for (const one of DockerfileParser.parse(text).getInstructions()) checksum += one.getArguments().length;
    const other = process.cpuUsage(theirs);
    if (round === 0) continue;
    cpu.drydock.push((own.user + own.system) / texts.length);
    cpu['dockerfile-ast'].push((other.user + other.system) / texts.length);
  }
  if (checksum === 0) throw new Error('nothing was read');
  const ratio = median(cpu.drydock.map((one, round) => one / (cpu['dockerfile-ast'][round] ?? Number.NaN)));
  console.log(
    `µs of processor a file: analysis ${median(cpu.drydock).toFixed(0)}, dockerfile-ast ${median(cpu['dockerfile-ast']).toFixed(0)}`,
  );
  console.log(`analysis / dockerfile-ast   ${ratio.toFixed(2)}\n`);
  return { files: texts.length, bytes, analysisOfAst: ratio, ...besideLinters(texts) };
}

function makeAnalyse(): (text: string) => Promise<number> {
  const think = makeThink(makeSecretScanner());
  return async (text) => {
    const { analysis, profile } = await think(
      {
        texts: { dockerfile: text, path: 'Dockerfile', files: undefined, ignore: undefined },
        profile: { request: undefined, file: undefined },
        policy: noPolicy,
        today: '2026-06-01',
        fix: undefined,
        withText: false,
      },
      () => undefined,
    );
    return analysisReport(
      analysis,
      { project: null, profile, policy: noPolicy, assumptions: [] },
      { id: 'a', createdAt: '2026-06-01T00:00:00.000Z', durationMs: 1, toolVersion: '' },
    ).findings.length;
  };
}

/** Each linter that is there beside Drydock, seconds a file, as processes; the middle of three. */
function besideLinters(texts: readonly string[]): Readonly<Record<string, number | string>> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
  const timed = (program: string, words: readonly string[]): number =>
    median(
      [1, 2, 3].map(() => {
        const begun = performance.now();
        spawnSync(program, words, { stdio: 'ignore' });
        return (performance.now() - begun) / 1000;
      }),
    );
  const own = [fileURLToPath(new URL('main.ts', import.meta.url)), 'analyze', '--child', '--corpus', folder];
  try {
    for (const [index, text] of texts.entries()) writeFileSync(join(folder, `${index}.Dockerfile`), text);
    const paths = readdirSync(folder).map((name) => join(folder, name));
    return besideOthers(OTHERS, 'drydock, a file, each as processes of their own', (name, callsOf) => {
      const few = FEW.has(name) ? paths.slice(0, MOST_FEW) : paths;
      const theirs = callsOf(folder, few).reduce((sum, words) => sum + timed(name, words), 0) / few.length;
      return theirs / (timed(process.execPath, own) / paths.length);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
