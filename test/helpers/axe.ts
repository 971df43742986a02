/** Whether everybody can read what the page shows. */
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { openPage } from './browser.ts';

/** What axe-core finds serious or critical on a page as it is now, and what sticks out at its side; best nothing. */
export async function barriersOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  }>(`axe.run()`);
  const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  return [
    ...serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    ...(await tooWide(page)),
  ];
}

async function tooWide(page: Page): Promise<readonly string[]> {
  const isSo = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
  return isSo ? ['it sticks out at the side'] : [];
}

/** The same in light on a phone and in dark on a desk, and whether it fits a wall. `prepare` goes to the view and waits for it. */
export async function barriersEverywhere(
  browser: Browser,
  prepare: (page: Page) => Promise<void>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [colorScheme, width] of [
    ['light', 390],
    ['dark', 1280],
  ] as const) {
    const { page, complaints } = await openPage(browser, { colorScheme, viewport: { width, height: 900 } });
    await prepare(page);
    found.push(...[...(await barriersOf(page)), ...complaints].map((one) => `${colorScheme}, ${width} px: ${one}`));
    await page.setViewportSize({ width: 2560, height: 1200 });
    found.push(...(await tooWide(page)).map((one) => `on a wall: ${one}`));
    await page.context().close();
  }
  return found;
}
