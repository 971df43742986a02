/** What stands where, at the widths of a phone, a tablet and a desk: told by geometry. Colours and words that only a measure tells, too. */
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import t from 'tap';
import { duration } from '../../src/dashboard/parts/amounts.ts';
import type { Report } from '../../src/schemas/report.ts';
import { openPageFor, startBrowser } from '../helpers/browser.ts';
import { buildOf, listOf } from '../helpers/builds.ts';
import { startService } from '../helpers/service.ts';

const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}), DOCKER_HOST: 'unix:///nowhere/docker.sock' });
const browser = await startBrowser();
t.teardown(async () => {
  await browser.close();
  await service.stop('SIGKILL');
});

const BAD = readFileSync('test/fixtures/contexts/ai-generated/Dockerfile', 'utf8');
const PHONE = 390;
const TABLET = 768;
const DESK = 1280;

/** A stored report on it. */
async function analysed(dockerfile: string): Promise<Report> {
  const body = JSON.stringify({ dockerfile, options: { project: 'shop/page' } });
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(`${service.url}/analyze`, { method: 'POST', headers, body });
  if (reply.status !== 200) throw new Error(await reply.text());
  return (await reply.json()) as Report; // the contract says so
}
const [first, second] = [await analysed(BAD), await analysed(`${BAD}USER 10001:10001\n`)];

/** Where something is. `middle` and `centre` are of its height and of its width. */
interface Place {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
  readonly middle: number;
  readonly centre: number;
}

async function placeOf(locator: Locator): Promise<Place> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error(`${locator.toString()} is not to be seen`);
  const { x, y, width, height } = box;
  const [right, bottom] = [x + width, y + height];
  return { left: x, right, top: y, bottom, width, height, middle: y + height / 2, centre: x + width / 2 };
}

async function placesOf(locator: Locator): Promise<readonly Place[]> {
  return await Promise.all((await locator.all()).map(placeOf));
}

async function at(t: Parameters<typeof openPageFor>[0], width: number, place: string): Promise<Page> {
  const { page } = await openPageFor(t, browser, { viewport: { width, height: 860 } });
  await page.goto(`${service.url}/#/${place}`);
  return page;
}

t.test('on a phone a verdict is a word, and what stands in the way has the width of the card', async (t) => {
  const page = await at(t, PHONE, `analyses/${first.id}`);
  const word = page.locator('.verdict-word');
  await word.waitFor();
  const lineHeight = await page.evaluate<number>(
    'parseFloat(getComputedStyle(document.querySelector(".verdict-word")).lineHeight)',
  );
  const lines = (await placeOf(word)).height / lineHeight;
  t.ok(lines < 1.5, `it stands in ${lines} lines`);
  const [card, why] = [await placeOf(page.locator('.verdict-card')), await placeOf(page.locator('.verdict-why'))];
  t.ok(why.width > card.width * 0.8, `${why.width} of ${card.width}`);
  const marks = await placeOf(page.locator('.verdict-marks'));
  t.ok(marks.left >= card.left && marks.right <= card.right, 'score and grade stand in it');
});

t.test('the head of the page has one line on a tablet and on a desk, and two on a phone', async (t) => {
  const page = await at(t, DESK, 'checks');
  const [brand, ways, health] = ['.brand', 'nav[aria-label="Views"]', '.wellbeing'].map((name) => page.locator(name));
  if (brand === undefined || ways === undefined || health === undefined) throw new Error('there are three');
  await health.waitFor();
  for (const width of [740, TABLET, 1024, DESK, 1920]) {
    await page.setViewportSize({ width, height: 860 });
    const [one, two, three] = [await placeOf(brand), await placeOf(ways), await placeOf(health)];
    t.ok(Math.abs(one.middle - two.middle) < 3 && Math.abs(one.middle - three.middle) < 3, `${width} px`);
  }
  await page.setViewportSize({ width: PHONE, height: 860 });
  const [one, two, three] = [await placeOf(brand), await placeOf(ways), await placeOf(health)];
  t.ok(Math.abs(one.middle - three.middle) < 3 && two.top >= one.bottom, 'the ways are below the name');
});

