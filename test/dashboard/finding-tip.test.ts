/** The tip of a finding in the editor of Write: one box, opened and closed with the keyboard, in a reader's letters. */
import type { Page } from 'playwright-core';
import t from 'tap';
import { openPageFor, startBrowser } from '../helpers/browser.ts';
import { startService } from '../helpers/service.ts';

const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}) });
const browser = await startBrowser();
t.teardown(async () => {
  await browser.close();
  await service.stop('SIGKILL');
});

const TEXT = 'FROM python:latest\nRUN pip install flask\nCMD python app.py\n';

t.test('F8 opens one box, Escape closes it, and what is code looks so', async (t) => {
  const { page } = await openPageFor(t, browser);
  await page.addInitScript(
    `localStorage.setItem('drydock.draft', ${JSON.stringify(JSON.stringify({ dockerfile: TEXT }))})`,
  );
  await page.goto(`${service.url}/#/write`);
  await page.locator('.cm-lint-marker').first().waitFor();
  await page.locator('.cm-content').first().focus();
  await page.keyboard.press('Control+Home');
  const [tip, boxes] = [page.getByRole('group', { name: 'Findings of this line' }), page.locator('.cm-tooltip')];
  const lines = new Set<string>();
  for (let steps = 0; steps < 12; steps += 1) {
    await page.keyboard.press(steps < 8 ? 'F8' : 'Shift+F8');
    await tip.waitFor();
    t.equal(await boxes.count(), 1, 'one box');
    t.notMatch(await tip.innerText(), '`');
    if ((await tip.locator('code').count()) > 0) lines.add(await tip.innerText());
  }
  t.ok(lines.size > 1, 'from line to line, with code in them');
  await page.keyboard.press('Escape');
  await boxes.waitFor({ state: 'detached' });
});

t.test('on a phone, held either way, the box lies neither over the head of the page nor out of sight', async (t) => {
  const { page } = await openPageFor(t, browser);
  await page.goto(`${service.url}/#/write`); // the example has more lines than a phone shows
  await page.locator('.cm-lint-marker').first().waitFor();
  const tip = page.getByRole('group', { name: 'Findings of this line' });
  for (const [width, height] of [
    [390, 844],
    [844, 390],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.locator('.cm-content').first().focus();
    await page.keyboard.press('Control+Home');
    for (let steps = 0; steps < 12; steps += 1) {
      await page.keyboard.press(steps < 8 ? 'F8' : 'Shift+F8');
      await tip.waitFor();
      // It is drawn first and laid out then.
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
      const box = await tip.boundingBox();
      const [head, line] = [await page.locator('.top').boundingBox(), await lineOf(page)];
      const [top, bottom] = [box?.y ?? -1, (box?.y ?? 0) + (box?.height ?? 0)];
      const where = `${width} px, step ${steps}: ${top} to ${bottom}`;
      t.ok(top >= (head?.y ?? 0) + (head?.height ?? 0) && bottom <= height, where);
      t.ok((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 0) <= width, where);
      t.ok((box?.height ?? 0) >= 120, `${where}: enough of it to read`);
      // Between two lines there is some space.
      const letters = (line?.y ?? 0) + 5;
      t.ok(bottom <= letters || top > letters + 10, `${where}: and the line beside it`);
    }
  }
});

/** Where the line begins that the cursor is in. */
async function lineOf(page: Page): Promise<{ readonly y: number } | null> {
  return await page.locator('.cm-activeLine').first().boundingBox();
}
