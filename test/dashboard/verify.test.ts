/** Verify: what leaves the browser, what is said before it does, and what a refusal looks like. Builds: verify.engine.test.ts. */
import type { Locator, Page } from 'playwright-core';
import t from 'tap';
import { barriersEverywhere } from '../helpers/axe.ts';
import { draggedFile, hasFocus, openPage, startBrowser } from '../helpers/browser.ts';
import { filesOf, listening, partsOf } from '../helpers/uploads.ts';
import { contextOf, startService } from '../helpers/service.ts';

const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}), DOCKER_HOST: 'unix:///nowhere/docker.sock' });
const browser = await startBrowser();
t.teardown(async () => {
  await browser.close();
  await service.stop('SIGKILL');
});

const DOCKERFILE = `FROM python:3.12-slim AS base
RUN --mount=type=secret,id=pip true
FROM base
COPY app.py /
EXPOSE 8000
HEALTHCHECK CMD curl -f http://localhost:8000/healthz
CMD ["python", "/app.py"]
`;

/** A folder as developers have them. */
function project(t: Pick<Tap, 'testdir'>, more: Readonly<Record<string, string>> = {}): string {
  return t.testdir({
    shop: {
      Dockerfile: DOCKERFILE,
      '.dockerignore': '.git\n**/node_modules\n*.md\nDockerfile\n',
      'app.py': 'print(1)\n',
      'start.sh': '#!/bin/sh\nexec python app.py\n',
      'README.md': 'read me\n',
      '.git': { HEAD: 'ref: x\n' },
      web: { node_modules: { a: { 'index.js': 'x'.repeat(5000) } }, 'main.js': 'y\n' },
      ...more,
    },
  });
}
type Tap = Pick<typeof t, 'testdir' | 'teardown'>;

async function opened(t: Pick<Tap, 'teardown'>): Promise<{ page: Page; complaints: readonly string[] }> {
  const { page, complaints } = await openPage(browser);
  t.teardown(() => page.context().close());
  await page.goto(`${service.url}/#/verify`);
  await page.getByText('Drop a folder, an archive or a Dockerfile').waitFor();
  return { page, complaints };
}

const button = (page: Page): Locator => page.getByRole('button', { name: 'Verify', exact: true });

t.test('a folder: said, filled in, and sent without what its ignore file leaves out', async (t) => {
  const { page, complaints } = await opened(t);
  t.equal(await button(page).isDisabled(), true);
  await page.getByLabel('Folder to verify').setInputFiles(`${project(t)}/shop`);
  await page.getByText('5 files', { exact: true }).waitFor();
  const source = page.getByRole('region', { name: 'What to verify' });
  t.match(await source.innerText(), /3 files \(5\.0 kB\) left out/);
  t.match(await page.getByRole('region', { name: 'Left out by .dockerignore' }).innerText(), /\*\*\/node_modules/);
  await page.getByText('What the text says already').waitFor();
  t.equal(await page.getByLabel('Port').inputValue(), '8000');
  t.equal(await page.getByLabel('Health path').inputValue(), '/healthz');
  const secret = page.getByLabel('Value of pip');
  t.equal(await secret.getAttribute('type'), 'password');
  await secret.fill('hunter2-is-not-kept');
  await page.getByLabel('Project').fill('shop/api');

  const id = 'b-1';
  const { bodies } = await listening(t, page, () => ({ id }));
  await button(page).click();
  await page.waitForURL(/#\/builds\/b-1$/);
  const parts = await partsOf(bodies[0]);
  t.same(
    parts.map(([name]) => name),
    ['options', 'context'],
    'options stand first',
  );
  t.same(
    JSON.parse(parts[0]?.[1].toString() ?? ''),
    { project: 'shop/api', secrets: { pip: 'hunter2-is-not-kept' } },
    'what was read off the Dockerfile and left is left to the service',
  );
  const files = await filesOf(parts[1]?.[1] ?? Buffer.alloc(0));
  t.same([...files.keys()].sort(), ['.dockerignore', 'Dockerfile', 'app.py', 'start.sh', 'web/main.js']);
  t.equal(files.get('start.sh')?.mode, 0o755, 'begins with #!');
  t.equal(files.get('app.py')?.mode, 0o644);
  t.notMatch(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })'), /hunter2/);
  t.same(complaints, []);
});

