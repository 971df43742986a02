/** Write: what a writer sees while he writes, and what he can do with pointer and keyboard. */
import type { Locator, Page } from 'playwright-core';
import t from 'tap';
import { barriersEverywhere } from '../helpers/axe.ts';
import { draggedFile, openPage, startBrowser } from '../helpers/browser.ts';
import { startService } from '../helpers/service.ts';

const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}), DOCKER_HOST: 'unix:///nowhere/docker.sock' });
const browser = await startBrowser();
t.teardown(async () => {
  await browser.close();
  await service.stop('SIGKILL');
});

const BAD = 'FROM python:3.12-slim\nRUN pip install flask\nUSER 10001\nCMD python app.py\n';
const CACHE = 'This pip install leaves its cache in the image.';

type Teardown = Pick<typeof t, 'teardown'>;

/** A page with a text in its editor, analysed. */
async function written(
  t: Teardown,
  text: string,
): Promise<{ page: Page; editor: Locator; complaints: readonly string[] }> {
  const { page, complaints } = await openPage(browser);
  t.teardown(() => page.context().close());
  await page.goto(`${service.url}/#/write`);
  const editor = page.getByRole('textbox', { name: 'Dockerfile' });
  await list(page).locator('summary').first().waitFor();
  await put(page, editor, text);
  // Shown, too: some findings of the example are those of the text.
  await inList(page, 'secret API key').waitFor({ state: 'detached' });
  return { page, editor, complaints };
}

/** As pasting does: in one piece, over what is there. */
async function put(page: Page, editor: Locator, text: string): Promise<void> {
  await editor.focus();
  await page.keyboard.press('Control+a');
  const answered = page.waitForResponse(
    (reply) => reply.url().includes('/analyze') && reply.request().postDataJSON().dockerfile === text,
  );
  await page.keyboard.insertText(text);
  await answered;
}

const list = (page: Page): Locator => page.getByRole('region', { name: /^Findings/ });
const inList = (page: Page, message: string): Locator => list(page).locator('summary', { hasText: message });
/** The text of the editor: each line is an element of its own. */
const textOf = async (editor: Locator): Promise<string> => {
  const lines = await editor.locator('.cm-line').allInnerTexts();
  return lines.map((line) => (line === '\n' ? '' : line)).join('\n');
};

t.test('the first visit has something to look at, and nothing is stored by it', async (t) => {
  const { page, complaints } = await openPage(browser);
  const asked: { options: { store: boolean } }[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/analyze')) asked.push(request.postDataJSON());
  });
  await page.goto(service.url);
  await page.getByRole('link', { name: 'Write' }).click();
  await page.getByText('not ready', { exact: true }).waitFor();
  await inList(page, CACHE).waitFor();
  t.ok((await page.locator('.cm-lint-marker-error').count()) > 2, 'marks stand in the margin');
  t.equal(await page.locator('.checklist .row').count(), 20, 'and twenty rows beside it');
  t.ok(asked.length > 0 && asked.every(({ options }) => !options.store));
  t.same(complaints, []);
});

t.test('what is pasted is judged: in the margin, in the list, in the checklist, in the verdict', async (t) => {
  const { page, editor } = await written(t, BAD);
  await inList(page, CACHE).waitFor();
  await inList(page, 'CMD is in shell form').waitFor();
  const rows = page.locator('.write-checklist');
  t.match(await rows.locator('#item-signal-handling > summary').innerText(), /fail/);
  await page.getByText('not ready', { exact: true }).waitFor();
  await editor.focus();
  const good = BAD.replace('CMD python app.py', 'CMD ["python", "app.py"]');
  await put(page, editor, good);
  await inList(page, 'CMD is in shell form').waitFor({ state: 'detached' });
  t.match(await rows.locator('#item-signal-handling > summary').innerText(), /pass/);
});

