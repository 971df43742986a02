/** A build of a real engine, watched on the page: live, through a reload, in a second tab, to its report; and one that is cancelled there. */
import t from 'tap';
import { Build } from '../../src/schemas/build.ts';
import { openPage, startBrowser } from '../helpers/browser.ts';
import { contextOf, startService } from '../helpers/service.ts';
import { submit } from '../helpers/verify.ts';

const LONG = { timeout: 240_000 };
const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}), DRYDOCK_ANALYSIS_TIMEOUT_SECONDS: '120' });
const browser = await startBrowser();
t.teardown(async () => {
  await browser.close();
  await service.stop();
});

async function submitted(): Promise<Build> {
  const form = new FormData();
  form.set('options', JSON.stringify({ project: 'page/python', noCache: true }));
  form.set('context', new Blob([new Uint8Array(await contextOf('examples/python-service'))]));
  const reply = await fetch(`${service.url}/build-verify`, { method: 'POST', body: form });
  if (reply.status !== 202) throw new Error(await reply.text());
  return Build.parse(await reply.json());
}

t.test('it is seen live, after a reload, and in a second tab, to its report', async (t) => {
  const { id } = await submitted();
  const address = `${service.url}/#/builds/${id}`;
  const { page, complaints } = await openPage(browser);
  await page.goto(address);
  await page.getByRole('heading', { name: 'page/python' }).waitFor(LONG);
  await page.locator('.timeline tbody tr', { hasText: 'RUN groupadd' }).waitFor(LONG);
  await page.reload();
  await page.locator('.timeline tbody tr', { hasText: 'RUN groupadd' }).waitFor(LONG);
  const second = await openPage(browser);
  await second.page.goto(address);
  await second.page
    .locator('.log-what', { hasText: 'RUN groupadd' })
    .or(second.page.locator('.verdict-word'))
    .waitFor(LONG);
  // Rows turn one after the other, before there is a report.
  await page.locator('.proving-proven', { hasText: 'It reports its health' }).getByText('proven: pass').waitFor(LONG);
  t.equal(await page.locator('.verdict-word').count(), 0);
  for (const one of [page, second.page]) {
    await one.locator('.verdict-word').waitFor(LONG);
    t.equal((await one.locator('.verdict-word').innerText()).trim(), 'ready');
    t.equal(await one.locator('.row').count(), 20);
    t.match(await one.locator('#part-timings').innerText(), /First answer\s+\d/);
  }
  await page.getByText('Everything that the build and its container printed').click();
  await page.locator('.log-text', { hasText: 'listening on port 8000' }).waitFor();
  t.same([...complaints, ...second.complaints], []);
});

t.test('it is cancelled by the page', async (t) => {
  const built = await submit(service.url, 'FROM python:3.12-slim\nRUN echo waiting && sleep 300\n', { noCache: true });
  const { page, complaints } = await openPage(browser);
  await page.goto(`${service.url}/#/builds/${built.split('/').at(-1)}`);
  await page.locator('.log-text', { hasText: /^waiting$/ }).waitFor(LONG);
  await page.getByRole('button', { name: 'Cancel build' }).click();
  await page.getByRole('button', { name: 'Cancel it' }).click();
  await page.getByRole('heading', { name: 'This build was cancelled' }).waitFor(LONG);
  t.equal(Build.parse(await (await fetch(built)).json()).state, 'cancelled');
  // What it printed until then stays.
  await page.locator('.log-text', { hasText: /^waiting$/ }).waitFor();
  t.same(complaints, []);
});
