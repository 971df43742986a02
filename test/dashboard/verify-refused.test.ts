/** Verify where it refuses: what is said, at which field, and that the reader sees it. */
import type { Locator, Page } from 'playwright-core';
import t from 'tap';
import { refusalWords } from '../../src/dashboard/parts/refusal-words.ts';
import { hasFocus, openPageFor, startBrowser } from '../helpers/browser.ts';
import { startService } from '../helpers/service.ts';

const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}), DOCKER_HOST: 'unix:///nowhere/docker.sock' });
const browser = await startBrowser();
t.teardown(async () => {
  await browser.close();
  await service.stop('SIGKILL');
});

const button = (page: Page): Locator => page.getByRole('button', { name: 'Verify', exact: true });

/** The view, with nothing chosen. */
async function opened(t: Test): Promise<Page> {
  const { page } = await openPageFor(t, browser);
  await page.goto(`${service.url}/#/verify`);
  await page.getByText('Drop a folder, an archive or a Dockerfile').waitFor();
  return page;
}
type Test = Parameters<typeof openPageFor>[0];

/** Chooses a folder whose Dockerfile says its port. */
async function choose(t: Test, page: Page): Promise<void> {
  const Dockerfile = 'FROM python:3.12-slim\nEXPOSE 8000\nCMD ["python", "-m", "http.server"]\n';
  await page.getByLabel('Folder to verify').setInputFiles(t.testdir({ Dockerfile, 'app.py': 'print(1)\n' }));
  await page.getByText('2 files', { exact: true }).waitFor();
}

t.test('what the form shows is not taken from the text beside it, and the text stays open', async (t) => {
  const page = await opened(t);
  t.equal(await page.getByText('The Dockerfile takes none.').count(), 0, 'nothing is chosen yet');
  await choose(t, page);
  await page.getByText('The Dockerfile takes none.').waitFor();
  await page.getByText('Services, registries, labels, command').click();
  const further = page.getByLabel('Further options, as JSON');
  await further.fill('{"port": 9999, "dockerfile": "b.Dockerfile"}');
  await page.getByText('Services, registries, labels, command').click();
  await further.waitFor({ state: 'hidden' });
  await button(page).click();
  const said = page.locator('#verify-further-more');
  await said.getByText('port: The form above says it too. Keep one of them.').waitFor();
  await said.getByText('dockerfile: The form above says it too. Keep one of them.').waitFor();
  t.ok(await hasFocus(further), 'it opens, and the focus is there');
  await further.fill('');
  await further.pressSequentially('{"port": 1}');
  t.ok(await hasFocus(further), 'a text that is blank for a moment stays open');

  await page.getByLabel('Port').fill('');
  await page.route('**/build-verify', async (route) => {
    const detail = 'The request is not what the contract says. #/options/port: At most 65535.';
    const problem = { type: '/problems/body-invalid', title: 'The request cannot be read', status: 400, detail };
    await route.fulfill({
      status: 400,
      contentType: 'application/problem+json',
      json: { ...problem, instance: 'i', errors: [{ pointer: '#/options/port', detail: 'At most 65535.' }] },
    });
  });
  await button(page).click();
  await said.getByText('port: At most 65535.').waitFor();
  t.ok(await hasFocus(further), 'the service means what is written there');
  t.equal(await page.getByLabel('Port').getAttribute('aria-invalid'), null);
  const notice = (await page.getByRole('alert').innerText()).replaceAll(/\s+/g, ' ');
  t.equal(notice, 'The request cannot be read The request is not what the contract says. port At most 65535.');
});

t.test('on a phone a refusal covers neither the form nor the field that it marks', async (t) => {
  const page = await opened(t);
  await page.setViewportSize({ width: 390, height: 700 });
  await choose(t, page);
  await page.getByRole('button', { name: 'Add variable' }).click();
  await page.getByRole('button', { name: 'Add variable' }).click();
  const [first, second] = [page.getByLabel('Name of variable 1'), page.getByLabel('Name of variable 2')];
  // It goes where the new row is drawn; what is filled in before may land there.
  t.ok(await hasFocus(second));
  await first.fill('A');
  await second.fill('A');
  await button(page).click();
  await page.getByRole('heading', { name: 'This cannot be sent as it stands' }).waitFor();
  t.ok(await hasFocus(first));
  const [field, bar] = [await first.boundingBox(), await page.locator('.verify-end').boundingBox()];
  t.ok((bar?.height ?? 0) > 0 && (bar?.height ?? 700) < 140, 'the bar is a bar');
  t.ok((field?.y ?? -1) >= 0 && (field?.y ?? 0) + (field?.height ?? 0) < (bar?.y ?? 0), 'the field is to be seen');
});

