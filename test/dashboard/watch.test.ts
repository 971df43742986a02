/** A build that is watched, without an engine: its answers stand in for those of a worker. What a real one looks like: watch.engine.test.ts. */
import type { Page, Route } from 'playwright-core';
import t from 'tap';
import type { Build } from '../../src/schemas/build.ts';
import { barriersEverywhere, barriersOf } from '../helpers/axe.ts';
import { hasFocus, openPage, openPageFor, startBrowser } from '../helpers/browser.ts';
import { startService } from '../helpers/service.ts';
import { buildIn, failedReport, ID, readyReport } from './whole-reports.ts';

const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}) });
const browser = await startBrowser();
t.teardown(async () => {
  await browser.close();
  await service.stop('SIGKILL');
});
const address = `${service.url}/#/builds/${ID}`;

const building = (done: number): Build =>
  buildIn('building', { progress: { phase: 'build', step: '[2/3] RUN make', done, total: 8 } });
const probing: Build = buildIn('probing', {
  attempt: 2,
  progress: {
    ...{ phase: 'stop', step: null, done: 1, total: 3 },
    proven: [
      { item: 'non-root-user', status: 'fail' },
      { item: 'healthcheck', status: 'pass' },
    ],
  },
});
const LOG = `-- attempt 1, now
#1 [internal] load remote build context
#1 DONE 0.2s
#2 [1/3] FROM docker.io/library/python:3.12-slim
#2 CACHED
#3 [2/3] RUN make
#3 compiling one
#3 compiling two
`;

const eventsOf = (build: Build, seq?: number): string =>
  (seq === undefined
    ? ''
    : `id: ${seq}\nevent: state\ndata: ${JSON.stringify({ seq, at: build.createdAt, attempt: 1, state: build.state })}\n\n`) +
  `event: build\ndata: ${JSON.stringify(build)}\n\n`;

/** Answers for the build as `now` has it, with that log, until `now` says something else. */
async function show(page: Page, now: () => Build, log = LOG): Promise<void> {
  await page.route('**/projects/*', (route) => route.fulfill({ json: { name: 'shop/api', reports: [], next: null } }));
  await page.route(`**/build-verify/${ID}*`, (route) => route.fulfill({ json: now() }));
  await page.route(`**/build-verify/${ID}/events`, (route) =>
    route.fulfill({ contentType: 'text/event-stream', body: eventsOf(now(), 1) }),
  );
  await page.route(`**/build-verify/${ID}/log*`, (route) => answerLog(route, log));
  await page.route(`**/build-verify/${ID}/report*`, (route) => route.fulfill({ json: failedReport }));
}

async function answerLog(route: Route, log: string): Promise<void> {
  await route.fulfill({ contentType: 'text/plain', body: log });
}

t.test('a build that waits, is built, is probed, and comes to its report', async (t) => {
  let now = buildIn('queued');
  const { page, complaints } = await openPage(browser);
  await show(page, () => now);
  await page.goto(address);
  await page.getByText('Waiting for a worker.').waitFor();
  await page.locator('.proving-rows li').first().waitFor();
  t.equal(await page.locator('.proving-rows li').count(), 20);
  t.equal(await page.locator('.proving-rows .mark-pass, .proving-rows .mark-fail').count(), 0, 'nothing is proven yet');

  now = building(3);
  await page.locator('.now-step', { hasText: '[2/3] RUN make' }).waitFor();
  t.equal(await page.locator('.now-count').innerText(), '3 of 8');
  t.match(await page.locator('[aria-current="step"]').innerText(), 'Build');
  await page.locator('.timeline tbody tr').nth(2).waitFor();
  const rows = await page.locator('.timeline tbody tr').allInnerTexts();
  t.same(
    rows.map((row) => row.replaceAll(/\s+/g, ' ').trim()),
    [
      '[internal] load remote build context 0.2 s',
      '[1/3] FROM docker.io/library/python:3.12-slim cached',
      '[2/3] RUN make running',
    ],
  );
  now = probing;
  await page.getByText('The container is told to stop').waitFor();
  t.ok(await page.getByText('attempt 2').isVisible());
  t.match(await page.locator('.proving-rows li', { hasText: 'stops cleanly' }).innerText(), 'being looked at');
  t.match(await page.locator('.proving-rows li', { hasText: 'reports its health' }).innerText(), 'proven: pass');
  t.match(await page.locator('.proving-rows li', { hasText: 'non-root user' }).innerText(), 'proven: fail');
  t.equal(await page.locator('.proving-rows .mark-pass, .proving-rows .mark-fail').count(), 2);

  now = buildIn('failed');
  await page.locator('.verdict-word', { hasText: 'not ready' }).waitFor();
  t.equal(await page.locator('.row').count(), 20, 'the rows are there, and were not loaded anew');
  await page.getByText('Everything that the build and its container printed').click();
  await page.locator('.log-text', { hasText: 'compiling two' }).waitFor();
  t.same(complaints, [], 'what was seen live stays');
});

