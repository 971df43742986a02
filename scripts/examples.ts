/**
 * The reports that the contract shows, made by what makes real ones: the rules on a Dockerfile, the probes on what their own cases say
 * was seen. So they change with the rules, and `npm run generate` writes them anew.
 */
import { readFile } from 'node:fs/promises';
import { noPolicy } from '../src/core/policy/policy.ts';
import { probes } from '../src/core/probes/index.ts';
import { compareReports } from '../src/core/report/compare.ts';
import { productionPart } from '../src/core/report/production.ts';
import { verificationReport } from '../src/core/report/report.ts';
import { dockerfileOf } from '../src/core/thinking.ts';
import type { TextsOfBuild } from '../src/core/thinking.ts';
import type { Report } from '../src/schemas/report.ts';
import { everybody } from '../src/use-cases/access.ts';
import { makeAnalyzeDockerfile } from '../src/use-cases/analyze-dockerfile.ts';
import { makeListChecks } from '../src/use-cases/list-checks.ts';
import { makeThink } from '../src/use-cases/think.ts';

const PROJECT = 'shop/api';

/** What a code generator writes. */
const FIRST = `FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir -r requirements.txt
EXPOSE 8000
CMD python -m app
`;

/** What it was made into. */
const SECOND = `FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY app ./app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --start-period=10s CMD ["python", "-m", "app.health"]
CMD ["python", "-m", "app"]
`;

function textsOf(dockerfile: string): TextsOfBuild {
  return { dockerfile, path: 'Dockerfile', files: undefined, ignore: undefined };
}

function digest(letter: string): string {
  return `sha256:${letter.repeat(64)}`;
}

async function analysisOf(dockerfile: string, id: string, createdAt: string, version: string): Promise<Report> {
  const ignored = (): void => undefined;
  const think = makeThink({ scan: async () => [] });
  const analyze = makeAnalyzeDockerfile({
    store: { saveAnalysis: async () => undefined },
    thinker: { analyze: async (question) => await think(question, ignored) },
    // Times are written into the report; an example that is generated has always the same ones.
    clock: { now: () => createdAt, elapsed: () => 0, newId: () => id },
    log: { debug: ignored, info: ignored, warn: ignored, error: ignored },
    version,
    operatorPolicy: undefined,
  });
  const report = await analyze({ ...textsOf(dockerfile), project: PROJECT, store: false, access: everybody });
  return { ...report, durationMs: 2.4 };
}

function verificationOf(analysis: Report, version: string): Report {
  const dockerfile = dockerfileOf(textsOf(SECOND), SECOND);
  const proven = probes.flatMap((probe) => {
    const judged = probe.cases.find(({ status }) => status === 'pass')?.judged();
    // A case may show more than an example should.
    return judged === undefined ? [] : [{ probe, proof: { ...judged, evidence: judged.evidence.slice(0, 2) } }];
  });
  const step = { line: 4, cached: false, error: null, log: 'Successfully installed flask-3.1.0\n' };
  return verificationReport(
    analysis,
    proven,
    {
      build: {
        durationMs: 14_200,
        steps: [
          {
            ...step,
            name: '[4/5] RUN pip install --no-cache-dir -r requirements.txt',
            command: 'RUN pip install --no-cache-dir -r requirements.txt',
            startedMs: 900,
            endedMs: 13_100,
            durationMs: 12_200,
          },
        ],
        failure: null,
      },
      image: { id: digest('b'), sizeBytes: 138_412_032 },
      run: {
        firstAnswerMs: 640,
        stopSignal: 'SIGTERM',
        stopSeconds: 0.2,
        exitCode: 0,
        memory: { bytes: 31_457_280, limitBytes: 536_870_912, pids: 4 },
        log: 'listening on 0.0.0.0:8000\n',
      },
      production: productionPart({
        dockerfile,
        given: { env: { DB_PASSWORD: 'only-for-this-run' } },
        images: [
          {
            role: 'base',
            written: 'python:3.12-slim',
            line: 1,
            reference: 'docker.io/library/python:3.12-slim',
            digest: digest('a'),
            imageId: digest('c'),
            note: null,
          },
        ],
        imageId: digest('b'),
        processes: {
          seen: 'processes',
          processes: [{ pid: 1, uid: 10_001, keepsRoot: false, gid: 10_001, command: 'python -m app' }],
        },
        stop: {
          ...{
            seen: 'stop',
            signal: 'SIGTERM',
            graceSeconds: 10,
            secondsUp: 5.4,
            seconds: 0.2,
            exitCode: 0,
            killed: false,
          },
          ...{ pid1: 'python -m app', inFlight: undefined },
        },
      }),
      assumptions: [],
      engine: '28.5.2',
      policy: noPolicy,
      warnings: [],
      waive: (findings) => findings,
    },
    {
      id: '0199f0a8-1f60-7d11-8a35-5e0f4b1c9a02',
      createdAt: '2026-11-21T06:04:00.000Z',
      durationMs: 41_700,
      toolVersion: version,
    },
  );
}

/** src/http/examples/generated.ts: reports, their comparison, and entries of the catalogue. */
export async function examplesModule(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
  const analysis = await analysisOf(FIRST, '0199f0a2-7a1e-7c3b-9d53-0d6c9f6f7b11', '2026-11-21T06:00:00.000Z', version);
  const mended = await analysisOf(SECOND, '0199f0a7-52c4-7f0e-b1aa-7c2d3e4f5a66', '2026-11-21T06:03:10.000Z', version);
  const verification = verificationOf(mended, version);
  const checks = makeListChecks({ operatorPolicy: undefined });
  const values = [
    ['analysis', 'Report', analysis],
    ['verification', 'Report', verification],
    ['comparison', 'Comparison', compareReports(analysis, verification)],
    ['catalogue', 'Catalogue', checks.all('DL3009')],
    ['rule', 'RuleEntry', checks.one('apt-lists-kept')],
    ['probe', 'ProbeEntry', checks.one('stops-on-signal')],
  ] as const;
  return [
    '// Generated by npm run generate. Do not edit.\n',
    "import type { Catalogue, ProbeEntry, RuleEntry } from '../../schemas/catalogue.ts';\n",
    "import type { Comparison } from '../../schemas/project.ts';\n",
    "import type { Report } from '../../schemas/report.ts';\n",
    ...values.map(
      ([name, type, value]) =>
        `\n/** An example: scripts/examples.ts. */\nexport const ${name}: ${type} = ${JSON.stringify(value, null, 2)};\n`,
    ),
  ].join('');
}