t.test('what is no Dockerfile is told so, and what is too long for one is not even read', async (t) => {
  const page = await opened(t);
  const input = page.getByLabel('Archive or Dockerfile to verify');
  const file = (name: string, buffer: Buffer): Parameters<typeof input.setInputFiles>[0] => ({
    ...{ name, mimeType: 'application/octet-stream', buffer },
  });
  await input.setInputFiles(file('program', Buffer.from('a\0b')));
  await page.getByText('program is neither a Dockerfile nor an archive').waitFor();
  await page.evaluate('void (Blob.prototype.text = () => new Promise(() => undefined))');
  await input.setInputFiles(file('disk.img', Buffer.alloc(5 * 1024 * 1024, 'a')));
  await page.getByText('disk.img is larger than 4 MB').waitFor();
  t.ok(await button(page).isDisabled());
});

t.test('a Dockerfile or an ignore file of a folder that is too long for one is not read either', async (t) => {
  const page = await opened(t);
  await page.evaluate('window.read = []; window.text = Blob.prototype.text;');
  await page.evaluate('void (Blob.prototype.text = function () { read.push(this.size); return text.call(this); })');
  const folder = page.getByLabel('Folder to verify');
  const long = 'a'.repeat(5 * 1024 * 1024);
  const short = 'FROM scratch\nCOPY disk.img /\nEXPOSE 8123\n';
  const said = page.getByRole('region', { name: 'What to verify' }).getByRole('alert');

  await folder.setInputFiles(t.testdir({ Dockerfile: long, 'web.Dockerfile': short, 'app.py': 'print(1)\n' }));
  await said.getByText('Dockerfile is larger than 4 MB: no Dockerfile is.', { exact: true }).waitFor();
  t.ok(await button(page).isDisabled());
  t.equal(await page.getByText('What the text says already').count(), 0);
  await page.getByLabel('Dockerfile', { exact: true }).selectOption('web.Dockerfile');
  await page.getByText('What the text says already').waitFor();
  t.ok(await button(page).isEnabled(), 'another one of the folder can be meant');
  t.equal(await said.count(), 0);

  await folder.setInputFiles(t.testdir({ ignored: { Dockerfile: short, '.dockerignore': long } }).concat('/ignored'));
  await said.getByText('.dockerignore is larger than 4 MB: no ignore file is.', { exact: true }).waitFor();
  t.ok(await button(page).isDisabled());

  await folder.setInputFiles(t.testdir({ large: { Dockerfile: short, 'disk.img': long } }).concat('/large'));
  await page.getByText('2 files', { exact: true }).waitFor();
  await page.getByText('What the text says already').waitFor();
  t.equal(await page.getByLabel('Port').inputValue(), '8123');
  t.ok(await button(page).isEnabled(), 'a long file beside a Dockerfile is none of its business');
  const read = await page.evaluate<readonly number[]>('read');
  t.ok(read.length > 1 && read.every((size) => size < 4 * 1024 * 1024), read.join(', '));
});

t.test('a folder that cannot be read any more is told so', async (t) => {
  const page = await opened(t);
  await page.evaluate(
    'void (Blob.prototype.text = () => Promise.reject(new DOMException("gone", "NotReadableError")))',
  );
  await page.getByLabel('Folder to verify').setInputFiles(t.testdir({ Dockerfile: 'FROM scratch\n' }));
  await page.getByRole('alert').getByText('It cannot be read. Was it moved, or is it not yours to read?').waitFor();
  t.ok(await button(page).isDisabled());
});

t.test('a refusal says each thing once, in the words of a reader', async (t) => {
  const problem = { type: '/problems/body-invalid', title: 'It is wrong', status: 400, detail: '', instance: '' };
  t.same(refusalWords('The connection broke.', undefined), {
    ...{ title: 'That did not work', text: 'The connection broke.', list: [] },
  });
  t.equal(refusalWords('It is wrong', problem).text, '', 'the title says it');
  const errors = [
    { pointer: '#/options/services/a~1b/image', detail: 'No image.' },
    { pointer: '#/context', detail: 'Missing.' },
    { pointer: '#', detail: 'No object.' },
    { pointer: '#/options', detail: 'Too long.' },
  ];
  t.same(refusalWords('Not so. #/options/services/a~1b/image: No image. #/context: Missing.', { ...problem, errors }), {
    title: 'It is wrong',
    text: 'Not so.',
    list: [
      { name: 'services.a/b.image', detail: 'No image.' },
      { name: 'context', detail: 'Missing.' },
      { name: '', detail: 'No object.' },
      { name: '', detail: 'Too long.' },
    ],
  });
});
