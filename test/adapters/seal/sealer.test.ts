/** AES-256-GCM with a key file. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t from 'tap';
import { openKeyFile } from '../../../src/adapters/seal/key-file.ts';
import { makeSealer } from '../../../src/adapters/seal/sealer.ts';
import { sealerContract } from './contract.ts';

const root = mkdtempSync(join(tmpdir(), 'drydock-seal-'));
t.teardown(() => rmSync(root, { recursive: true, force: true }));

function newFile(): string {
  return join(root, randomUUID(), 'key');
}

await sealerContract(t, () => makeSealer(randomBytes(32)));

await t.test('a key of another length is refused', async (t) => {
  for (const length of [0, 16, 31, 33]) t.throws(() => makeSealer(Buffer.alloc(length)), String(length));
});

await t.test('the first start makes a key that only its owner can read, and every later start reads it', async (t) => {
  const path = newFile();
  const first = await openKeyFile(path);
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.equal(readFileSync(path).length, 32);
  t.strictSame(readdirSync(dirname(path)), ['key'], 'nothing else is left in the folder');
  const later = await openKeyFile(path);
  t.equal(later.open(first.seal('secret')), 'secret');
  t.throws(() => makeSealer(randomBytes(32)).open(first.seal('secret')));
});

await t.test('starts at the same moment agree on one key', async (t) => {
  const path = newFile();
  const [one, ...others] = await Promise.all(Array.from({ length: 8 }, () => openKeyFile(path)));
  for (const other of others) t.equal(other.open(one?.seal('secret') ?? Buffer.alloc(0)), 'secret');
  t.strictSame(readdirSync(dirname(path)), ['key']);
});

await t.test('a file that is no key is refused with what to do, and left as it is', async (t) => {
  const path = newFile();
  mkdirSync(dirname(path));
  for (const content of ['', 'short', 'x'.repeat(33)]) {
    writeFileSync(path, content);
    await t.rejects(openKeyFile(path), { message: /32.*DRYDOCK_KEY_FILE.*remove it/ });
    t.equal(readFileSync(path, 'utf8'), content);
  }
  await t.rejects(openKeyFile(dirname(path)), { code: 'EISDIR' });
});
