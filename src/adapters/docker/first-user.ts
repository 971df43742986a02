/**
 * The user that a container begins with, for one that was over before its processes could be listed. A name is looked up in the
 * container's own /etc/passwd. Containers under test get no new privileges (container.ts), so what begins without root never has it.
 */
import { EngineRefusal } from '../../use-cases/errors.ts';
import { extract } from 'tar-stream';
import type { ProcessesSeen } from '../../core/probes/box.ts';

import type { Client } from './client.ts';
import { dialStream } from './dial.ts';
import { plainText } from './plain-text.ts';

const PASSWD_MS = 10_000;
const MOST_BYTES = 256 * 1024;

/** Tells it. `user` as USER says it, with or without a group. Throws like `Ask` when the engine does not answer. */
export async function seeFirstUser(
  client: Client,
  { containerId, user }: { readonly containerId: string; readonly user: string },
  signal: AbortSignal,
): Promise<ProcessesSeen> {
  const name = plainText(user).split(':')[0] ?? '';
  if (name === '' || name === 'root') return { seen: 'user', uid: 0, user: name };
  if (/^\d{1,10}$/.test(name)) return { seen: 'user', uid: Number(name), user: name };
  const passwd = await readPasswd(client, containerId, signal);
  const line = passwd?.split('\n').find((one) => one.startsWith(`${name}:`));
  const uid = line?.split(':')[2] ?? '';
  return /^\d{1,10}$/.test(uid)
    ? { seen: 'user', uid: Number(uid), user: name }
    : { seen: 'unseen', reason: 'it ended before they could be listed, and which user it began with was not found' };
}

/** The text of /etc/passwd; `undefined` where there is none that could be read. */
async function readPasswd(client: Client, containerId: string, signal: AbortSignal): Promise<string | undefined> {
  const limit = AbortSignal.timeout(PASSWD_MS);
  const either = AbortSignal.any([signal, limit]);
  const path = `/containers/${containerId}/archive?`;
  const query = { path: '/etc/passwd' };
  const given = Promise.withResolvers<never>();
  given.promise.catch(() => undefined);
  either.addEventListener('abort', () => given.reject(either.reason), { once: true });
  const read = async (): Promise<string | undefined> => {
    const to = 'hand out a file';
    const stream = await dialStream(client.docker, { to, method: 'GET', path, query, signal: either });
    try {
      return await firstFile(stream);
    } finally {
      stream.destroy();
    }
  };
  try {
    // When the engine dies in the middle of an answer nothing of the library's settles.
    return await Promise.race([read(), given.promise]);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof EngineRefusal || limit.aborted) return undefined;
    throw error;
  }
}

async function firstFile(tar: NodeJS.ReadableStream): Promise<string | undefined> {
  const entries = extract();
  tar.on('error', (error: Error) => entries.destroy(error));
  tar.pipe(entries);
  for await (const entry of entries) {
    if (entry.header.type !== 'file' || (entry.header.size ?? 0) > MOST_BYTES) return undefined;
    const chunks: Buffer[] = [];
    // A stream of bytes.
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  }
  return undefined;
}
