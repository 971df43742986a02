/** The service as a process, while somebody sends it what is made to keep it busy: it goes on answering, and ends what does not end. */
import t from 'tap';
import type { Test } from 'tap';
import { Problem } from '../src/schemas/problem.ts';
import { startService } from './helpers/service.ts';
import type { Service } from './helpers/service.ts';

/** A megabyte of commands in commands, to be mended round after round: a minute of work. */
const HOSTILE = `FROM debian:bookworm\n${`RUN apt-get install -y a; ${'$('.repeat(190)}x${')'.repeat(190)}\n`.repeat(1700)}`;

async function start(t: Test, deadlineSeconds: number): Promise<Service> {
  const service = await startService({
    DRYDOCK_DATA_DIR: t.testdir({}),
    DOCKER_HOST: 'unix:///nonexistent/docker.sock',
    DRYDOCK_ANALYSIS_TIMEOUT_SECONDS: String(deadlineSeconds),
    DRYDOCK_MAX_DOCKERFILE_BYTES: String(16 * 1024 * 1024),
  });
  t.teardown(() => service.stop('SIGKILL'));
  return service;
}

async function analyse({ url }: Service, dockerfile: string, query = ''): Promise<Response> {
  const headers = { 'content-type': 'text/plain' };
  return await fetch(`${url}/analyze${query}`, { method: 'POST', headers, body: dockerfile });
}

t.test('a hostile analysis keeps nobody waiting, and ends as a problem at its deadline', async (t) => {
  const service = await start(t, 5);
  t.equal((await analyse(service, 'FROM a\n')).status, 200);
  const state = { isOver: false };
  const hostile = analyse(service, HOSTILE, '?fix=safe').finally(() => (state.isOver = true));
  let answered = 0;
  while (!state.isOver) {
    t.equal((await fetch(`${service.url}/health/live`)).status, 200);
    if (!state.isOver && (await analyse(service, 'FROM a\nRUN b\n')).status === 200) answered += 1;
  }
  t.ok(answered > 10, 'many others are analysed meanwhile', { answered });

  const answer = await hostile;
  t.equal(answer.status, 422);
  const problem = Problem.parse(await answer.json());
  t.equal(problem.type, '/problems/analysis-too-costly');
  t.match(problem.detail, /did not end within 5 seconds\. It was given up while \w.+\. Make the Dockerfile/);
  // A line may still be in the pipe when the answer is here.
  while (!/analysis given up/.test(service.log())) await new Promise((resolve) => setTimeout(resolve, 20));
  t.equal((await analyse(service, 'FROM a\n')).status, 200, 'and the service goes on');
});

t.test('a hostile analysis does not keep the service from ending', async (t) => {
  const service = await start(t, 600);
  // A fast machine may be done with it within the grace of a request; a slow one cuts it off.
  const hostile = analyse(service, HOSTILE, '?fix=safe').catch(() => undefined);
  t.equal((await analyse(service, 'FROM a\n')).status, 200, 'it is under way when another one is answered');
  t.equal(await service.stop('SIGTERM'), 0, 'within its grace, of itself');
  await hostile;
});
