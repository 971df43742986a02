/** The file with the sealing key: made on the first start, read on every later one. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigError } from '../../use-cases/errors.ts';
import type { Sealer } from '../../use-cases/ports.ts';
import { KEY_BYTES, makeSealer } from './sealer.ts';

/**
 * A sealer with the key in the file at `path`; where there is none, a new one is made, readable by its owner only.
 * Safe to call from two processes at once: both get the same key, never a half-written one.
 * Throws ConfigError when the file holds something that is no key: a new one in its place would make sealed builds unreadable without a word.
 */
export async function openKeyFile(path: string): Promise<Sealer> {
  const key = (await readIfThere(path)) ?? (await makeKeyFile(path));
  if (key.length !== KEY_BYTES) {
    throw new ConfigError(
      `The key file ${path} has ${key.length} bytes, and a key has ${KEY_BYTES}. Put the right file there (DRYDOCK_KEY_FILE names ` +
        'it), or remove it and start again: a new key is made, and builds that wait with build arguments or variables end as errored.',
    );
  }
  return makeSealer(key);
}

async function makeKeyFile(path: string): Promise<Buffer> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.part`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(randomBytes(KEY_BYTES));
    await file.sync();
    // A link fails where a rename would replace the key that another process has just made.
    await link(temporary, path).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  } finally {
    await file.close();
    await rm(temporary, { force: true });
  }
  return await readFile(path);
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  return await readFile(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
