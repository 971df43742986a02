/** What a page uploads, as it arrives. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { fromBufferPromise } from 'yauzl';

/** Stands where the service would: what a page sends arrives here, and what `answer` says goes back; `undefined` breaks the connection. */
export async function listening(
  t: { readonly teardown: (of: () => void) => void },
  page: Page,
  answer: (request: IncomingMessage) => object | undefined,
): Promise<{ readonly bodies: readonly Buffer[]; readonly keys: readonly string[] }> {
  const bodies: Buffer[] = [];
  const keys: string[] = [];
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks));
      keys.push(String(request.headers['idempotency-key']));
      const said = answer(request);
      if (said === undefined) request.socket.destroy();
      else reply.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify(said));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => void server.close());
  const { port } = server.address() as AddressInfo; // a TCP server has a port
  await page.route('**/build-verify', async (route) => {
    if (route.request().method() !== 'POST') return await route.continue();
    try {
      const there = await route.fetch({ url: `http://127.0.0.1:${port}/` });
      await route.fulfill({ response: there });
    } catch {
      await route.abort('connectionreset').catch(() => undefined);
    }
  });
  return { bodies, keys };
}

/** Parts of a form, in their order. */
export async function partsOf(body: Buffer | undefined): Promise<readonly (readonly [string, Buffer])[]> {
  const bytes = body ?? Buffer.alloc(0);
  const boundary = bytes.subarray(0, bytes.indexOf('\r\n')).toString('latin1');
  return bytes
    .toString('latin1')
    .split(boundary)
    .slice(1, -1)
    .map((part) => {
      const at = part.indexOf('\r\n\r\n');
      return [
        /name="(\w+)"/.exec(part.slice(0, at))?.[1] ?? '',
        Buffer.from(part.slice(at + 4, -2), 'latin1'),
      ] as const;
    });
}

/** Files of a zip, with mode and size. */
export async function filesOf(
  zip: Buffer,
): Promise<ReadonlyMap<string, { readonly mode: number; readonly size: number }>> {
  const files = new Map<string, { mode: number; size: number }>();
  const archive = await fromBufferPromise(zip);
  for await (const entry of archive.eachEntry()) {
    files.set(entry.fileName, { mode: (entry.externalFileAttributes >>> 16) & 0o777, size: entry.uncompressedSize });
  }
  return files;
}
