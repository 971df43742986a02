/** The frame of the page: what it weighs, where it may load from, that it can be read by everybody, and that it says when it is alone. */
import t from 'tap';
import { barriersEverywhere } from '../helpers/axe.ts';
import { openPage, openPageFor, startBrowser } from '../helpers/browser.ts';
import { startService } from '../helpers/service.ts';

const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}) });
const browser = await startBrowser();
t.teardown(async () => {
  await browser.close();
  await service.stop('SIGKILL');
});

t.test('it is one page, light, and all from here', async (t) => {
  const { page, complaints } = await openPage(browser);
  const foreign: string[] = [];
  let bytes = 0;
  page.on('response', async (response) => {
    if (!response.url().startsWith(service.url)) foreign.push(response.url());
    if (response.url().includes('/page/')) bytes += Number(response.headers()['content-length'] ?? 0);
  });
  await page.goto(service.url);
  await page.getByRole('heading', { name: 'Builds' }).waitFor();
  await page.waitForLoadState('networkidle');
  t.same(foreign, []);
  t.same(complaints, []);
  t.ok(bytes > 10_000 && bytes < 400_000, `${bytes} bytes, compressed`);
});

t.test('its whole weight, with everything that any view loads', async (t) => {
  const shell = await (await fetch(service.url)).text();
  const map = JSON.parse(/<script type="importmap">(.*?)<\/script>/.exec(shell)?.[1] ?? '') as { imports: object };
  const sizes = await Promise.all(
    Object.values(map.imports).map(async (path) => {
      const reply = await fetch(service.url + String(path), { headers: { 'accept-encoding': 'gzip' } });
      t.equal(reply.status, 200, String(path));
      return Number(reply.headers.get('content-length'));
    }),
  );
  const total = sizes.reduce((sum, one) => sum + one, 0);
  t.ok(total < 330_000, `${total} bytes of libraries, which leaves room for its own modules`);
});

t.test('axe finds nothing serious, and nothing sticks out', async (t) => {
  const found = await barriersEverywhere(browser, async (page) => {
    await page.goto(service.url);
    await page.getByRole('heading', { name: 'Builds' }).waitFor();
  });
  t.same(found, []);
});

t.test('what is not there says so', async (t) => {
  const { page } = await openPage(browser);
  await page.goto(`${service.url}/#/nowhere/1`);
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  await page.getByRole('link', { name: 'Go to the overview.' }).click();
  await page.getByRole('heading', { name: 'Builds' }).waitFor();
  const reply = await fetch(`${service.url}/page/0/dashboard/main.ts`);
  t.equal(reply.status, 404);
  t.match(reply.headers.get('content-type'), /problem\+json/);
});

t.test('when the service is gone it says so, and goes on when it is back', async (t) => {
  const { page } = await openPage(browser);
  await page.goto(service.url);
  await page.getByRole('banner').getByText('well', { exact: true }).waitFor();
  await page.route('**/*', (route) => route.abort());
  await page.locator('.offline', { hasText: 'Drydock cannot be reached.' }).waitFor();
  // Both at once: a scrollbar may come and go.
  const beside = await page.evaluate<number>(
    `document.documentElement.clientWidth - document.querySelector('.offline').getBoundingClientRect().width`,
  );
  t.equal(beside, 0, 'it spans the page');
  await page.unroute('**/*');
  await page.locator('.offline').waitFor({ state: 'detached' });
  t.ok(await page.getByRole('heading', { name: 'Builds' }).isVisible());
});

t.test('a page whose files did not all come tries again, and at last says so', async (t) => {
  const { page } = await openPage(browser);
  let isLost = true;
  await page.route('**/dashboard/shell.ts', (route) => (isLost ? route.abort('connectionreset') : route.continue()));
  await page.goto(service.url);
  await page.waitForRequest('**/dashboard/shell.ts');
  isLost = false;
  await page.getByRole('heading', { name: 'Builds' }).waitFor();
  t.equal(await page.evaluate("sessionStorage.getItem('drydock.tries')"), null);

  const { page: other } = await openPage(browser);
  await other.route('**/dashboard/shell.ts', (route) => route.abort('connectionreset'));
  await other.goto(service.url);
  await other.getByText('The page could not be loaded.').waitFor();
});

t.test('a view that was never opened is waited for while the service is away, and nothing is lost', async (t) => {
  const folder = t.testdir({});
  const first = await startService({ DRYDOCK_DATA_DIR: folder });
  t.teardown(async () => await first.stop('SIGKILL'));
  const { page } = await openPageFor(t, browser);
  await page.goto(first.url);
  await page.getByRole('banner').getByText('well', { exact: true }).waitFor();
  await page.evaluate('window.isStillHere = true');
  await first.stop('SIGKILL');
  await page.getByRole('link', { name: 'Checks' }).click();
  await page.getByRole('heading', { name: 'Checks is not loaded yet' }).waitFor();
  await page.locator('.offline').waitFor();

  const second = await startService({ DRYDOCK_DATA_DIR: folder, DRYDOCK_PORT: new URL(first.url).port });
  t.teardown(async () => await second.stop('SIGKILL'));
  await page.getByRole('heading', { name: 'Checks', exact: true }).waitFor();
  await page.locator('.offline').waitFor({ state: 'detached' });
  t.ok(await page.evaluate('window.isStillHere'), 'the page was not loaded anew');
});

t.test('a view whose files are those of another version has the page loaded anew', async (t) => {
  const { page } = await openPageFor(t, browser);
  await page.goto(service.url);
  await page.getByRole('heading', { name: 'Builds' }).waitFor();
  await page.route('**/page/**', (route) => route.fulfill({ status: 404 }));
  const loaded = page.waitForEvent('framenavigated');
  await page.route(`${service.url}/`, async (route) => {
    await page.unroute('**/page/**');
    await route.continue();
  });
  await page.getByRole('link', { name: 'Checks' }).click();
  await loaded;
  await page.getByRole('heading', { name: 'Checks', exact: true }).waitFor();
});

t.test('a page that is loaded while the service goes away comes when it is back', async (t) => {
  const { page } = await openPageFor(t, browser);
  await page.route('**/health/live', (route) => route.abort());
  await page.route('**/dashboard/shell.ts', (route) => route.abort());
  await page.goto(service.url);
  await page.getByText('The page comes by itself when it is back.').waitFor();
  await page.unroute('**/dashboard/shell.ts');
  await page.unroute('**/health/live');
  await page.getByRole('heading', { name: 'Builds' }).waitFor();
});