t.test('a stream that broke goes on where it was', async (t) => {
  const { page } = await openPage(browser);
  await show(page, () => building(3));
  const asked: (string | undefined)[] = [];
  await page.route(`**/build-verify/${ID}/events`, async (route) => {
    asked.push(route.request().headers()['last-event-id']);
    if (asked.length === 2) return await route.abort();
    const body = asked.length === 1 ? eventsOf(building(3), 2) : eventsOf(buildIn('failed'), 3);
    return await route.fulfill({ contentType: 'text/event-stream', body });
  });
  await page.goto(address);
  await page.locator('.verdict-word').waitFor();
  t.same(asked, [undefined, '2', '2']);
});

t.test('where no stream comes through, held answers tell the same', async (t) => {
  const { page } = await openPage(browser);
  let now = building(1);
  const queries: string[] = [];
  await show(page, () => now);
  await page.route(`**/build-verify/${ID}/events`, (route) =>
    route.fulfill({ status: 502, contentType: 'text/html', body: '<p>a proxy' }),
  );
  await page.route(`**/build-verify/${ID}?wait=*`, async (route) => {
    queries.push(new URL(route.request().url()).search);
    if (queries.length === 2) now = buildIn('failed');
    await route.fulfill({ json: now, headers: { etag: `"${queries.length}"` } });
  });
  await page.goto(address);
  await page.locator('.verdict-word').waitFor();
  t.same(queries, ['?wait=0', '?wait=20']);
});

t.test('a build is cancelled after a question, and says so until it is', async (t) => {
  let now = building(2);
  const { page, complaints } = await openPage(browser);
  await show(page, () => now);
  const sent: string[] = [];
  await page.route(`**/build-verify/${ID}`, async (route) => {
    sent.push(route.request().method());
    if (route.request().method() === 'DELETE') now = { ...now, cancelRequested: true };
    await route.fulfill({ status: 202, json: now });
  });
  await page.goto(address);
  const dialog = page.getByRole('dialog', { name: 'Cancel this build?' });
  await page.getByRole('button', { name: 'Cancel build' }).click();
  await dialog.getByRole('button', { name: 'Let it go on' }).click();
  t.same(sent, [], 'nothing is cancelled by a question');
  await page.getByRole('button', { name: 'Cancel build' }).click();
  await dialog.getByRole('button', { name: 'Cancel it' }).click();
  await page.getByText('Being cancelled').waitFor();
  t.same(sent, ['DELETE']);
  t.ok(await hasFocus(page.getByRole('heading', { level: 1 })), 'where the button was is nothing any more');
  now = buildIn('cancelled');
  await page.getByRole('heading', { name: 'This build was cancelled' }).waitFor();
  await page.locator('.log-text', { hasText: 'compiling two' }).waitFor();
  t.same(complaints, []);
});

t.test('its end is said where its states were said, and the focus is not lost', async (t) => {
  for (const [end, words] of [
    [buildIn('passed'), 'passed: ready, score 97'],
    [buildIn('errored', { error: 'No disk.' }), 'errored'],
  ] as const) {
    let now = building(2);
    const { page } = await openPageFor(t, browser);
    await show(page, () => now);
    await page.route(`**/build-verify/${ID}/report*`, (route) => route.fulfill({ json: readyReport }));
    await page.goto(address);
    const voice = page.getByRole('status').filter({ hasText: /^building$/ });
    await voice.evaluate((element) => element.setAttribute('data-first', ''));
    await page.getByRole('button', { name: 'Cancel build' }).focus();
    now = end;
    await page
      .locator('[data-first]')
      .filter({ hasText: new RegExp(`^${words}$`) })
      .waitFor({ state: 'attached' });
    t.ok(await hasFocus(page.getByRole('heading', { level: 1, name: 'shop/api' })), words);
  }
});

t.test('a build that may not be followed any more says so, and nothing seems to go on', async (t) => {
  const { page } = await openPageFor(t, browser);
  await page.clock.install();
  await show(page, () => building(2));
  let isRefused = false;
  await page.route(`**/build-verify/${ID}/events`, async (route) => {
    if (!isRefused) return await route.fallback();
    const problem = { type: '/problems/unauthorized', title: 'A token is needed', status: 401, instance: 'urn:uuid:0' };
    return await route.fulfill({ status: 401, contentType: 'application/problem+json', json: problem });
  });
  await page.goto(address);
  await page.locator('.head-live').waitFor();
  isRefused = true;
  await page.getByRole('alert').getByText('This service asks who you are. Enter a token.').waitFor();
  await page.locator('.head-live').waitFor({ state: 'detached' });
  const seconds = page.locator('.head-facts .tabular').last();
  const before = await seconds.innerText();
  await page.clock.runFor(5000);
  t.equal(await seconds.innerText(), before);
});

