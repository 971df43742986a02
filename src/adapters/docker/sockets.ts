/**
 * Where a container listens, read off the kernel's own tables: /proc/net/tcp of its network.
 *
 * On the engine's machine the table of PID 1 is read from outside, which works for images without a shell too. From
 * elsewhere the container is asked to `cat` it; an image without that program stays unseen.
 */
import { EngineRefusal } from '../../use-cases/errors.ts';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ListeningSocket, SocketsSeen } from '../../core/probes/box.ts';

import type { Client } from './client.ts';
import { dialStream } from './dial.ts';
import { unframed } from './output.ts';

const TABLES = ['net/tcp', 'net/tcp6'] as const;
/** State of a socket that waits for connections. Source: Linux, include/net/tcp_states.h. */
const LISTEN = '0A';
/** The engine's own name server, in every network that a user made. */
const ENGINE_DNS = '127.0.0.11';
const MOST_BYTES = 256 * 1024;
const EXEC_MS = 10_000;

/**
 * The listening sockets. `pid` is the number of PID 1 on the engine's host. Throws like `Ask` when the engine does not answer.
 */
export async function seeSockets(
  client: Client,
  container: { readonly id: string; readonly pid: number; readonly exposed: readonly number[] },
  signal: AbortSignal,
): Promise<SocketsSeen> {
  const { exposed } = container;
  try {
    const tables = (await fromOutside(container)) ?? (await fromInside(client, container.id, signal));
    if (tables === undefined) {
      return {
        seen: 'unseen',
        reason: 'the image has no `cat` that could show its sockets, and the engine is elsewhere',
      };
    }
    return { seen: 'sockets', listening: listeningIn(tables), exposed };
  } catch (error) {
    if (error instanceof EngineRefusal)
      return { seen: 'unseen', reason: `the engine would not show it: ${error.said}` };
    throw error;
  }
}

/** The tables of a process of this machine; `undefined` when it is not the container's. */
async function fromOutside({ id, pid }: { readonly id: string; readonly pid: number }): Promise<string | undefined> {
  try {
    // The same number may be somebody else here: only the control group says whose process it is.
    if (!(await readFile(`/proc/${pid}/cgroup`, 'utf8')).includes(id)) return undefined;
    const texts = await Promise.all(TABLES.map((table) => readFile(`/proc/${pid}/${table}`, 'utf8').catch(() => '')));
    return texts.every((text) => text === '') ? undefined : texts.join('\n');
  } catch {
    return undefined;
  }
}

const Made = z.object({ id: z.string() });
const Ended = z.object({ ExitCode: z.number().nullish(), Running: z.boolean() });

async function fromInside(client: Client, id: string, signal: AbortSignal): Promise<string | undefined> {
  const { docker, ask } = client;
  const exec = await ask({ to: 'prepare a look at sockets', reads: Made, signal }, (abortSignal) =>
    docker.getContainer(id).exec({
      Cmd: ['cat', ...TABLES.map((table) => `/proc/${table}`)],
      AttachStdout: true,
      AttachStderr: false,
      abortSignal,
    }),
  );
  const limit = AbortSignal.any([signal, AbortSignal.timeout(EXEC_MS)]);
  const to = 'look at sockets';
  const bytes = await ask({ to, reads: z.instanceof(Buffer), signal, timeoutMs: EXEC_MS }, async () => {
    const stream = await dialStream(docker, {
      to,
      method: 'POST',
      path: `/exec/${exec.id}/start?`,
      query: {},
      signal: limit,
    });
    const parts: Buffer[] = [];
    let length = 0;
    for await (const part of stream) {
      if (!Buffer.isBuffer(part)) continue;
      parts.push(part);
      if ((length += part.length) > MOST_BYTES) break;
    }
    return Buffer.concat(parts);
  });
  const { ExitCode } = await ask({ to: 'tell how a look ended', reads: Ended, signal }, () =>
    docker.getExec(exec.id).inspect(),
  );
  const text = unframed(bytes).toString();
  // A kernel without IPv6 has no second table, and `cat` says so with its exit code.
  return ExitCode === 0 || text.includes('local_address') ? text : undefined;
}

function listeningIn(tables: string): readonly ListeningSocket[] {
  const found = new Map<string, ListeningSocket>();
  for (const line of tables.split('\n')) {
    const [, local = '', , state] = line.trim().split(/\s+/);
    if (state !== LISTEN) continue;
    const [host = '', port = ''] = local.split(':');
    const address = addressOf(host);
    if (address !== ENGINE_DNS) found.set(local, { address, port: Number.parseInt(port, 16) });
  }
  return [...found.values()].slice(0, 1000);
}

/** The kernel prints each group of four bytes as a number in the order of this machine. */
function addressOf(hex: string): string {
  const bytes = [...hex.matchAll(/.{8}/g)].flatMap(([group]) => [...Buffer.from(group, 'hex')].toReversed());
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.every((byte) => byte === 0)) return '::';
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return '::1';
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (isMapped) return bytes.slice(12).join('.');
  return (Buffer.from(bytes).toString('hex').match(/.{4}/g) ?? []).join(':');
}
