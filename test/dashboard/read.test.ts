/** A report as a page: of a stored analysis, and of verifications that stand in for those of an engine. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import t from 'tap';
import { Report } from '../../src/schemas/report.ts';
import { barriersEverywhere, barriersOf } from '../helpers/axe.ts';
import { hasFocus, openPage, startBrowser } from '../helpers/browser.ts';
import { startService } from '../helpers/service.ts';
import { buildIn, failedReport, ID, readyReport } from './whole-reports.ts';

const TOKEN = 'a-token-that-is-long-enough-to-be-one-0123456789';
/** Nothing here is about how fast it is. */
const PATIENT = { DRYDOCK_ANALYSIS_TIMEOUT_SECONDS: '120' };
const folder = t.testdir({ tokens: `page sha256:${createHash('sha256').update(TOKEN).digest('hex')}\n` });
const [service, guarded, browser] = await Promise.all([
  startService({ ...PATIENT, DRYDOCK_DATA_DIR: join(folder, 'open') }),
  startService({ ...PATIENT, DRYDOCK_DATA_DIR: join(folder, 'guarded'), DRYDOCK_TOKENS_FILE: join(folder, 'tokens') }),
  startBrowser(),
]);
t.teardown(async () => {
  await browser.close();
  await Promise.all([service.stop('SIGKILL'), guarded.stop('SIGKILL')]);
});

const bad = readFileSync('test/fixtures/contexts/ai-generated/Dockerfile', 'utf8');

async function analysed(url: string, headers: Record<string, string> = {}): Promise<Report> {
  const reply = await fetch(`${url}/analyze?project=shop/page`, {
    ...{ method: 'POST', body: bad },
    headers: { 'content-type': 'text/plain', ...headers },
  });
  if (reply.status !== 200) throw new Error(await reply.text());
  return Report.parse(await reply.json());
}

/** Answers for a build of an engine that is not there. */
async function showBuild(page: Page, build: object, report?: object): Promise<void> {
  await page.route('**/projects/*', (route) => route.fulfill({ json: { name: 'shop/api', reports: [], next: null } }));
  await page.route(`**/build-verify/${ID}*`, (route) => route.fulfill({ json: build }));
  const event = `event: build\ndata: ${JSON.stringify(build)}\n\n`;
  await page.route(`**/build-verify/${ID}/events`, (route) =>
    route.fulfill({ contentType: 'text/event-stream', body: event }),
  );
  await page.route(`**/build-verify/${ID}/log*`, (route) =>
    route.fulfill({ contentType: 'text/plain', body: '-- attempt 1, now\n#1 load\n#1 DONE 0.1s\n' }),
  );
  await page.route(`**/build-verify/${ID}/report*`, (route) => route.fulfill({ json: report }));
}

t.test('a stored analysis: verdict, rows, findings, and the report before it', async (t) => {
  const [first, second] = [await analysed(service.url), await analysed(service.url)];
  const { page, complaints } = await openPage(browser);
  await page.goto(`${service.url}/#/analyses/${second.id}`);
  await page.getByRole('heading', { name: 'shop/page' }).waitFor();
  await page.locator('.verdict-word', { hasText: 'not ready' }).waitFor();
  t.equal(await page.locator('.verdict-score').innerText(), String(second.score));
  t.equal(await page.locator('.row').count(), 20);

  await page.getByRole('button', { name: /^Required/ }).click();
  t.equal(await page.locator('.row').count(), second.items.filter(({ level }) => level === 'required').length);
  await page.getByRole('button', { name: /^Not passing/ }).click();
  const notPassing = second.items.filter(({ status }) => ['fail', 'warn', 'unknown'].includes(status));
  t.equal(await page.locator('.row').count(), notPassing.length);

  await page.getByRole('button', { name: 'It runs as a non-root user' }).click();
  const row = page.locator('#item-non-root-user');
  t.ok(
    await row.getByText('Predicted from the text').isVisible(),
    'what stands in the way leads to its row, and opens it',
  );
  t.equal(await page.locator('#part-dockerfile .finding').count(), second.findings.length, 'each finding once');

  const compare = page.getByRole('link', { name: 'Compare with the report before' });
  t.equal(await compare.getAttribute('href'), `#/compare?base=${first.id}&head=${second.id}`);
  t.same(complaints, []);
});

