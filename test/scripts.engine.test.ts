/** The measurements that take an engine or a minute, each once: they end well, with their figures as JSON. */
import { spawnSync } from 'node:child_process';
import t from 'tap';
import { composeEnv } from './helpers/compose.ts';

const RATIO = 'whole / critical path, as it went';

for (const [words, figures] of [
  [['layers', '--image', 'python:3.12-slim', '--rounds', '1'], { ofSave: { 'read every file': Number } }],
  [['verify', '--rounds', '1'], { [RATIO]: Number }],
  [['queue'], { claims: { ratio: Number }, polls: { share304: Number }, recovery: { ratio: Number } }],
] as const) {
  t.test(`npm run bench ${words[0]}`, async (t) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/bench/main.ts', ...words], {
      encoding: 'utf8',
      env: composeEnv(),
    });
    t.equal(status, 0, stderr);
    const told: unknown = JSON.parse(stdout.slice(stdout.indexOf('\n{')));
    t.match(told, { bench: words[0], machine: { cores: Number, load: Number }, ...figures });
  });
}
