/** What is heard of a running service from outside, and from its own health check: on the real engine. */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import type { Test } from 'tap';
import { clock, engineUnderTest, leftOver, nodeDockerfile, nodeService, withRun } from './engine-under-test.ts';

const instance = `test-answer-${randomUUID()}`;
const engine = engineUnderTest({ instance });

t.teardown(async () => {
  await engine.sweep([]);
  engine.close();
});

t.jobs = 4;
const cases: Promise<unknown>[] = [];
const parallel = (title: string, body: (t: Test) => Promise<void>): void => {
  cases.push(t.test(title, { buffered: true }, body));
};

parallel('nothing listens on the exposed port: silence, after the whole start timeout', async (t) => {
  const dockerfile = 'FROM busybox\nEXPOSE 9999/udp 9000 8000\nCMD ["sleep", "300"]\n';
  await withRun(engine, dockerfile, { startTimeoutMs: 3000, healthGuessed: true, stopTimeoutMs: 200 }, async (run) => {
    const answer = await run.running.answer();
    t.match(
      answer,
      { seen: 'silence', url: /:8000\/health$/, reason: /refused/, guessed: true },
      'the lowest TCP port',
    );
    t.ok(answer.seen === 'silence' && answer.waitedMs >= 3000);
    t.match(await run.running.state(), { running: true });
  });
});

parallel('a health check that cannot pass is not waited for once the service answers', async (t) => {
  const files = nodeService();
  const dockerfile = nodeDockerfile(
    'EXPOSE 8000\nHEALTHCHECK --retries=2 CMD curly -f http://localhost:8000\nCMD ["node", "server.js"]',
  );
  await withRun(engine, dockerfile, { files, startTimeoutMs: 120_000 }, async (run) => {
    const health = await run.running.health();
    t.match(health, { seen: 'unhealthy', exitCode: 127, output: /curly.*not found/, test: /^curly -f/ });
    t.ok(health.seen === 'unhealthy' && health.waitedMs < 60_000);
  });
});

parallel('guessed paths are given up soon when the service answers, but not with 200', async (t) => {
  const files = nodeService();
  const more = { healthPaths: ['/healthz', '/moved'], healthGuessed: true, startTimeoutMs: 120_000 };
  const began = clock.elapsed();
  await withRun(engine, nodeDockerfile('EXPOSE 8000\nCMD ["node", "server.js"]'), { ...more, files }, async (run) => {
    t.match(await run.running.answer(), { seen: 'answer', status: 404, url: /\/healthz$/, guessed: true });
  });
  t.ok(clock.elapsed() - began < 60_000);
});

parallel('of several guessed paths the one that answers 200 counts; redirects are not followed', async (t) => {
  const files = nodeService();
  const more = { healthPaths: ['/moved', '/health'], healthGuessed: true };
  await withRun(engine, nodeDockerfile('EXPOSE 8000\nCMD ["node", "server.js"]'), { ...more, files }, async (run) => {
    t.match(await run.running.answer(), { seen: 'answer', status: 200, url: /\/health$/, guessed: true });
  });
});

parallel('what does not speak HTTP is not blamed, unless a path was named', async (t) => {
  const files = {
    'server.js': `require('node:net').createServer((socket) => socket.end('220 mail ready\\r\\n')).listen(2525)`,
  };
  const dockerfile = nodeDockerfile('EXPOSE 2525\nCMD ["node", "server.js"]');
  const more = { startTimeoutMs: 3000, stopTimeoutMs: 200 };
  await withRun(engine, dockerfile, { ...more, files, healthGuessed: true }, async (run) => {
    t.match(await run.running.answer(), { seen: 'unseen', reason: /2525.*does not speak HTTP/ });
  });
  await withRun(engine, dockerfile, { ...more, files }, async (run) => {
    t.match(await run.running.answer(), { seen: 'silence', reason: /not HTTP|closed/ });
  });
});

parallel('without a port nobody is asked', async (t) => {
  await withRun(engine, 'FROM busybox\nCMD ["sleep", "300"]\n', { stopTimeoutMs: 200 }, async (run) => {
    t.match(await run.running.answer(), { seen: 'unseen', reason: /no port/ });
    t.match(await run.running.state(), { running: true });
  });
});

await Promise.all(cases);

await t.test('afterwards the engine is as it was', async (t) => {
  t.same(await leftOver(instance, []), []);
});
