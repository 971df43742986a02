/** The tip of a finding in the editor of Write: one box, opened and closed with the keyboard, in a reader's letters. */
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
