/**
 * Pictures of every view of the page in both themes, from a real service with real builds: docs/images. Look at them before they are
 * committed. Needs the engine and the browser that the tests use.
 */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Build } from '../src/schemas/build.ts';
import type { Report } from '../src/schemas/report.ts';
import { openPage, startBrowser } from '../test/helpers/browser.ts';
import { contextOf, startService } from '../test/helpers/service.ts';

const FOLDER = 'docs/images';
const SIZE = { width: 1280, height: 860 };
const PROJECT = 'shop/api';
/** Starts, and is not ready. */
const GENERATED = 'FROM python:3.12-slim\nWORKDIR /app\nEXPOSE 8000\nCMD python -m http.server 8000\n';

/** One picture: where it is, and what has to be seen before it is taken. */
interface View {
  readonly name: string;
  readonly at: string;
  readonly ready: (page: Page) => Promise<void>;
  /** Where there is more to see than fits a screen. */
  readonly height?: number;
}

const data = await mkdtemp(join(tmpdir(), 'drydock-screenshots-'));
const service = await startService({ DRYDOCK_DATA_DIR: data });
const browser = await startBrowser();
try {
  await mkdir(FOLDER, { recursive: true });
  const dockerfile = await readFile('test/fixtures/contexts/ai-generated/Dockerfile', 'utf8');
  const first = await analyzed(dockerfile);
  const second = await analyzed(`${dockerfile}USER 10001:10001\n`);
  const failed = await ended(await submitted(new Blob([GENERATED]), 'text/plain'));
  const passed = await ended(await submitted(await sample(), 'application/gzip'));
  console.log(`built: ${failed.state}, ${passed.state}`);
  for (const view of viewsOf(first.id, second.id, passed.id)) {
    for (const colorScheme of ['light', 'dark'] as const) await shoot(view, colorScheme);
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    const { id } = await submitted(await sample(), 'application/gzip');
    await shoot(
      {
        ...{ name: 'watch', at: `builds/${id}`, height: 1200 },
        ready: async (page) => await page.locator('.proving-proven').nth(3).waitFor({ timeout: 120_000 }),
      },
      colorScheme,
    );
    await ended({ id });
  }
} finally {
  await browser.close();
  await service.stop();
  await rm(data, { recursive: true, force: true });
}

function viewsOf(first: string, second: string, passed: string): readonly View[] {
  return [
    {
      name: 'overview',
      at: '',
      ready: async (page) => await page.locator('.status', { hasText: 'passed' }).first().waitFor(),
    },
    { name: 'write', at: 'write', ready: async (page) => await seen(page, 'not ready') },
    {
      ...{ name: 'verify', at: 'verify' },
      ready: async (page) => {
        await page.getByLabel('Folder to verify').setInputFiles('examples/python-service');
        await seen(page, 'What the text says already');
      },
    },
    { name: 'report', at: `builds/${passed}`, ready: async (page) => await page.locator('.verdict-word').waitFor() },
    { name: 'analysis', at: `analyses/${first}?part=dockerfile`, ready: async (page) => await seen(page, 'not ready') },
    {
      name: 'project',
      at: `projects/${encodeURIComponent(PROJECT)}`,
      ready: async (page) => await page.getByRole('heading', { name: 'Badge' }).waitFor(),
    },
    {
      name: 'compare',
      at: `compare?base=${first}&head=${second}`,
      ready: async (page) => await page.getByRole('heading', { name: /Fixed/ }).waitFor(),
    },
    {
      name: 'checks',
      at: 'checks',
      ready: async (page) => await page.locator('main h2, main h3').first().waitFor(),
    },
  ];
}

async function shoot({ name, at, ready, height = SIZE.height }: View, colorScheme: 'light' | 'dark'): Promise<void> {
  const { page, complaints } = await openPage(browser, { colorScheme, viewport: { ...SIZE, height } });
  await page.goto(`${service.url}/#/${at}`);
  await ready(page);
  await page.waitForTimeout(500); // what fades in has done so
  await page.screenshot({ path: `${FOLDER}/${name}-${colorScheme}.png` });
  console.log(`${name}, ${colorScheme}${complaints.length === 0 ? '' : `: ${complaints.join(' ')}`}`);
  await page.context().close();
}

async function seen(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor();
}

async function analyzed(dockerfile: string): Promise<Report> {
  const body = JSON.stringify({ dockerfile, options: { project: PROJECT } });
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(`${service.url}/analyze`, { method: 'POST', headers, body });
  return (await reply.json()) as Report; // the contract says so
}

async function sample(): Promise<Blob> {
  return new Blob([new Uint8Array(await contextOf('examples/python-service'))]);
}

async function submitted(body: Blob, type: string): Promise<Pick<Build, 'id'>> {
  const address = `${service.url}/build-verify?project=${encodeURIComponent(PROJECT)}`;
  const reply = await fetch(address, { method: 'POST', headers: { 'content-type': type }, body });
  if (reply.status !== 202) throw new Error(await reply.text());
  return (await reply.json()) as Build;
}

async function ended({ id }: Pick<Build, 'id'>): Promise<Build> {
  for (;;) {
    const build = (await (await fetch(`${service.url}/build-verify/${id}?wait=30`)).json()) as Build;
    if (build.finishedAt !== null) return build;
  }
}
