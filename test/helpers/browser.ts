/** A real browser without a window, which looks at the page as a reader would. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];

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
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints };
}
