/** Dockerfile.prod builds, and what it builds keeps its word: no tokens, no service. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import t from 'tap';
import { pack } from 'tar-stream';
import { parseIgnoreFile } from '../src/core/context/ignore.ts';
import { buildOf, engineUnderTest, never, runOf } from './adapters/docker/engine-under-test.ts';

t.test(
  'our own image builds from what git tracks, runs without root, rights and a writable root, and refuses to be open to everybody',
  async (t) => {
    const engine = engineUnderTest();
    t.teardown(() => engine.close());
    const ignore = parseIgnoreFile(readFileSync('.dockerignore', 'utf8'), '.dockerignore');
    const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      encoding: 'utf8',
    });
    const context = pack();
    for (const path of tracked.split('\0').filter((one) => one !== '' && !ignore.excludes(one))) {
      context.entry({ name: path }, readFileSync(path));
    }
    context.entry({ name: 'Dockerfile.prod' }, readFileSync('Dockerfile.prod'));
    context.finalize();

    const request = buildOf(readFileSync('Dockerfile.prod', 'utf8'), {
      context: Readable.from(context),
      dockerfile: 'Dockerfile.prod',
    });
    t.teardown(() => engine.cleanUp(request.buildId));
    const built = await engine.build(request, never);
    t.equal(built.failure, undefined, built.failure?.log ?? 'it builds');
    if (built.image === undefined) throw new Error('no image');

    const open = await engine.run(runOf(request.buildId, built.image.id), never);
    const state = await open.running.state();
    t.match(state, { running: false, exitCode: 1, logTail: /DRYDOCK_HOST=0\.0\.0\.0 .* DRYDOCK_TOKENS_FILE/ });
    t.notMatch(state.logTail, /\n\s+at /, 'it says so in a sentence');

    const inside = await engine.run(
      runOf(request.buildId, built.image.id, {
        env: { DRYDOCK_HOST: '127.0.0.1' },
        startTimeoutMs: 20_000,
        healthGuessed: true,
        variant: { readOnlyRoot: true, noCapabilities: true },
      }),
      never,
    );
    t.match(await inside.running.health(), { seen: 'healthy' }, 'its own health check finds it well');
    const seen = await inside.running.processes();
    t.same(seen.seen === 'processes' ? seen.processes.map((one) => one.uid) : seen, [1001], 'one process, not root');
    t.match(await inside.stop(), { seen: 'stop', signal: 'SIGTERM', exitCode: 0, killed: false });
  },
);