t.test('without an ignore file it says what would go', async (t) => {
  const { page } = await opened(t);
  const folder = t.testdir({ Dockerfile: DOCKERFILE, 'app.py': '', node_modules: { x: { 'a.js': 'abc' } } });
  await page.getByLabel('Folder to verify').setInputFiles(folder);
  const warning = page.locator('.sending-warning');
  await warning.waitFor();
  t.match(await warning.innerText(), /no \.dockerignore.*node_modules/s);
});

t.test('of several Dockerfiles one is chosen, and brings its own ignore file', async (t) => {
  const { page } = await opened(t);
  const folder = t.testdir({
    'api.Dockerfile': DOCKERFILE,
    'web.Dockerfile': 'FROM nginx:1.27\nEXPOSE 8080\nCOPY web /web\n',
    'web.Dockerfile.dockerignore': 'app.py\n',
    'app.py': '',
    web: { 'index.html': '' },
  });
  await page.getByLabel('Folder to verify').setInputFiles(folder);
  await page.getByText('2 files may be meant.').waitFor();
  await page.getByLabel('Dockerfile', { exact: true }).selectOption('web.Dockerfile');
  await page.getByRole('region', { name: 'Left out by web.Dockerfile.dockerignore' }).waitFor();
  t.equal(await page.getByLabel('Port').inputValue(), '8080');
  const { bodies } = await listening(t, page, () => ({ id: 'b-2' }));
  await button(page).click();
  await page.waitForURL(/#\/builds\/b-2$/);
  const parts = await partsOf(bodies[0]);
  t.same(JSON.parse(parts[0]?.[1].toString() ?? ''), { dockerfile: 'web.Dockerfile' });
});

t.test('an archive goes as it is; a broken connection is tried again under the same key', async (t) => {
  const { page } = await opened(t);
  const archive = await contextOf(`${project(t)}/shop`);
  await page
    .getByLabel('Archive or Dockerfile to verify')
    .setInputFiles({ name: 'shop.tgz', mimeType: 'application/gzip', buffer: archive });
  await page.getByText('What the text says already').waitFor();
  let times = 0;
  const { bodies, keys } = await listening(t, page, () => ((times += 1) === 1 ? undefined : { id: 'b-3' }));
  await button(page).click();
  await page.getByText('The connection broke.').waitFor();
  await button(page).click();
  await page.waitForURL(/#\/builds\/b-3$/);
  t.same((await partsOf(bodies.at(-1)))[1], ['context', archive]);
  t.ok(keys.length >= 2 && new Set(keys).size === 1 && keys[0]?.startsWith('page-') === true, keys.join(', '));
});

t.test('a text of Write goes alone, or in the place of the Dockerfile of a folder', async (t) => {
  const { page } = await opened(t);
  const text = `${DOCKERFILE}# from Write\n`;
  await page.evaluate(`localStorage.setItem('drydock.draft', ${JSON.stringify(JSON.stringify({ dockerfile: text }))})`);
  await page.goto(`${service.url}/#/verify?from=write`);
  await page.reload();
  await page.getByText('It copies files, and none come with it').waitFor();
  await page.getByLabel('Folder to verify').setInputFiles(`${project(t)}/shop`);
  await page.getByText('5 files', { exact: true }).waitFor();
  t.equal(
    await page.getByLabel('Dockerfile', { exact: true }).locator('option:checked').innerText(),
    'The text from Write',
  );
  const { bodies } = await listening(t, page, () => ({ id: 'b-4' }));
  await button(page).click();
  await page.waitForURL(/#\/builds\/b-4$/);
  const files = await filesOf((await partsOf(bodies[0]))[1]?.[1] ?? Buffer.alloc(0));
  t.equal(files.get('Dockerfile')?.size, text.length);
});

t.test('a refusal stands at its field; what runs can be cancelled', async (t) => {
  const { page } = await opened(t);
  await page.getByLabel('Folder to verify').setInputFiles(`${project(t)}/shop`);
  await page.getByText('5 files', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Add variable' }).click();
  t.ok(await hasFocus(page.getByLabel('Name of variable 1')));
  await page.keyboard.type('A');
  await page.getByRole('button', { name: 'Add variable' }).click();
  t.ok(await hasFocus(page.getByLabel('Name of variable 2')));
  await page.keyboard.type('A');
  await button(page).click();
  await page.getByText('A is there twice. Keep one of them.').first().waitFor();
  await page.getByRole('button', { name: 'Remove A' }).last().click();

  // No engine answers here, and that is the first thing that this service says.
  await button(page).click();
  await page.getByRole('heading', { name: 'No Docker engine answers' }).waitFor();

  await page.route('**/build-verify', async (route) => {
    const detail = 'At most 65535.';
    const problem = {
      type: '/problems/body-invalid',
      title: 'The request cannot be read',
      status: 400,
      detail: 'd',
      instance: 'i',
    };
    await route.fulfill({
      status: 400,
      contentType: 'application/problem+json',
      body: JSON.stringify({ ...problem, errors: [{ pointer: '#/options/port', detail }] }),
    });
  });
  const port = page.getByLabel('Port');
  await port.fill('70000');
  await button(page).click();
  await page.locator('#verify-port-more').getByText('At most 65535.').waitFor();
  t.equal(await port.getAttribute('aria-invalid'), 'true');
  t.ok(await hasFocus(port), 'and the focus is there');
  await page.unroute('**/build-verify');

  await page.route('**/build-verify', () => undefined); // never answered
  await button(page).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await button(page).waitFor();
  t.ok(await button(page).isEnabled());
  t.ok(await hasFocus(button(page)), 'the focus is not lost');
  t.equal(await port.inputValue(), '70000', 'nothing that was filled in is lost');
  t.match(page.url(), /#\/verify$/);
});

t.test('a dropped folder is read to its end, folders below it too', async (t) => {
  const { page } = await opened(t);
  const zone = await page.locator('.drop-zone').boundingBox();
  const [x, y] = [(zone?.x ?? 0) + 20, (zone?.y ?? 0) + 20];
  const session = await page.context().newCDPSession(page);
  // As the window system tells of a drag from a file manager: only that makes entries of folders.
  const data = { items: [], files: [`${project(t)}/shop`], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x, y, data });
  }
  await page.getByText('5 files', { exact: true }).waitFor();
  t.match(await page.getByRole('region', { name: 'What to verify' }).innerText(), /3 files \(5\.0 kB\) left out/);
});

t.test('a dropped Dockerfile is verified alone', async (t) => {
  const { page } = await opened(t);
  const dataTransfer = await draggedFile(page, 'Dockerfile', DOCKERFILE);
  await page.locator('.drop-zone').dispatchEvent('drop', { dataTransfer });
  await page.getByText('built without a context').waitFor();
  t.equal(await page.getByLabel('Port').inputValue(), '8000');
});

t.test('it can be read by everybody, in light and dark, wide and narrow', async (t) => {
  const folder = `${project(t)}/shop`;
  const found = await barriersEverywhere(browser, async (page) => {
    await page.goto(`${service.url}/#/verify`);
    await page.getByLabel('Folder to verify').setInputFiles(folder);
    await page.getByText('What the text says already').waitFor();
    await page.getByRole('button', { name: 'Add argument' }).click();
  });
  t.same(found, []);
});
