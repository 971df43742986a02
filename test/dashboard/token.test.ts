/** The token that a guarded service asks for: given, refused, not given now, given again, given in another tab. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import t from 'tap';
import { barriersOf } from '../helpers/axe.ts';
import { hasFocus, openPageFor, startBrowser } from '../helpers/browser.ts';
import { startService } from '../helpers/service.ts';
import { failedReport } from './whole-reports.ts';

const TOKEN = 'the-token-of-this-test';
const folder = t.testdir({ tokens: `page sha256:${createHash('sha256').update(TOKEN).digest('hex')}\n` });
const service = await startService({ DRYDOCK_DATA_DIR: folder, DRYDOCK_TOKENS_FILE: join(folder, 'tokens') });
const browser = await startBrowser();
t.teardown(async () => {
  await browser.close();
  await service.stop('SIGKILL');
});

const dialogOf = (page: Page): Locator => page.getByRole('dialog', { name: 'Token' });

async function enter(page: Page, token: string): Promise<void> {
  await dialogOf(page).getByLabel('Token').fill(token);
  await dialogOf(page).getByRole('button', { name: 'Use it' }).click();
}

t.test('a token that the service refuses is not kept, and the dialog stays and says so', async (t) => {
  const { page } = await openPageFor(t, browser);
  await page.goto(service.url);
  for (const wrong of ['not-this-one', 'нет']) {
    await enter(page, wrong);
    await dialogOf(page).getByRole('alert').getByText('The service refused this token.').waitFor();
  }
  t.equal(await page.evaluate("localStorage.getItem('drydock.token')"), null);
  await enter(page, TOKEN);
  await page.getByRole('heading', { name: 'No build yet' }).waitFor();
  await dialogOf(page).waitFor({ state: 'hidden' });
  t.ok(await hasFocus(page.getByRole('main')), 'the focus is not lost');
});

t.test('who has said "not now" is asked again when he wants to be, or goes elsewhere', async (t) => {
  const { page } = await openPageFor(t, browser);
  let asked = 0;
  await page.exposeFunction('countDialog', () => (asked += 1));
  await page.addInitScript(`{
    const { showModal } = HTMLDialogElement.prototype;
    HTMLDialogElement.prototype.showModal = function () { countDialog(); showModal.call(this); };
  }`);
  await page.goto(service.url);
  await dialogOf(page).getByRole('button', { name: 'Not now' }).click();
  await dialogOf(page).waitFor({ state: 'hidden' });
  await page.getByText('A token is needed. Enter one').waitFor();
  t.same(await barriersOf(page), []);
  // Each is asked only behind the answer to the one before.
  for (let polls = 0; polls < 3; polls += 1) await page.waitForRequest('**/build-verify?*');
  t.equal(asked, 1, 'what the page asks by itself opens nothing');

  await page.getByRole('button', { name: 'Enter one' }).click();
  await dialogOf(page).waitFor();
  await page.keyboard.press('Escape');
  await dialogOf(page).waitFor({ state: 'hidden' });
  await page.getByRole('link', { name: 'Projects' }).click();
  await dialogOf(page).getByRole('button', { name: 'Not now' }).click();
  await page.getByRole('alert').getByText('Enter a token.').waitFor();
  await page.getByRole('button', { name: 'Enter a token' }).click();
  await enter(page, TOKEN);
  await page.getByRole('heading', { name: 'No project yet' }).waitFor();
  await page.getByText('A token is needed.').waitFor({ state: 'detached' });
});

t.test('the same token given again asks everything anew', async (t) => {
  const { page } = await openPageFor(t, browser);
  await page.addInitScript(`localStorage.setItem('drydock.token', '${TOKEN}')`);
  const problem = { type: '/problems/unauthorized', title: 'A token is needed', status: 401, instance: 'urn:uuid:0' };
  await page.route('**/analyze/one', (route) =>
    route.fulfill({ status: 401, contentType: 'application/problem+json', json: problem }),
  );
  await page.goto(`${service.url}/#/analyses/one`);
  await dialogOf(page).getByText('The service refused this token.').waitFor();
  await page.route('**/analyze/one', (route) => route.fulfill({ json: failedReport }));
  await enter(page, TOKEN);
  await page.getByRole('heading', { name: 'shop/api' }).waitFor();
});

t.test('a token that is given in one tab is that of the other', async (t) => {
  const { page } = await openPageFor(t, browser);
  const other = await page.context().newPage();
  for (const one of [page, other]) {
    await one.goto(`${service.url}/#/projects`);
    await dialogOf(one).waitFor();
  }
  await enter(page, TOKEN);
  await other.getByRole('heading', { name: 'No project yet' }).waitFor();
  await dialogOf(other).waitFor({ state: 'hidden' });
});
