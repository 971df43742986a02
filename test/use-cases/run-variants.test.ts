/** How long a service gets under other conditions: enough on a busy machine, and an end for what never answers. */
import t from 'tap';
import type { Engine, RunRequest } from '../../src/use-cases/engine-port.ts';
import { runVariants } from '../../src/use-cases/run-variants.ts';

const ordinary: RunRequest = {
  buildId: 'b',
  imageId: 'sha256:1',
  purpose: 'service',
  env: {},
  command: undefined,
  port: 8000,
  healthPaths: ['/health'],
  healthGuessed: false,
  startTimeoutMs: 60_000,
  stopTimeoutMs: undefined,
  companions: [],
  hasEgress: false,
  slowPath: undefined,
};

/** The start timeout of the hardened run. */
async function given(more: Partial<RunRequest>, answeredMs: number | undefined): Promise<number | undefined> {
  const asked: RunRequest[] = [];
  const enough = new Error('it was asked');
  const engine: Pick<Engine, 'run'> = {
    run: (request) => {
      asked.push(request);
      return Promise.reject(enough);
    },
  };
  const about = { purpose: more.purpose ?? 'service', answeredMs, requiredEnv: [], imageEnv: new Set<string>() };
  await runVariants(engine, { ...ordinary, ...more }, about, new AbortController().signal).catch((error: unknown) => {
    if (error !== enough) throw error;
  });
  return asked.find(({ variant }) => variant?.noCapabilities === true)?.startTimeoutMs;
}

t.test(
  'a service gets twenty seconds, ten times its own start where that is more, and never more than it had',
  async (t) => {
    t.equal(await given({}, 300), 20_000);
    t.equal(await given({}, undefined), 20_000, 'it never answered');
    t.equal(await given({}, 4000), 40_000);
    t.equal(await given({}, 9000), 60_000);
    t.equal(await given({ startTimeoutMs: 5000 }, 4000), 5000);
  },
);

t.test('a job gets what it had', async (t) => {
  t.equal(await given({ purpose: 'job', startTimeoutMs: 300_000 }, undefined), 300_000);
});