t.test(
  'the overview: the strip is a grid without holes, fields stand in lines, a long name breaks between its words',
  async (t) => {
    const { page } = await openPageFor(t, browser, { viewport: { width: DESK, height: 860 } });
    const project = 'platform-engineering/internal-customer-notification-delivery-service';
    const builds = [buildOf(50, { project }), buildOf(49)];
    await page.route('**/build-verify?*', (route) =>
      route.fulfill({ contentType: 'application/json', body: listOf(builds) }),
    );
    await page.goto(`${service.url}/`);
    await page.locator('.build-name').nth(1).waitFor();
    await page.locator('.strip-count').first().waitFor();
    const [queue, workers] = await page.locator('.strip-figure').allTextContents();
    t.match(queue, /^\s*\d+ running \d+ queued\s*$/);
    t.match(workers, /^\s*\d+ of \d+ busy\s*$/, 'one space between words');
    for (const [width, columns] of [
      [PHONE, 2],
      [TABLET, 2],
      [DESK, 4],
      [1920, 4],
    ] as const) {
      await page.setViewportSize({ width, height: 860 });
      const cells = await placesOf(page.locator('.strip-cell'));
      const tops = cells.map(({ top }) => Math.round(top));
      const rows = [...new Set(tops)].map((row) => tops.filter((top) => top === row).length);
      t.same(new Set(rows), new Set([columns]), `${width} px: cells beside each other`);
      const counts = await placesOf(page.locator('.strip-count'));
      t.ok(
        counts.length === 2 && counts.every(({ height }) => height < 40),
        `${width} px: a number stands beside what it counts`,
      );
      const fields = await placesOf(page.locator('.filters select'));
      t.equal(new Set(fields.map(({ top }) => Math.round(top))).size, 1, `${width} px: three filters in a line`);
      const search = await placeOf(page.locator('.filters input'));
      t.equal(Math.round(search.height), Math.round(fields[0]?.height ?? 0), `${width} px: as high as the search`);
      // A name that is cut within a word shows a piece of it alone.
      t.same(await cutWords(page, '.build-name a'), [], `${width} px`);
    }
  },
);

t.test('a comparison has its two sides beside each other, and the difference between them', async (t) => {
  const page = await at(t, DESK, `compare?base=${first.id}&head=${second.id}`);
  const card = (name: string): Locator => page.getByRole('region', { name, exact: true });
  await card('Head').waitFor();
  for (const width of [TABLET, DESK, 1920]) {
    await page.setViewportSize({ width, height: 860 });
    const [base, head] = [await placeOf(card('Base')), await placeOf(card('Head'))];
    const between = await placeOf(page.getByRole('link', { name: 'Swap' }));
    t.equal(base.top, head.top, `${width} px`);
    t.ok(base.right < between.left && between.right < head.left, `${width} px: what differs is between them`);
    t.ok(head.left - base.right < 200, `${width} px: no third card's width is empty`);
  }
  await page.setViewportSize({ width: PHONE, height: 860 });
  t.ok((await placeOf(card('Base'))).bottom < (await placeOf(card('Head'))).top, 'below each other on a phone');
});

t.test('a report stays where it is when the one before it becomes known', async (t) => {
  for (const width of [PHONE, DESK]) {
    const { page } = await openPageFor(t, browser, { viewport: { width, height: 860 } });
    const gate = Promise.withResolvers<void>();
    await page.route(`${service.url}/projects/*`, async (route) => {
      await gate.promise;
      await route.continue();
    });
    await page.goto(`${service.url}/#/analyses/${second.id}`);
    const card = page.locator('.verdict-card');
    await card.waitFor();
    const compare = page.getByRole('link', { name: 'Compare with the report before' });
    t.equal(await compare.count(), 0, 'nothing to press yet');
    const before = await placeOf(card);
    gate.resolve();
    await compare.waitFor();
    t.same(await placeOf(card), before, `${width} px`);
  }
});

