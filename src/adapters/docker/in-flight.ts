/** A request that is under way when the stop signal comes: it is sent, held for a moment, and heard to its end. */
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InFlightSeen } from '../../core/probes/box.ts';

/** After so long without an answer the request has reached the service, and the service works on it. */
const UNDER_WAY_MS = 300;
/** Read, and thrown away; a longer answer is cut off here. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A request on its way. */
export interface HeldRequest {
  /** What became of it; asked when the container has ended or was given up. */
  end(): Promise<InFlightSeen>;
}

type Heard = { readonly status: number } | { readonly reason: string } | { readonly tooLong: true };

/** Sends it and waits until it is under way. Never throws. */
export async function holdRequest(
  at: { readonly host: string; readonly port: number; readonly path: string },
  timeoutMs: number,
  signal: AbortSignal,
): Promise<HeldRequest> {
  const { path } = at;
  const over = new AbortController();
  const heard = send(at, AbortSignal.any([signal, over.signal, AbortSignal.timeout(timeoutMs)]));
  const early = await Promise.race([heard, sleep(UNDER_WAY_MS, undefined, { signal: over.signal })]);
  if (early !== undefined) {
    const reason =
      'status' in early || 'tooLong' in early
        ? `it was answered within ${UNDER_WAY_MS / 1000} s, before the signal came`
        : `it failed before the signal came: ${early.reason}`;
    return { end: async () => ({ seen: 'unseen', path, reason }) };
  }
  return {
    end: async () => {
      // The last bytes may still be on their way when the container is gone already.
      const late = sleep(UNDER_WAY_MS, undefined, { signal: over.signal }).catch(() => undefined);
      const end = (await Promise.race([heard, late])) ?? { reason: 'no answer came' };
      over.abort();
      if ('tooLong' in end) {
        return { seen: 'unseen', path, reason: `its answer has more than ${MOST_BYTES / 1024 / 1024} MiB` };
      }
      return 'status' in end
        ? { seen: 'answered', path, status: end.status }
        : { seen: 'cut-off', path, reason: end.reason };
    },
  };
}

async function send(
  { host, port, path }: { readonly host: string; readonly port: number; readonly path: string },
  signal: AbortSignal,
): Promise<Heard> {
  return await new Promise((resolve) => {
    const request = get({
      ...{ host, port, path, signal, agent: false },
      headers: { host: `localhost:${port}`, 'user-agent': 'drydock', accept: '*/*', connection: 'close' },
    });
    request.on('response', (response) => void read(response).then(resolve));
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ reason: `the connection was closed without an answer (${error.code ?? error.name})` }),
    );
  });
}

/** To the last byte: headers that come before a kill are no answer. */
async function read(response: IncomingMessage): Promise<Heard> {
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length; // no encoding was set, so chunks are Buffers
      if (bytes > MOST_BYTES) return { tooLong: true };
    }
    return { status: response.statusCode ?? 0 };
  } catch {
    return { reason: 'the answer broke off' };
  }
}
