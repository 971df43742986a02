/** Twins on the real engine, through the service as a process: what each must prove, row by row, and that nothing is left. */
import t from 'tap';
import type { Test } from 'tap';
import { pack } from 'tar-stream';
import { checklist } from '../src/core/report/checklist.ts';
import { probes } from '../src/core/probes/index.ts';
import { Build } from '../src/schemas/build.ts';
import { ItemId } from '../src/schemas/item.ts';
import { Report } from '../src/schemas/report.ts';
import { leftOnEngine } from './helpers/left-on-engine.ts';
import { startService } from './helpers/service.ts';
import { follow } from './helpers/verify.ts';
import { building } from './twins/building.ts';
import { companions } from './twins/companions.ts';
import { ending } from './twins/ending.ts';
import { health } from './twins/health.ts';
import { image } from './twins/image.ts';
import { profiles } from './twins/profiles.ts';
import { running } from './twins/running.ts';
import type { Twin } from './twins/twin.ts';

const folder = t.testdir({});
const service = await startService({
  DRYDOCK_DATA_DIR: folder,
  DRYDOCK_CONCURRENCY: '3',
  // There are more than usually may wait.
  DRYDOCK_QUEUE_LIMIT: '1000',
  // So that the one that fills the disk need not write a gigabyte.
  DRYDOCK_MAX_CONTAINER_BYTES: String(64 * 1024 ** 2),
});
t.teardown(() => service.stop('SIGKILL'));

async function contextOf({ dockerfile, files = {} }: Twin): Promise<Blob> {
  const archive = pack();
  for (const [name, text] of Object.entries({ ...files, Dockerfile: dockerfile })) archive.entry({ name }, text);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer); // a tar stream yields Buffers
  return new Blob([new Uint8Array(Buffer.concat(chunks))]);
}

/**
 * Probes that say nothing of a twin: a phase that nobody asks about is left out, which saves most of the time. What is required is
 * asked all the same, save for what lies in the image, where that is not the point: each time a third of a gigabyte is read.
 */
function unasked({ proven }: Twin): readonly string[] {
  return probes
    .filter(({ item, phase, evidenceOnly }) => {
      if (item in proven) return evidenceOnly === true && !('hardened' in proven);
      return evidenceOnly === true || phase === 'image' || checklist[item].level !== 'required';
    })
    .map(({ id }) => id);
}

async function submit(twin: Twin): Promise<Build['links']> {
  const form = new FormData();
  const options = { ...twin.options, policy: { rules: Object.fromEntries(unasked(twin).map((id) => [id, 'off'])) } };
  form.set('options', new Blob([JSON.stringify(options)], { type: 'application/json' }));
  form.set('context', await contextOf(twin));
  const accepted = await fetch(`${service.url}/build-verify`, { method: 'POST', body: form });
  if (accepted.status !== 202) throw new Error(`${twin.name}: ${await accepted.text()}`);
  return Build.parse(await accepted.json()).links;
}

async function end(twin: Twin, links: Build['links']): Promise<{ readonly build: Build; readonly report: Report }> {
  const build = await follow(service.url + links.self);
  if (build.state === 'errored') throw new Error(`${twin.name}: ${JSON.stringify(build)}`);
  return { build, report: Report.parse(await (await fetch(service.url + links.report)).json()) };
}

function check(t: Test, twin: Twin, { build, report }: Awaited<ReturnType<typeof end>>): void {
  const rows = new Map(report.items.map((item) => [item.id, item]));
  const told = JSON.stringify(report.items.map(({ id, status, proven }) => [id, status, proven?.summary]));
  if (twin.state !== undefined) t.equal(build.state, twin.state, told);
  for (const id of ItemId.options) {
    const wanted = twin.proven[id];
    if (wanted !== undefined) t.equal(rows.get(id)?.proven?.status, wanted, `${id}: ${rows.get(id)?.proven?.summary}`);
    const words = twin.says?.[id];
    if (words !== undefined) t.match(rows.get(id)?.proven?.summary, words, id);
    const shown = twin.shows?.[id];
    if (shown !== undefined) t.match(JSON.stringify(rows.get(id)?.proven?.evidence), shown, id);
  }
  t.ok(report.items.length === 20, 'every row has an answer');
}

await t.test('twins', async (t) => {
  const all = [...running, ...health, ...companions, ...ending, ...profiles, ...image, ...building];
  // Handed in one after the other, because only so many are analysed at once; the queue decides how many run at the same time.
  const seen: ReturnType<typeof end>[] = [];
  for (const twin of all) seen.push(end(twin, await submit(twin)));
  await Promise.all(seen);
  for (const [index, twin] of all.entries()) {
    const one = await seen[index];
    await t.test(twin.name, async (t) => {
      if (one === undefined) throw new Error('no answer');
      check(t, twin, one);
    });
  }
});

await t.test('nothing of them is left on the engine', async (t) => {
  t.same(await leftOnEngine(folder), []);
});
