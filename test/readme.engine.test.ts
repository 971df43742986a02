/** Runs the lines of the README's "Try it" as a reader pastes them, in their order, against the service. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { parseCases } from './helpers/markdown-cases.ts';
import { startService } from './helpers/service.ts';

t.test('the README works when it is pasted', async (t) => {
  const section = parseCases('README.md', readFileSync('README.md', 'utf8')).find((one) => one.title === 'Try it');
  const pasted = section?.fences.filter((fence) => fence.language === 'sh').map((fence) => fence.text) ?? [];
  t.ok(pasted.length >= 6, 'the lines were found');

  const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}) });
  t.teardown(() => service.stop());
  const paste = (text: string): string => {
    const script = text.replaceAll('http://127.0.0.1:8080', service.url);
    const ran = spawnSync('bash', ['-eo', 'pipefail', '-c', script], { encoding: 'utf8', timeout: 60_000 });
    t.equal(ran.status, 0, `${text.split('\n')[0]}: ${ran.stderr}`);
    return ran.stdout;
  };

  const said = pasted.map(paste);
  t.match(said[0], /^\{"status":"ok"/, 'health');
  t.match(said[1], /^NOT READY[^]*unknown +context-excludes/, 'the text alone');
  t.match(said[2], /^NOT READY[^]*fail +context-excludes/, 'with its context');
  t.match(said[3], /"verdict":"not-ready"/, 'as JSON');
  t.match(said[4], /"state":"queued"/, 'a build is accepted');
  t.match(said[5], /"state":"passed"[^]*READY[^]*pass +signal-handling/, 'and proven');
  t.match(said[6], /"project":"shop\/api"/, 'with options');
});
