/** Projects over time and two reports side by side, with reports that the service itself made. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Page } from 'playwright-core';
import { Comparison, ProjectHistory } from '../../src/schemas/project.ts';
import { Report } from '../../src/schemas/report.ts';
import { barriersEverywhere } from '../helpers/axe.ts';
import { hasFocus, openPageFor, startBrowser } from '../helpers/browser.ts';
import { startService } from '../helpers/service.ts';

const TOKENS = { everything: 'e'.repeat(40), shop: 's'.repeat(40), nothing: 'n'.repeat(40) };
const folder = t.testdir({});
const file = join(folder, 'tokens');
writeFileSync(
  file,
  `all ${TOKENS.everything}\nshop ${TOKENS.shop} projects=shop/*\nnothing ${TOKENS.nothing} projects=none\n`,
);
const service = await startService({
  DRYDOCK_DATA_DIR: join(folder, 'data'),
  DRYDOCK_TOKENS_FILE: file,
  DOCKER_HOST: 'unix:///nowhere/docker.sock',
});
const browser = await startBrowser();
t.teardown(async () => {
  await browser.close();
  await service.stop('SIGKILL');
});

const authorization = { authorization: `Bearer ${TOKENS.everything}` };
const bad = 'FROM python\nRUN pip install flask\nCMD python app.py\n';
const better =
  'FROM python:3.12-slim\nRUN pip install --no-cache-dir flask\nUSER 1000\nCMD ["python", "app.py"]\nHEALTHCHECK CMD ["python", "ok.py"]\n';

async function analyse(project: string, dockerfile: string): Promise<Report> {
  const answer = await fetch(`${service.url}/analyze`, {
    method: 'POST',
    headers: { ...authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ dockerfile, options: { project } }),
  });
  return Report.parse(await answer.json());
}

const oldest = await analyse('shop/api', bad);
const middle = await analyse('shop/api', better);
const latest = await analyse('shop/api', bad.replace('FROM python\n', 'FROM python:3.12-slim\n'));
await analyse('billing', better);

/** Opens a place with the token of somebody. */
async function openAs(page: Page, token: string, place: string): Promise<void> {
  await page.addInitScript(`localStorage.setItem('drydock.token', '${token}')`);
  await page.goto(`${service.url}/${place}`);
}

t.test('all projects stand by name with the latest report, and are searched', async (t) => {
  const { page, complaints } = await openPageFor(t, browser);
  await openAs(page, TOKENS.everything, '#/projects');
  const line = page.getByRole('row').filter({ hasText: 'shop/api' });
  await line.getByText(String(latest.score), { exact: true }).waitFor();
  await line.getByText(latest.verdict.replace('-', ' ')).waitFor();
  await line.getByRole('img', { name: `Score from ${oldest.score} to ${latest.score} over 3 reports` }).waitFor();
  await page.getByText('2 projects').waitFor();
  await page.getByRole('searchbox', { name: 'Search for a project' }).fill('bill');
  await page.getByText('1 of 2 projects').waitFor();
  t.equal(new URL(page.url()).hash, '#/projects?q=bill');
  await page.getByRole('searchbox').fill('none of them');
  await page.getByRole('heading', { name: 'No project matches' }).waitFor();
  await page.getByRole('link', { name: 'Show all 2' }).click();
  await line.getByRole('link', { name: 'shop/api' }).click();
  await page.getByRole('heading', { name: 'shop/api', level: 1 }).waitFor();
  t.equal(new URL(page.url()).hash, '#/projects/shop%2Fapi');
  t.same(complaints, []);
});