t.test('a finding leads to its line', async (t) => {
  const { page, editor } = await written(t, BAD);
  await inList(page, CACHE).click();
  await page.getByRole('button', { name: 'Show line 2' }).click();
  await page.waitForFunction('document.activeElement.shadowRoot?.activeElement?.classList.contains("cm-content")');
  await page.keyboard.insertText('# here: ');
  t.match(await textOf(editor), /\nRUN # here: pip install flask\n/);
});

t.test('a fix changes the text, its finding goes, and one undo takes it back', async (t) => {
  const { page, editor } = await written(t, BAD);
  await inList(page, CACHE).click();
  await list(page).getByRole('button', { name: 'Apply this fix' }).click();
  await inList(page, CACHE).waitFor({ state: 'detached' });
  t.equal(await textOf(editor), BAD.replace('install flask', 'install --no-cache-dir flask'));
  await page.getByText('Fixed: pip-cache-kept. Undo takes it back.').waitFor();
  // The button is gone, and the focus is not lost.
  await page.waitForFunction(
    'document.activeElement.shadowRoot?.activeElement?.getAttribute("aria-label") === "Dockerfile"',
  );
  await page.keyboard.press('Control+z');
  t.equal(await textOf(editor), BAD);
  await inList(page, CACHE).waitFor();
});

t.test('a fix of an older text is asked for anew before it is applied', async (t) => {
  const { page, editor } = await written(t, BAD);
  await inList(page, CACHE).click();
  const gate = Promise.withResolvers<void>();
  await page.route('**/analyze*', async (route) => {
    await gate.promise;
    await route.continue().catch(() => undefined); // a request that was dropped meanwhile
  });
  await editor.focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.insertText('# one more line\n');
  await list(page).getByRole('button', { name: 'Apply this fix' }).click();
  t.equal(await textOf(editor), `# one more line\n${BAD}`, 'offsets of the old text are not used in the new one');
  gate.resolve();
  await inList(page, CACHE).waitFor({ state: 'detached' });
  t.equal(await textOf(editor), `# one more line\n${BAD.replace('install flask', 'install --no-cache-dir flask')}`);
});

t.test('all safe fixes at once', async (t) => {
  const { page, editor } = await written(t, BAD);
  await page.getByRole('button', { name: 'Apply 2 safe fixes' }).click();
  await page.getByRole('button', { name: 'No safe fixes' }).waitFor();
  t.equal(
    await textOf(editor),
    'FROM python:3.12-slim\nRUN pip install --no-cache-dir flask\nUSER 10001\nCMD ["python", "app.py"]\n',
  );
  await editor.focus();
  await page.keyboard.press('Control+z');
  t.equal(await textOf(editor), BAD);
});

t.test('a mark in the margin opens what it means, with the fix', async (t) => {
  const { page, editor } = await written(t, BAD);
  await inList(page, CACHE).waitFor();
  const tip = page.getByRole('group', { name: 'Findings of this line' });
  await page.locator('.cm-lint-marker').nth(1).click();
  await tip.getByText(CACHE).waitFor();
  t.match(await tip.innerText(), /Instead:/);
  await tip.getByRole('button', { name: 'Apply this fix' }).click();
  await inList(page, CACHE).waitFor({ state: 'detached' });
  t.match(await textOf(editor), /--no-cache-dir/);
});

t.test('with the keyboard alone: in, from finding to finding, fix, out', async (t) => {
  const { page, editor } = await written(t, BAD);
  await inList(page, CACHE).waitFor();
  await page.getByRole('tab', { name: /^Dockerfile/ }).focus();
  const reached: string[] = [];
  for (let steps = 0; steps < 10 && !reached.includes('textbox'); steps += 1) {
    await page.keyboard.press('Tab');
    reached.push(
      await page.evaluate<string>(
        '(document.activeElement.shadowRoot?.activeElement?.getAttribute("role") ?? document.activeElement.textContent.trim())',
      ),
    );
  }
  t.same(reached.slice(-1), ['textbox'], reached.join(', '));

  await page.keyboard.press('Control+Home');
  const tip = page.getByRole('group', { name: 'Findings of this line' });
  for (let steps = 0; steps < 8; steps += 1) {
    await page.keyboard.press('F8');
    await tip.waitFor();
    if ((await tip.innerText()).includes(CACHE)) break;
  }
  await page.keyboard.press('Control+.');
  await inList(page, CACHE).waitFor({ state: 'detached' });
  t.match(await textOf(editor), /--no-cache-dir/);

  await page.keyboard.press('Control+End');
  await page.keyboard.press('Tab');
  t.match(await textOf(editor), / {4}$/, 'Tab indents');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  const left = await page.evaluate<string>('document.activeElement.closest(".write-findings")?.className ?? ""');
  t.match(left, /write-findings/, 'behind Escape it leads on');
  await page.keyboard.press('Enter');
  t.equal(await list(page).locator('details[open]').count(), 1, 'a finding opens');
  await page.getByRole('tab', { name: /^Dockerfile/ }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('textbox', { name: '.dockerignore' }).waitFor();
});

t.test('a reload keeps the text, at once', async (t) => {
  const { page, editor } = await written(t, BAD);
  await editor.focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText('# the last word');
  await page.reload();
  await inList(page, CACHE).waitFor();
  t.equal(await textOf(editor), `${BAD}# the last word`);
  await page.getByText('Kept in this browser only').waitFor();
});

t.test('files come in by dialog and by drop; what is no Dockerfile stays out', async (t) => {
  const { page, editor } = await written(t, BAD);
  await page.getByLabel('File to open').setInputFiles({
    name: 'api.Dockerfile',
    mimeType: 'text/plain',
    buffer: Buffer.from('\uFEFFFROM scratch\r\nCMD ["/x"]\r\n'),
  });
  await page.getByText('api.Dockerfile was opened').waitFor();
  t.equal(await textOf(editor), 'FROM scratch\nCMD ["/x"]\n');

  const drop = async (name: string, text: string): Promise<void> => {
    await editor.dispatchEvent('drop', { dataTransfer: await draggedFile(page, name, text) });
  };
  await drop('Dockerfile', BAD);
  await inList(page, CACHE).waitFor();
  t.equal(await textOf(editor), BAD, 'a drop replaces, and does not paste in the middle');
  await drop('image.tar', 'a\0b');
  await page.getByText('image.tar is not a Dockerfile').waitFor();
  t.equal(await textOf(editor), BAD);
  await drop('.dockerignore', '[x\n');
  await page.getByRole('textbox', { name: '.dockerignore' }).waitFor();
  await inList(page, 'brackets').waitFor();
  t.ok(await page.locator('.cm-lint-marker-error').last().isVisible(), 'its findings stand in its own margin');

  await page.getByRole('tab', { name: /^Dockerfile/ }).click();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByText('Nothing to judge yet').waitFor();
  t.equal(await page.getByRole('button', { name: 'Verify it' }).isDisabled(), true);
  await page.getByRole('button', { name: 'Example' }).click();
  await inList(page, CACHE).waitFor();
});

t.test('a profile is detected, or chosen', async (t) => {
  const { page } = await written(t, BAD);
  const asked = page.waitForRequest((request) => request.postDataJSON()?.options.profile === 'base-image');
  await page.getByLabel('Profile').selectOption('Base image');
  await asked;
  await page.locator('#item-healthcheck .status-not-applicable').first().waitFor();
  t.pass('rows that do not apply say so');
});

t.test('a report is kept on request, under a project, and has an address', async (t) => {
  const { page } = await written(t, BAD);
  await page.getByRole('button', { name: 'Keep this report' }).click();
  const dialog = page.getByRole('dialog', { name: 'Keep this report' });
  await dialog.getByLabel('Project').fill('not a name!');
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await dialog.getByText('project', { exact: true }).waitFor();
  await dialog.getByLabel('Project').fill('shop/api');
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await page.waitForURL(/#\/analyses\/.+/);
  const id = page.url().split('/').at(-1) ?? '';
  const kept = (await (await fetch(`${service.url}/analyze/${id}`)).json()) as { project: string };
  t.equal(kept.project, 'shop/api');
});

t.test('the text is handed over to Verify', async (t) => {
  const { page } = await written(t, BAD);
  await page.getByRole('button', { name: 'Verify it' }).click();
  await page.waitForURL(/#\/verify\?from=write/);
  await page.getByText('from Write', { exact: true }).waitFor();
  t.ok(await page.getByRole('button', { name: 'Verify', exact: true }).isEnabled());
});

t.test('a refusal loses nothing, and it goes on by itself', async (t) => {
  const { page, editor } = await written(t, BAD);
  await page.route('**/analyze*', (route) => route.abort());
  await editor.focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(`# offline\n${BAD}`);
  await page.getByRole('alert').filter({ hasText: 'cannot be reached' }).first().waitFor();
  t.equal(await textOf(editor), `# offline\n${BAD}`);
  t.ok(await inList(page, CACHE).isVisible(), 'the last that was known stays');
  await page.unroute('**/analyze*');
  await page.locator('.write-error').waitFor({ state: 'detached' });
  await inList(page, CACHE).waitFor();

  await put(page, editor, `${BAD}#${'x'.repeat(1_100_000)}`);
  await page.getByText('The Dockerfile is larger than the limit').waitFor();
  await page.getByText('Your text is still here').waitFor();
});

t.test('it can be read by everybody, in light and dark, wide and narrow', async (t) => {
  const found = await barriersEverywhere(browser, async (page) => {
    await page.goto(`${service.url}/#/write`);
    await inList(page, CACHE).click();
  });
  t.same(found, []);
});
