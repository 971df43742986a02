/** Ten kill points of `npm run soak`, one of them on the real engine: nothing is lost, done twice or left. */
import { spawnSync } from 'node:child_process';
import t from 'tap';

await t.test('ten kills at random moments', async (t) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/soak/main.ts', '--points', '10'], {
    encoding: 'utf8',
  });
  t.equal(status, 0, stdout + stderr);
  t.match(stdout, /^real: [1-9]\d* builds in \d+ attempts/m);
  t.match(stdout, /every accepted build came to one end, and nothing is left/);
});