t.test('each point of the chart leads to its report, by mouse and by keyboard', async (t) => {
  const { page } = await openPageFor(t, browser);
  await openAs(page, TOKENS.everything, '#/projects/shop%2Fapi');
  const chart = page.getByRole('group', { name: /Score over time/ });
  await chart.waitFor();
  const points = chart.getByRole('link');
  t.same(
    await points.evaluateAll((links: { getAttribute: (name: string) => string | null }[]) =>
      links.map((link) => link.getAttribute('href')),
    ),
    [oldest, middle, latest].map(({ id }) => `#/analyses/${id}`),
  );
  t.match(await points.first().getAttribute('aria-label'), new RegExp(`^Score ${oldest.score}, not ready, analysis, `));
  await points.last().focus();
  await page.keyboard.press('ArrowLeft');
  t.ok(await hasFocus(page.locator(`[href="#/analyses/${middle.id}"]`)));
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  t.ok(await hasFocus(page.locator(`[href="#/analyses/${oldest.id}"]`)));
  await page.locator('figure').getByText(`Drydock ${oldest.tool.version}`).waitFor();
  t.equal(await chart.locator('a[tabindex="0"]').count(), 1, 'one stop of the Tab key');
  t.equal(await page.getByText('not measured by the same ruler').count(), 0, 'one version has judged them all');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/#/analyses/${oldest.id}`);
});

t.test('where another version began to judge, the chart says so; verifications lead to their builds', async (t) => {
  const { page } = await openPageFor(t, browser);
  await page.route('**/projects/shop%2Fapi?*', async (route) => {
    const history = ProjectHistory.parse(await (await route.fetch()).json());
    const reports = history.reports.map((one, index) =>
      index === 0 ? { ...one, kind: 'verification' as const, toolVersion: '9.0.0' } : one,
    );
    await route.fulfill({ json: ProjectHistory.parse({ ...history, reports }) });
  });
  await openAs(page, TOKENS.everything, '#/projects/shop%2Fapi');
  await page.getByText('not measured by the same ruler').waitFor();
  await page.getByText('from 9.0.0').waitFor();
  const chart = page.getByRole('group', { name: /Score over time/ });
  t.equal(await chart.getByRole('link').last().getAttribute('href'), `#/builds/${latest.id}`);
  await page.getByText('There is no other verification to compare the latest with.').waitFor();
  await page.getByRole('navigation', { name: 'Kind of report' }).getByRole('link', { name: 'Analyses' }).click();
  await page.getByRole('heading', { name: 'Since the analysis before' }).waitFor();
  t.equal(await chart.getByRole('link').count(), 2);
  t.equal(new URL(page.url()).hash, '#/projects/shop%2Fapi?kind=analysis');
});

t.test('what is new and fixed, and any two reports side by side', async (t) => {
  const { page, complaints } = await openPageFor(t, browser);
  const told = async (base: Report, head: Report): Promise<Comparison> =>
    Comparison.parse(
      await (await fetch(`${service.url}/compare?base=${base.id}&head=${head.id}`, { headers: authorization })).json(),
    );
  await openAs(page, TOKENS.everything, '#/projects/shop%2Fapi');
  const since = page.getByRole('region', { name: 'Since the analysis before' });
  const last = await told(middle, latest);
  t.ok(last.new.length > 2);
  await since.getByRole('heading', { name: `New ${last.new.length}` }).waitFor();
  await since
    .getByText(last.new[0]?.message ?? '')
    .first()
    .waitFor();

  const line = page.getByRole('table', { name: 'Reports' }).getByRole('row');
  await line.nth(3).getByRole('radio', { name: /^base/ }).check();
  await line.nth(2).getByRole('radio', { name: /^head/ }).check();
  await page.getByRole('link', { name: 'Compare the two chosen' }).click();
  await page.waitForURL(`**/#/compare?base=${oldest.id}&head=${middle.id}`);
  const whole = await told(oldest, middle);
  await page.getByRole('heading', { name: `Rows that changed ${whole.items.length}` }).waitFor();
  await page.getByRole('heading', { name: `Fixed ${whole.fixed.length}` }).waitFor();
  await page.getByText(`+${whole.scoreChange}`).waitFor();
  const user = page.getByRole('listitem').filter({ hasText: 'It runs as a non-root user' });
  t.match(await user.innerText(), /fail[\s\S]*became[\s\S]*pass/);
  await page.getByRole('link', { name: 'Swap' }).click();
  await page.getByText(`−${whole.scoreChange}`).waitFor();
  await page.getByRole('heading', { name: `New ${whole.fixed.length}` }).waitFor();
  t.equal(await page.getByText('judged the base').count(), 0);

  await page.getByRole('region', { name: 'Head' }).getByRole('link', { name: 'shop/api' }).click();
  await page.getByRole('heading', { name: 'shop/api', level: 1 }).waitFor();
  t.same(complaints, []);
});