t.test('messages of findings stand below each other, whatever their severity', async (t) => {
  const page = await at(t, DESK, 'write');
  const list = page.getByRole('region', { name: /^Findings/ });
  await list.locator('.tag-warning').first().waitFor();
  for (const width of [TABLET, DESK]) {
    await page.setViewportSize({ width, height: 860 });
    const lefts = (await placesOf(list.locator('.finding-message:visible'))).map(({ left }) => Math.round(left));
    t.ok(lefts.length > 5 && new Set(lefts).size === 1, `${width} px: ${lefts.join(', ')}`);
  }
});

t.test('where nothing is chosen yet, the two buttons stand in the middle of the zone', async (t) => {
  const page = await at(t, PHONE, 'verify');
  await page.locator('.drop-zone').waitFor();
  for (const width of [320, PHONE, TABLET]) {
    await page.setViewportSize({ width, height: 860 });
    const zone = await placeOf(page.locator('.drop-zone'));
    const buttons = await placesOf(page.locator('.drop-zone button'));
    const [left, right] = [Math.min(...buttons.map((one) => one.left)), Math.max(...buttons.map((one) => one.right))];
    t.ok(Math.abs((left + right) / 2 - zone.centre) < 2, `${width} px`);
  }
});

t.test('examples in empty fields can be read, in both themes', async (t) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await openPageFor(t, browser, { colorScheme });
    await page.goto(`${service.url}/#/verify`);
    await page.getByLabel('Project').waitFor();
    const [ink, ground] = await page.evaluate<readonly string[]>(`(() => {
      const of = document.getElementById('verify-project');
      return [getComputedStyle(of, '::placeholder').color, getComputedStyle(of).backgroundColor];
    })()`);
    const contrast = contrastOf(ink ?? '', ground ?? '');
    t.ok(contrast >= 4.5, `${colorScheme}: ${ink} on ${ground}, ${contrast.toFixed(1)}`);
  }
});

t.test('a moment reads the same everywhere', async (t) => {
  const page = await at(t, DESK, `analyses/${first.id}`);
  const ground = page.locator('#part-ground');
  await ground.waitFor();
  t.match(await ground.innerText(), /When\s+\d{1,2} \w{3,4} \d{4}, \d\d:\d\d, took (?:less than 0\.1 s|\d+\.\d s)/);
  t.match(await page.locator('time').first().getAttribute('title'), /^\d{1,2} \w{3,4} \d{4}, \d\d:\d\d$/);
});

t.test('no minute has sixty seconds', async (t) => {
  for (const [ms, told] of [
    [0, '0.0 s'],
    [9940, '9.9 s'],
    [9960, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min 0 s'],
    [119_700, '2 min 0 s'],
    [3_599_800, '1 h 0 min'],
    [3_725_000, '1 h 2 min'],
  ] as const) {
    t.equal(duration(ms), told);
  }
});

/** What stands before each break within a word of the name that an element begins with. */
async function cutWords(page: Page, selector: string): Promise<readonly string[]> {
  return await page.evaluate<readonly string[]>(`(() => {
    const texts = document.createTreeWalker(document.querySelector(${JSON.stringify(selector)}).firstChild, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    const cut = [];
    let read = '';
    let before;
    while (texts.nextNode()) {
      const { data } = texts.currentNode;
      for (let at = 0; at < data.length; at += 1) {
        range.setStart(texts.currentNode, at);
        range.setEnd(texts.currentNode, at + 1);
        const { top } = range.getBoundingClientRect();
        if (before !== undefined && top > before + 5 && /\\w$/.test(read)) cut.push(read);
        read += data[at];
        before = top;
      }
    }
    return read.length > 60 ? cut : ['the name is too short to break'];
  })()`);
}

/** Of two colours as a browser tells them. Source: WCAG 2.2, contrast ratio. */
function contrastOf(one: string, other: string): number {
  const [light = 0, dark = 0] = [one, other].map(luminanceOf).toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminanceOf(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