t.test('it is taken along in every format, and passed on as a link and as a line for a shell', async (t) => {
  const report = await analysed(service.url);
  const { page } = await openPage(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.goto(`${service.url}/#/analyses/${report.id}`);
  for (const [format, holds] of [
    ['json', '"schemaVersion":1'],
    ['text', 'NOT READY'],
    ['markdown', '#'],
    ['sarif', '"2.1.0"'],
    ['junit', '<testsuites'],
    ['github', '::error'],
    ['gitlab', '"fingerprint"'],
  ] as const) {
    const menu = page.locator('.menu');
    if ((await menu.getAttribute('open')) === null) await menu.locator('summary').click();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: new RegExp(`^${format}`) }).click();
    const file = await saved;
    t.match(file.suggestedFilename(), new RegExp(`^drydock-analysis-${report.id}\\.`));
    t.match(readFileSync(await file.path(), 'utf8'), holds, format);
  }
  await page.keyboard.press('Escape');
  t.equal(await page.locator('.menu').getAttribute('open'), null, 'Escape closes the menu');
  await page.getByRole('button', { name: 'Copy curl' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const line = await page.evaluate<string>('navigator.clipboard.readText()');
  t.equal(line, `curl -s '${service.url}/analyze/${report.id}'`);
});

t.test('a build that failed: its cause in plain words, the step, the line, the last lines', async (t) => {
  const { page, complaints } = await openPage(browser);
  await showBuild(page, buildIn('failed'), failedReport);
  await page.goto(`${service.url}/#/builds/${ID}`);
  const failure = page.getByRole('region', { name: /The build failed/ });
  await failure.getByText('Its last lines say why').waitFor();
  t.match(await failure.innerText(), /command failed[^]*\[2\/2\] RUN false[^]*line 2[^]*RUN false[^]*Exit code[^]*1/);
  t.match(await failure.locator('pre').innerText(), 'downloading 99%');
  await failure.getByRole('link', { name: 'line 2' }).click();
  await page.locator('.source-here', { hasText: 'RUN false' }).waitFor();
  t.match(page.url(), /\?line=2$/);
  t.equal(await page.locator('script:has-text("alert")').count(), 0, 'foreign text stays text');
  t.same(complaints, []);
});

t.test('a link to a line shows the line and what was found there; findings without a place stand aside', async (t) => {
  const { page } = await openPage(browser);
  await showBuild(page, buildIn('failed'), failedReport);
  await page.goto(`${service.url}/#/builds/${ID}?line=1`);
  const here = page.locator('.source-here');
  await here.locator('.finding-more').first().waitFor();
  t.ok(await hasFocus(page.locator('#line-1')));
  t.match(await here.locator('.finding').count(), failedReport.findings.length);
  t.equal(await here.locator('.source-mark-error').innerText(), 'python:latest');
});

t.test(
  'layers: into one and out again by the keyboard, the same as a table, and what is there for nothing',
  async (t) => {
    const { page, complaints } = await openPage(browser);
    await showBuild(page, buildIn('passed'), readyReport);
    await page.goto(`${service.url}/#/builds/${ID}?part=image`);
    const map = page.locator('.treemap');
    await map.getByRole('button', { name: /COPY \. \., 15 MB, 9\.0 MB of it for nothing/ }).waitFor();
    t.equal(await map.locator('[tabindex="0"]').count(), 1, 'one stop for the Tab key');
    await map.locator('[tabindex="0"]').focus();
    await page.keyboard.press('Enter');
    const way = page.locator('.layers-way');
    await way.locator('strong', { hasText: 'COPY' }).waitFor();
    t.equal(await page.locator('.layers-table tbody tr').count(), 1);
    await page.locator('.layers-table').getByRole('button', { name: 'opt' }).click();
    t.match(
      await page.locator('.layers-table tbody').innerText(),
      /gone\.bin\s+9\.0 MB\s+9\.0 MB\s+kept\.bin\s+6\.0 MB\s+–|tool/,
    );
    await map.getByRole('button').first().focus();
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await way.locator('strong', { hasText: 'Above the base' }).waitFor();
    t.ok(await hasFocus(map.locator('*')), 'the focus stays in the map');
    t.match(await page.locator('.share-words').innerText(), /120 MB.*21 MB.*9\.0 MB/s);
    t.same(complaints, []);
  },
);

t.test('timings, the questions before production, policy and assumptions', async (t) => {
  const { page } = await openPage(browser);
  await showBuild(page, buildIn('passed'), readyReport);
  await page.goto(`${service.url}/#/builds/${ID}`);
  const text = async (part: string): Promise<string> => await page.locator(`#part-${part}`).innerText();
  t.match(
    await text('timings'),
    /First answer\s+0\.4 s[^]*Stop\s+0\.3 s\s+SIGTERM, exit code 0[^]*Memory at rest\s+31 MB/,
  );
  const production = await text('production');
  t.match(production, `sha256:${'a'.repeat(64)}`);
  t.match(production, 'NPM_TOKEN through secret mount, line 3');
  t.match(production, /as uid 0 \(root\), gid 0/);
  t.match(production, /SIGTERM, 10\.0 s, exit code 137: it did not end by itself and was killed/);
  t.match(production, /What has no answer\?/);
  t.match(
    await text('ground'),
    /Of operator\. Ready from 80 points on\.[^]*not heeded[^]*hardened: off[^]*Only the Dockerfile was given/,
  );
});

t.test('on paper what does not pass, and what was found, is open', async (t) => {
  const { page } = await openPage(browser);
  await showBuild(page, buildIn('passed'), readyReport);
  await page.goto(`${service.url}/#/builds/${ID}`);
  await page.locator('.row').first().waitFor();
  await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
  await page.emulateMedia({ media: 'print' });
  t.equal(await page.locator('details.row-warn:not([open])').count(), 0);
  t.equal(await page.locator('details.row[open]').count(), 1);
  t.equal(await page.locator('#part-dockerfile .finding:not([open])').count(), 0);
  t.notOk(await page.locator('.head-actions').isVisible());
  await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
  t.equal(await page.locator('details.row[open]').count(), 0);
});

t.test('a token that is wanted is asked for, and then the report is there', async () => {
  const report = await analysed(guarded.url, { authorization: `Bearer ${TOKEN}` });
  for (const [place, heading] of [
    [`analyses/${report.id}`, 'shop/page'],
    [`builds/${ID}`, 'There is nothing here'],
  ] as const) {
    const { page } = await openPage(browser);
    await page.goto(`${guarded.url}/#/${place}`);
    const dialog = page.getByRole('dialog', { name: 'Token' });
    await dialog.getByLabel('Token').fill(TOKEN);
    await dialog.getByRole('button', { name: 'Use it' }).click();
    await page.getByRole('heading', { name: heading }).waitFor();
  }
});

t.test('what is not there says so, and what comes later is shown', async () => {
  const { page } = await openPage(browser);
  await page.goto(`${service.url}/#/analyses/nowhere`);
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  await page.route('**/analyze/nowhere', (route) => route.fulfill({ json: failedReport }));
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'shop/api' }).waitFor();
});

t.test('a report that could not be fetched for a moment comes by itself', async () => {
  const { page } = await openPage(browser);
  await page.route('**/analyze/later', (route) => route.abort());
  await page.goto(`${service.url}/#/analyses/later`);
  await page.locator('.notice-error').getByText('Drydock cannot be reached.').waitFor();
  await page.route('**/analyze/later', (route) => route.fulfill({ json: failedReport }));
  await page.getByRole('heading', { name: 'shop/api' }).waitFor();
});

t.test('axe finds nothing serious in a report, in both themes, and nothing sticks out', async (t) => {
  const barriers = await barriersEverywhere(browser, async (page) => {
    await showBuild(page, buildIn('passed'), readyReport);
    await page.goto(`${service.url}/#/builds/${ID}?line=1`);
    await page.locator('#item-builds-and-starts summary').click();
    await page.locator('.menu summary').click();
  });
  t.same(barriers, []);
  const { page } = await openPage(browser, { colorScheme: 'dark', viewport: { width: 390, height: 800 } });
  await showBuild(page, buildIn('failed'), failedReport);
  await page.goto(`${service.url}/#/builds/${ID}`);
  await page.locator('.failure').waitFor();
  t.same(await barriersOf(page), []);
});
