/** Verify on a real engine: a folder goes in at the page, and a build comes of it. */
import t from 'tap';
import { openPage, startBrowser } from '../helpers/browser.ts';
import { startService } from '../helpers/service.ts';

t.test('a folder that is chosen becomes a build', async (t) => {
  const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}) });
  const browser = await startBrowser();
  t.teardown(async () => {
    await browser.close();
    await service.stop();
  });
  const { page, complaints } = await openPage(browser);
  await page.goto(`${service.url}/#/verify`);
  await page.getByLabel('Folder to verify').setInputFiles('examples/python-service');
  await page.getByText('What the text says already').waitFor();
  await page.getByLabel('Project').fill('page/python');
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await page.waitForURL(/#\/builds\/.+/);
  const id = page.url().split('/').at(-1) ?? '';
  let build: { state: string; project: string };
  do {
    build = (await (await fetch(`${service.url}/build-verify/${id}?wait=30`)).json()) as typeof build;
  } while (['queued', 'building', 'probing'].includes(build.state));
  t.match(build, { state: 'passed', project: 'page/python' });
  t.same(complaints, []);
});
