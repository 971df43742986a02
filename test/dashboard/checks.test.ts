/** The catalogue of checks as the page shows it, under a policy of the operator. */
import t from 'tap';
import { Catalogue } from '../../src/schemas/catalogue.ts';
import { barriersEverywhere } from '../helpers/axe.ts';
import { hasFocus, openPageFor, startBrowser } from '../helpers/browser.ts';
import { startService } from '../helpers/service.ts';

const folder = t.testdir({
  'policy.yaml': [
    'threshold: 80',
    'trustedRegistries: [registry.example.com]',
    'labels: { org.opencontainers.image.source: url }',
    'rules: { base-no-digest: warning }',
    'waivers: [{ rule: base-latest, path: legacy/Dockerfile, reason: replaced in March }]',
    'allowWaivers: false',
  ].join('\n'),
});
const service = await startService({
  DRYDOCK_DATA_DIR: `${folder}/data`,
  DRYDOCK_POLICY_FILE: `${folder}/policy.yaml`,
  DOCKER_HOST: 'unix:///nowhere/docker.sock',
});
const browser = await startBrowser();
t.teardown(async () => {
  await browser.close();
  await service.stop('SIGKILL');
});
const catalogue = Catalogue.parse(await (await fetch(`${service.url}/checks`)).json());

t.test('every check stands under its row, and is found by its id, by that of another tool, and by words', async (t) => {
  const { page, complaints } = await openPageFor(t, browser);
  await page.goto(`${service.url}/#/checks`);
  await page.getByText(`${catalogue.rules.length} rules read the text and ${catalogue.probes.length} probes`).waitFor();
  const lines = page.locator('.check-line');
  const all = catalogue.rules.length + catalogue.probes.length;
  t.equal(await lines.count(), all);
  const search = page.getByRole('searchbox', { name: 'Search the checks' });
  await search.pressSequentially('dl3009');
  await page.getByText(`1 of ${all} checks`).waitFor();
  await page.getByRole('region', { name: 'No package manager leaves its cache in the image' }).waitFor();
  t.equal(new URL(page.url()).hash, '#/checks?q=dl3009');
  t.ok(await hasFocus(search));
  await search.fill('reads again lists');
  await page.getByRole('link', { name: 'apt keeps its package lists in the layer' }).waitFor();
  await search.fill('zebra');
  await page.getByRole('heading', { name: 'No check matches' }).waitFor();
  await page.goto(`${service.url}/#/checks?q=apt-lists-kept`);
  await page.getByRole('link', { name: 'apt keeps its package lists in the layer' }).click();
  await page.getByRole('heading', { name: 'apt keeps its package lists in the layer' }).waitFor();
  t.equal(new URL(page.url()).hash, '#/checks/apt-lists-kept');
  t.same(complaints, []);
});

t.test('a check has an address of its own: why, what to write, examples', async (t) => {
  const { page } = await openPageFor(t, browser);
  const rule = catalogue.rules.find(({ id }) => id === 'apt-lists-kept');
  for (const name of ['apt-lists-kept', 'DL3009']) {
    await page.goto(`${service.url}/#/checks/${name}`);
    await page.getByRole('heading', { name: rule?.title ?? '', level: 1 }).waitFor();
    t.equal(
      await page.getByRole('region', { name: 'Why' }).locator('p').innerText(),
      rule?.why.replaceAll('`', ''),
      name,
    );
    t.equal(
      await page.getByLabel('Flagged: Dockerfile', { exact: true }).innerText(),
      rule?.examples.bad.dockerfile.trimEnd(),
    );
  }
  await page.getByRole('link', { name: 'No package manager leaves its cache in the image' }).first().click();
  await page.getByRole('heading', { name: 'Proven by probes, on the image and the container' }).waitFor();
  // A probe may have the id of its row: both can be reached.
  await page.goto(`${service.url}/#/checks/rows/fails-fast`);
  await page.getByRole('heading', { name: 'Predicted by rules, from the text' }).waitFor();
  await page.getByRole('link', { name: 'A missing setting ends it at once, by name' }).click();
  await page.getByText('at the phase “variants” of a verification').waitFor();
  await page.goto(`${service.url}/#/checks/DS-0002`);
  await page.getByText(`2 of ${catalogue.rules.length + catalogue.probes.length} checks`).waitFor();
  t.equal(await page.locator('.check-line').count(), 2, 'another tool calls two rules so');
});

t.test('profiles and the policy in force are said where they matter', async (t) => {
  const { page } = await openPageFor(t, browser);
  await page.goto(`${service.url}/#/checks`);
  const policy = page.getByRole('region', { name: 'Policy in force' });
  for (const words of ['80', 'registry.example.com', 'org.opencontainers.image.source', 'are not heeded']) {
    await policy.getByText(words, { exact: true }).waitFor();
  }
  await policy.getByText('replaced in March').waitFor();
  await page.locator('.check-line').filter({ hasText: 'base-no-digest' }).getByText('policy: warning').waitFor();
  t.equal(await page.getByText('does not apply under').count(), 0);
  await page.getByLabel('Profile').selectOption('job');
  await page.getByText('does not apply under job').first().waitFor();
  const job = catalogue.profiles.find(({ name }) => name === 'job');
  t.equal(await page.getByText('does not apply under job').count(), job?.drops.length);
  t.equal(new URL(page.url()).hash, '#/checks?profile=job');
  await page.goto(`${service.url}/#/checks/base-no-digest`);
  await page.getByText('policy: warning').waitFor();
});

t.test('everybody can read them, in every theme and width', async (t) => {
  for (const place of ['#/checks?q=base', '#/checks/apt-lists-kept', '#/checks/rows/fails-fast']) {
    const found = await barriersEverywhere(browser, async (page) => {
      await page.goto(`${service.url}/${place}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
    });
    t.same(found, [], place);
  }
});
