/** One text of Write in two tabs of one browser: the last who writes is right, and who only looks overwrites nobody. */
import type { Locator, Page } from 'playwright-core';
import t from 'tap';
import { openPageFor, startBrowser } from '../helpers/browser.ts';
import { startService } from '../helpers/service.ts';

const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}), DOCKER_HOST: 'unix:///nowhere/docker.sock' });
const browser = await startBrowser();
t.teardown(async () => {
  await browser.close();
  await service.stop('SIGKILL');
});

const editorOf = (page: Page): Locator => page.getByRole('textbox', { name: 'Dockerfile' });
const lineOf = (page: Page, text: string): Locator => editorOf(page).locator('.cm-line', { hasText: text });

async function open(page: Page): Promise<void> {
  await page.goto(`${service.url}/#/write`);
  await editorOf(page).waitFor();
}

/** Puts a text over what is there, and waits until this browser has it. */
async function write(page: Page, text: string): Promise<void> {
  await editorOf(page).focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
  // The content policy of the page lets no tool wait by a text of code.
  await page.evaluate(`new Promise((resolve) => {
    const look = () => ((localStorage.getItem('drydock.draft') ?? '').includes('${text}') ? resolve() : requestAnimationFrame(look));
    look();
  })`);
}

t.test('a tab in which nothing was changed overwrites nothing, whichever way it is left', async (t) => {
  const { page } = await openPageFor(t, browser);
  const gone = await page.context().newPage();
  const left = await page.context().newPage();
  await open(page);
  await write(page, 'FROM before');
  for (const one of [gone, left]) {
    await open(one);
    await lineOf(one, 'FROM before').waitFor();
  }
  // As a tab that slept through what the other one told.
  for (const one of [gone, left])
    await one.evaluate(`addEventListener('storage', (event) => event.stopImmediatePropagation(), { capture: true })`);
  await write(page, 'FROM first');
  await left.getByRole('link', { name: 'Overview' }).click();
  await left.getByRole('heading', { name: 'Builds' }).waitFor();
  await gone.goto('about:blank');
  const later = await page.context().newPage();
  await open(later);
  await lineOf(later, 'FROM first').waitFor();
});

t.test('what one tab writes the other shows, and back', async (t) => {
  const { page } = await openPageFor(t, browser);
  const other = await page.context().newPage();
  for (const one of [page, other]) await open(one);
  await write(page, 'FROM first');
  await lineOf(other, 'FROM first').waitFor();
  await write(other, 'FROM second');
  await lineOf(page, 'FROM second').waitFor();
  await editorOf(page).focus();
  await page.keyboard.press('Control+z');
  await lineOf(page, 'FROM first').waitFor();
  await lineOf(other, 'FROM first').waitFor();
});
