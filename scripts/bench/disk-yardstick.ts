/** The yardstick of upload, as a child that tells its usage (served.ts): a bare server that pipes each body into a file, syncs it, and answers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { answerUsage } from './served.ts';

const folder = mkdtempSync(join(process.env['DRYDOCK_DATA_DIR'] ?? tmpdir(), 'yardstick-'));
const server = createServer((request, response) => {
  const keep = async (): Promise<void> => {
    const path = join(folder, 'body');
    const file = await open(path, 'w');
    await pipeline(request, file.createWriteStream({ flush: true }));
    rmSync(path);
    response.end('{}');
  };
  keep().catch((error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))));
});
server.requestTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) answerUsage(`http://127.0.0.1:${address.port}`);
});
