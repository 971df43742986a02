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
  const isTooWide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
  return [
    ...serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    ...(isTooWide ? ['it sticks out at the side'] : []),
  ];
}

/** The same in both themes, on a desk, a phone and a wall. `prepare` goes to the view and waits for it. */
export async function barriersEverywhere(
  browser: Browser,
  prepare: (page: Page) => Promise<void>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, complaints } = await openPage(browser, { colorScheme });
    await prepare(page);
    for (const width of [390, 1280, 2560]) {
      await page.setViewportSize({ width, height: 900 });
      found.push(...(await barriersOf(page)).map((one) => `${colorScheme}, ${width} px: ${one}`));
    }
    found.push(...complaints);
    await page.context().close();
  }
  return found;
}
