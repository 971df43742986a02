/** The overview: what a team puts on a wall. Builds come from fixtures that the contract holds; all else from the service itself. */
import t from 'tap';
import type { Page } from 'playwright-core';
import type { Build } from '../../src/schemas/build.ts';
import { barriersEverywhere } from '../helpers/axe.ts';
import { hasFocus, openPageFor, startBrowser } from '../helpers/browser.ts';
import { buildOf, listOf } from '../helpers/builds.ts';
import { startService } from '../helpers/service.ts';

const service = await startService({
  DRYDOCK_DATA_DIR: t.testdir({}),
  DOCKER_HOST: 'unix:///nowhere/docker.sock',
});
const browser = await startBrowser();
t.teardown(async () => {
  await browser.close();
  await service.stop('SIGKILL');
});

const ended = { startedAt: null, finishedAt: null } as const;
const { verdict: _none, ...unjudged } = buildOf(50, { state: 'building', project: 'billing', ...ended });
const running: Build = {
  ...unjudged,
  startedAt: unjudged.createdAt,
  progress: { phase: 'build', step: '[3/7] RUN pip install flask', done: 2, total: 8 },
};
const { verdict: _nor, ...broken } = buildOf(49, { state: 'errored', project: null, error: 'The registry is away.' });
const builds: readonly Build[] = [
  running,
  broken,
  buildOf(48, { state: 'failed', verdict: 'not-ready', project: 'shop/web' }),
  buildOf(47),
];

/** Answers the list from `answer`, which gets the address; answers which addresses were asked. */
async function listing(page: Page, answer: (url: URL) => string): Promise<readonly URL[]> {
  const asked: URL[] = [];
  await page.route('**/build-verify?*', async (route) => {
    const url = new URL(route.request().url());
    asked.push(url);
    await route.fulfill({ contentType: 'application/json', body: answer(url) });
  });
  return asked;
}

/** A list that answers the filters of the address as the service does. */
function filtered({ searchParams }: URL): string {
  const [state, project, verdict] = ['state', 'project', 'verdict'].map((name) => searchParams.get(name));
  return listOf(
    builds.filter(
      (one) =>
        (state === null || one.state === state) &&
        (project === null || one.project === project) &&
        (verdict === null || one.verdict === verdict),
    ),
  );
}