t.test('a comparison of two versions warns, one of nothing asks for two reports', async (t) => {
  const { page } = await openPageFor(t, browser);
  await page.route('**/compare?*', async (route) => {
    const answer = Comparison.parse(await (await route.fetch()).json());
    await route.fulfill({
      json: Comparison.parse({ ...answer, isSameVersion: false, head: { ...answer.head, toolVersion: '9.0.0' } }),
    });
  });
  await openAs(page, TOKENS.everything, '#/compare');
  await page.getByLabel('Base, the earlier one').fill(oldest.id);
  await page.getByLabel('Head, the later one').fill(middle.id);
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByText(`Drydock ${oldest.tool.version} judged the base, 9.0.0 the head.`).waitFor();
  await page.unroute('**/compare?*');
  await page.goto(`${service.url}/#/compare?base=${oldest.id}&head=nobody`);
  await page.getByRole('alert').getByText('There is no report nobody.').waitFor();
  t.pass();
});

t.test('the badge is shown, and its code is that of this service', async (t) => {
  const { page } = await openPageFor(t, browser, { permissions: ['clipboard-read', 'clipboard-write'] });
  await openAs(page, TOKENS.everything, '#/projects/shop%2Fapi');
  const card = page.getByRole('region', { name: 'Badge' });
  await card.getByRole('img', { name: 'Badge of shop/api' }).waitFor();
  await page.waitForFunction('document.querySelector("img").naturalWidth > 50');
  await card.getByRole('button', { name: 'Copy the Markdown of the badge' }).click();
  await card.getByText('Copied').waitFor();
  const picture = `${service.url}/projects/shop%2Fapi/badge.svg`;
  const place = `${service.url}/#/projects/shop%2Fapi`;
  t.equal(await page.evaluate('navigator.clipboard.readText()'), `[![Drydock](${picture})](${place})`);
  await card
    .getByText(`<a href="${place}"><img src="${picture}" alt="Drydock" height="20"></a>`, { exact: true })
    .waitFor();
});

t.test('a token sees its own projects only', async (t) => {
  const { page } = await openPageFor(t, browser);
  await openAs(page, TOKENS.shop, '#/projects');
  await page.getByText('1 project', { exact: true }).waitFor();
  t.equal(await page.getByText('billing').count(), 0);
  await page.goto(`${service.url}/#/projects/billing`);
  await page.getByRole('alert').getByText('There is no report of billing.').waitFor();

  const { page: other } = await openPageFor(t, browser);
  await openAs(other, TOKENS.nothing, '#/projects');
  await other.getByRole('heading', { name: 'No project yet' }).waitFor();

  const { page: stranger } = await openPageFor(t, browser);
  await stranger.goto(`${service.url}/#/projects`);
  await stranger.getByRole('textbox', { name: 'Token' }).fill(TOKENS.shop);
  await stranger.getByRole('button', { name: 'Use it' }).click();
  await stranger.getByText('1 project', { exact: true }).waitFor();
});

t.test('everybody can read them, in every theme and width', async (t) => {
  const places = [
    { place: '#/projects', heading: 'Projects', until: '2 projects' },
    { place: '#/projects/shop%2Fapi', heading: 'shop/api', until: 'All of the comparison' },
    { place: `#/compare?base=${middle.id}&head=${latest.id}`, heading: 'Compare', until: 'Swap' },
  ];
  for (const { place, heading, until } of places) {
    const found = await barriersEverywhere(browser, async (page) => {
      await openAs(page, TOKENS.everything, place);
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
      await page.getByText(until).waitFor();
    });
    t.same(found, [], place);
  }
});
