/** A real browser without a window, which looks at the page as a reader would. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, JSHandle, Locator, Page } from 'playwright-core';
import type { Test } from 'tap';

const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];

/** What the browser says when it drops what it is loading, because an engine on this machine made or removed a network. The page loads itself anew. */
const NETWORK_CHANGED = 'ERR_NETWORK_CHANGED';

/** Starts it. Throws where there is none; `npm test` brings one on Debian (test/engine/engine.sh). */
export async function startBrowser(): Promise<Browser> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const executablePath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) =>
    existsSync(path),
  );
  if (executablePath === undefined) {
    throw new Error('A test looks at the page and finds no browser: install chromium-headless-shell.');
  }
  // Root, as in a container of CI, has no sandbox to offer; what is looked at is our own.
  return await chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** A page, and what its console complained of so far: errors, refused content, files that did not come. */
export interface WatchedPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** Opens an empty page. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(60_000); // machines that test are busy
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type()) || message.text().includes(NETWORK_CHANGED)) return;
    complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints };
}

/** The same for one test: closed with it, so that it asks the service no more. Of a test that fails it tells what was to be seen. */
export async function openPageFor(
  t: Test,
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const watched = await openPage(browser, options);
  t.teardown(async () => {
    if (!t.passing()) t.comment(watched.complaints, await watched.page.locator('body').innerText());
    await watched.page.context().close();
  });
  return watched;
}

/** Whether that has the focus, or gets it soon: the page moves it once what it has drawn is there. */
export async function hasFocus(locator: Locator): Promise<boolean> {
  const focused = locator.and(locator.page().locator(':focus'));
  return await focused.waitFor({ timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

/** A file on its way to be dropped: made by a script of the page, since only there is a DataTransfer. */
export async function draggedFile(page: Page, name: string, text: string): Promise<JSHandle> {
  return await page.evaluateHandle(
    `(() => { const all = new DataTransfer(); all.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)})); return all; })()`,
  );
}