t.test('where no build is, it says how to get the first one', async (t) => {
  const { page, complaints } = await openPageFor(t, browser, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.goto(service.url);
  await page.getByRole('heading', { name: 'No build yet' }).waitFor();
  t.equal(await page.getByRole('link', { name: 'Drop a folder' }).getAttribute('href'), '#/verify');
  t.equal(await page.getByRole('link', { name: 'Paste a Dockerfile' }).getAttribute('href'), '#/write');
  t.equal(await page.getByRole('searchbox').count(), 0, 'there is nothing to search in');
  await page.getByRole('button', { name: 'Copy the command that analyses' }).click();
  await page.getByText('Copied').waitFor();
  const command = await page.evaluate<string>('navigator.clipboard.readText()');
  t.equal(command, `curl -H 'Content-Type: text/plain' --data-binary @Dockerfile '${service.url}/analyze?format=text'`);
  t.same(complaints, []);
});

t.test('the strip tells queue, workers, parts and the last sweep, and in a sentence what is not well', async (t) => {
  const { page } = await openPageFor(t, browser);
  await page.goto(service.url);
  const strip = page.getByRole('region', { name: 'The service' });
  await strip.getByText('0 of 100 places').waitFor();
  await strip.getByText(/0 builds, 0 analyses, 0 logs removed · \d+ kB kept/).waitFor();
  await strip.getByText('degraded Drydock').waitFor();
  const { engine } = (await (await fetch(`${service.url}/health`)).json()) as { engine: { detail: string } };
  t.match(engine.detail, /engine/i);
  await strip.getByText(engine.detail).first().waitFor();
});

t.test('a service without its database says so as well', async (t) => {
  const { page } = await openPageFor(t, browser);
  const health = (await (await fetch(`${service.url}/health`)).json()) as object;
  const database = { status: 'down', detail: 'The database does not answer.' };
  await page.route('**/health', (route) =>
    route.fulfill({ status: 503, json: { ...health, status: 'down', database } }),
  );
  await page.goto(service.url);
  await page.getByRole('region', { name: 'The service' }).getByText('The database does not answer.').waitFor();
  t.equal(await page.getByText('not in its own words').count(), 0);
});

t.test('each line tells state, project, verdict, and how far it is', async (t) => {
  const { page, complaints } = await openPageFor(t, browser);
  await listing(page, filtered);
  await page.goto(service.url);
  const line = page.getByRole('row').filter({ hasText: 'billing' });
  await line.getByText('building').waitFor();
  await line.getByText('[3/7] RUN pip install flask').waitFor();
  const bar = line.getByRole('progressbar', { name: 'Progress of build' });
  t.equal(await bar.getAttribute('aria-valuenow'), '2');
  t.equal(await bar.getAttribute('aria-valuetext'), '2 of 8');
  t.equal(await line.getByRole('link').getAttribute('href'), `#/builds/${running.id}`);
  await page.getByRole('row').filter({ hasText: 'no project' }).getByText('The registry is away.').waitFor();
  const ready = page.getByRole('row').filter({ hasText: 'shop/api' });
  await ready.getByText('1 min 33 s').waitFor();
  await ready.getByText('ready', { exact: true }).waitFor();
  t.equal(await page.getByRole('columnheader', { name: 'Attempt' }).count(), 0, 'there is no room for it');
  await page.setViewportSize({ width: 2000, height: 900 });
  await page.getByRole('columnheader', { name: 'Attempt' }).waitFor();
  t.same(complaints, []);
});

t.test('filters stay in the address, and a link brings them back', async (t) => {
  const { page } = await openPageFor(t, browser);
  const asked = await listing(page, filtered);
  await page.goto(service.url);
  await page.getByRole('row').filter({ hasText: 'billing' }).waitFor();
  await page.getByLabel('State').selectOption('failed');
  await page.getByRole('row').filter({ hasText: 'billing' }).waitFor({ state: 'detached' });
  t.equal(new URL(page.url()).hash, '#/?state=failed');
  t.equal(asked.at(-1)?.searchParams.get('state'), 'failed');
  await page.getByLabel('Project').selectOption('shop/web');
  await page.getByLabel('Verdict').selectOption('ready');
  await page.getByRole('heading', { name: 'No build matches' }).waitFor();
  t.equal(new URL(page.url()).hash, '#/?state=failed&project=shop%2Fweb&verdict=ready');
  await page.reload();
  await page.getByRole('heading', { name: 'No build matches' }).waitFor();
  t.equal(await page.getByLabel('Project').inputValue(), 'shop/web');
  await page.getByRole('link', { name: 'Clear the filters' }).click();
  await page.getByRole('row').filter({ hasText: 'billing' }).waitFor();
  await page.goto(`${service.url}/#/?state=nonsense`);
  await page.getByRole('row').filter({ hasText: 'billing' }).waitFor();
});

t.test('the search looks through what is loaded, as it is typed', async (t) => {
  const { page } = await openPageFor(t, browser);
  await listing(page, filtered);
  await page.goto(service.url);
  await page.getByRole('row').filter({ hasText: 'billing' }).waitFor();
  const search = page.getByRole('searchbox', { name: 'Search in the builds below' });
  await search.pressSequentially('not ready web');
  await page.getByText('1 of the 4 builds that are loaded').waitFor();
  t.equal(await page.getByRole('row').count(), 2, 'with the heading');
  t.ok(await hasFocus(search), 'focus stays where it is typed');
  t.equal(new URL(page.url()).hash, '#/?q=not+ready+web');
  await search.fill('pip');
  await page.getByRole('row').filter({ hasText: 'billing' }).waitFor();
  await search.fill('nothing of that kind');
  await page.getByRole('heading', { name: 'No build matches' }).waitFor();
  await page.getByRole('link', { name: 'Clear the search' }).click();
  await page.getByText('4 builds').waitFor();
});

t.test('older builds come a page at a time, stay, and the button keeps the focus', async (t) => {
  const { page } = await openPageFor(t, browser);
  const all = Array.from({ length: 70 }, (_, index) => buildOf(100 - index, { project: `p/${100 - index}` }));
  await listing(page, ({ searchParams }) => {
    const before = searchParams.get('before');
    const rest = all.filter(({ id }) => before === null || id < before);
    const limit = Number(searchParams.get('limit'));
    const last = rest[limit - 1];
    return listOf(
      rest.slice(0, limit),
      rest.length > limit && last ? `/build-verify?limit=50&before=${last.id}` : null,
    );
  });
  await page.goto(service.url);
  await page.getByText('50 builds').waitFor();
  t.equal(await page.getByRole('link', { name: 'p/31 ' }).count(), 0);
  await page.getByRole('button', { name: 'Older builds' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('70 builds').waitFor();
  await page.getByRole('link', { name: 'p/31 ' }).waitFor();
  t.ok(await hasFocus(page.getByText('No older builds')));
  await page.waitForResponse((response) => response.url().includes('limit=100'));
  t.equal(await page.getByRole('row').count(), 71, 'a refresh reaches as far as was loaded');
});

t.test('it keeps up without taking focus, place or lines away', async (t) => {
  const { page } = await openPageFor(t, browser, { viewport: { width: 1000, height: 500 } });
  let now = [...builds, ...Array.from({ length: 30 }, (_, index) => buildOf(40 - index))];
  await listing(page, () => listOf(now));
  await page.goto(service.url);
  const line = page.getByRole('row').filter({ hasText: 'billing' });
  await line.getByText('building').waitFor();
  const last = page.getByRole('link', { name: `build ${now.at(-1)?.id.slice(-8)}` });
  await last.focus();
  await page.evaluate('document.activeElement.isTheSame = true');
  const place = await last.boundingBox();
  now = [buildOf(51, { project: 'brand/new' }), { ...running, state: 'probing' }, ...now.slice(1)];
  await line.getByText('probing').waitFor();
  await page.getByRole('row').filter({ hasText: 'brand/new' }).waitFor();
  t.equal(await page.evaluate('document.activeElement.isTheSame'), true, 'the same line has focus');
  const after = await last.boundingBox();
  t.ok(Math.abs((after?.y ?? 0) - (place?.y ?? 99)) < 2, `${place?.y} and ${after?.y}`);
});

t.test('a page that nobody looks at asks nothing', async (t) => {
  const { page } = await openPageFor(t, browser);
  await page.clock.install();
  const asked = await listing(page, filtered);
  await page.goto(service.url);
  await page.getByRole('row').filter({ hasText: 'billing' }).waitFor();
  await page.clock.runFor(3100);
  while (asked.length < 2) await page.waitForRequest('**/build-verify?*');
  const hide = (isHidden: boolean): string =>
    `Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} })`;
  await page.evaluate(hide(true));
  const before = asked.length;
  for (let round = 0; round < 10; round += 1) await page.clock.runFor(3100);
  t.equal(asked.length, before);
  await page.evaluate(hide(false));
  const [request] = await Promise.all([page.waitForRequest('**/build-verify?*'), page.clock.runFor(3100)]);
  t.ok(request);
});

t.test('what was known stays while the service is away', async (t) => {
  const { page } = await openPageFor(t, browser);
  await listing(page, filtered);
  await page.goto(service.url);
  await page.getByRole('row').filter({ hasText: 'billing' }).waitFor();
  await page.route('**/*', (route) => route.abort());
  await page.getByRole('alert').filter({ hasText: 'Drydock cannot be reached.' }).waitFor();
  t.equal(await page.getByRole('row').count(), 5);
  t.equal(await page.getByRole('alert').count(), 1, 'it is said once');
  await page.unroute('**/*');
  await page.getByRole('alert').waitFor({ state: 'detached' });
  t.equal(await page.getByRole('row').count(), 5);
});

t.test('a refusal says what to do, and trying again does it', async (t) => {
  const { page } = await openPageFor(t, browser);
  let isWell = false;
  await page.route('**/build-verify?*', (route) =>
    isWell
      ? route.fulfill({ contentType: 'application/json', body: listOf(builds) })
      : route.fulfill({
          status: 503,
          contentType: 'application/problem+json',
          json: { type: '/problems/storage-unavailable', title: 'The storage is away', status: 503, detail: 'Wait.' },
        }),
  );
  await page.goto(service.url);
  await page.getByRole('heading', { name: 'The storage is away' }).waitFor();
  isWell = true;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('row').filter({ hasText: 'billing' }).waitFor();
  t.equal(await page.getByRole('alert').count(), 0);
});

t.test('everybody can read it, in every theme and width', async (t) => {
  const found = await barriersEverywhere(browser, async (page) => {
    await listing(page, filtered);
    await page.goto(service.url);
    await page.getByRole('row').filter({ hasText: 'billing' }).waitFor();
    await page.getByRole('region', { name: 'The service' }).getByText('degraded Drydock').waitFor();
  });
  t.same(found, []);
});