t.test('an errored build says why and what to do, and a build that is not there says so', async (t) => {
  const { page } = await openPage(browser);
  const error = 'The registry could not be reached. Look at the network of the engine, and verify again.';
  await show(page, () => buildIn('errored', { error }));
  await page.goto(address);
  await page.getByText(error).waitFor();
  // The log comes by itself.
  await page.locator('.timeline tbody tr').nth(2).waitFor();
  t.equal(await page.locator('.timeline tbody tr').count(), 3);
  t.same(await barriersOf(page), []);
  await page.goto(`${service.url}/#/builds/nowhere`);
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
});

t.test('a log of 50,000 lines is searched, folded and scrolled, and little of it is drawn', async (t) => {
  const lines = Array.from(
    { length: 50_000 },
    (_, nth) => `#3 line ${nth + 1}${(nth + 1) % 20_000 === 0 ? ' NEEDLE' : ''}`,
  );
  const { page } = await openPage(browser);
  let more = '';
  await show(page, () => building(3));
  // The first answer breaks off where it is; the rest comes as a range.
  const first = `${LOG.split('#3')[0]}#3 [2/3] RUN make\n${lines.join('\n')}\n`;
  const ranges: (string | undefined)[] = [];
  await page.route(`**/build-verify/${ID}/log*`, async (route) => {
    const range = route.request().headers()['range'];
    ranges.push(range);
    if (range === undefined) {
      const headers = { 'content-range': `bytes 0-${first.length - 1}/*` };
      return await route.fulfill({ status: 206, contentType: 'text/plain', body: first, headers });
    }
    if (more === '')
      return await route.fulfill({ status: 416, contentType: 'application/problem+json', body: NO_MORE });
    const headers = { 'content-range': `bytes ${first.length}-${first.length + more.length - 1}/*` };
    return await route.fulfill({ status: 206, contentType: 'text/plain', body: more, headers });
  });
  await page.goto(address);
  const scroller = page.getByRole('region', { name: 'Lines of the log' });
  await scroller.locator('.log-text', { hasText: /^line 50000$/ }).waitFor();
  const drawn = async (): Promise<number> => await page.evaluate<number>('document.querySelectorAll("*").length');
  t.ok((await drawn()) < 5000, `${await drawn()} elements`);
  t.equal(await page.locator('.log-foot').innerText(), '50,006 lines so far');

  const field = page.getByRole('searchbox', { name: 'Search the log' });
  await field.fill('needle');
  t.equal(await page.locator('.log-found').innerText(), '1 of 2');
  await page.locator('.log-line-current', { hasText: 'line 20000 NEEDLE' }).waitFor();
  t.ok(await page.locator('.log-line-current mark').isVisible());
  await field.press('Enter');
  await page.locator('.log-line-current', { hasText: 'line 40000' }).waitFor();
  await page.getByRole('button', { name: 'Next line' }).click();
  await page.locator('.log-line-current', { hasText: 'line 20000' }).waitFor();
  t.ok((await drawn()) < 5000, 'nor does searching draw it');
  await field.press('Escape');

  const follow = page.getByRole('button', { name: 'Follow the end' });
  await follow.click();
  t.equal(await follow.getAttribute('aria-pressed'), 'true');
  await scroller.locator('.log-text', { hasText: /^line 50000$/ }).waitFor();
  await scroller.hover();
  await page.mouse.wheel(0, -3000);
  await page.locator('[aria-pressed="false"]', { hasText: 'Follow the end' }).waitFor();
  const at = await scroller.evaluate((element) => element.scrollTop);
  more = '#3 the last one\n';
  await page.locator('.log-foot', { hasText: '50,007 lines' }).waitFor();
  t.equal(await scroller.evaluate((element) => element.scrollTop), at, 'who has scrolled up is left there');
  t.match(ranges[1], `bytes=${first.length}-`, 'it goes on at the byte where it was');

  await page.getByRole('button', { name: 'Fold all' }).click();
  t.equal(await page.locator('.log-line').count(), 0);
  await page.getByRole('button', { name: 'Wrap' }).click();
  await page.getByRole('button', { name: /#3.*RUN make/ }).press('Enter');
  await page.locator('.log-wrapped .log-line').first().waitFor();
});

const NO_MORE = JSON.stringify({
  ...{ type: '/problems/range-not-satisfiable', title: 'There is nothing in that range', status: 416 },
  ...{ detail: 'The log has no more so far.', instance: 'urn:uuid:0' },
});

t.test('axe finds nothing serious while a build runs, in both themes, and nothing sticks out', async (t) => {
  const barriers = await barriersEverywhere(browser, async (page) => {
    await show(page, () => building(3));
    await page.goto(address);
    await page.locator('.log-text', { hasText: 'compiling two' }).waitFor();
    await page.locator('.proving-rows li').first().waitFor();
  });
  t.same(barriers, []);
});
