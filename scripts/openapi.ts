/** openapi.yaml as the service would serve it. No use case is asked, so none is needed. */
import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { makeApp } from '../src/http/app.ts';
import type { AppNeeds } from '../src/http/app.ts';

function never(): never {
  throw new Error('the contract is made without asking a use case');
}

/** The contract as text, the way `npm run generate` writes it. */
export async function openapiYaml(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
  const useCases: AppNeeds['useCases'] = {
    analyzeDockerfile: never,
    analyzeContext: never,
    submitBuild: { check: never, submit: never },
    lookUp: { analysis: never, build: never, builds: never, buildReport: never, buildLog: never },
    followBuild: { changed: never, news: never, log: never },
    cancelBuild: never,
    checkHealth: never,
    tellMetrics: never,
    projects: { all: never, history: never, latest: never, compare: never },
    listWorkers: never,
    webhooks: { register: never, all: never, one: never, remove: never, test: never },
    listChecks: { all: never, one: never },
  };
  const app = await makeApp({
    useCases,
    limits: { maxDockerfileBytes: 1024, maxUploadBytes: 1024 },
    tokens: undefined,
    ratePerMinute: 1,
    metrics: { requestAnswered: never },
    page: never,
    version,
    logger: pino({ level: 'error' }),
    isStopping: () => false,
  });
  try {
    const { statusCode, body } = await app.inject({ url: '/openapi.yaml' });
    if (statusCode !== 200) throw new Error('the contract could not be made; the log above says why');
    return body;
  } finally {
    await app.close();
  }
}
