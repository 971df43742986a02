/** One HTTP request to the container, and what became of it. Redirects are not followed; the body is not read. */
import { get } from 'node:http';

/** What was heard. `connected`: somebody accepted the connection. */
export type Knock =
  | { readonly heard: 'status'; readonly status: number }
  /** Nothing listens on the port: the container itself said so. */
  | { readonly heard: 'refused'; readonly reason: string }
  /** Something accepted the connection and then closed it, never answered, or spoke something else than HTTP. */
  | { readonly heard: 'nothing'; readonly reason: string; readonly isHttp: boolean }
  /** No packet came back: the container's network is not reachable from here. */
  | { readonly heard: 'unreachable'; readonly reason: string };

/** Asks once. Never throws; an abort of the signal counts as nothing heard. */
export async function knock(
  at: { readonly host: string; readonly port: number; readonly path: string },
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Knock> {
  return await new Promise((resolve) => {
    let isConnected = false;
    const request = get({
      host: at.host,
      port: at.port,
      // A path may hold letters that HTTP does not send as they are; what is encoded already stays.
      path: encodeURI(at.path).replaceAll('%25', '%'),
      agent: false,
      signal,
      // The name that a health check inside the container would use: frameworks refuse hosts that they do not know.
      headers: { host: `localhost:${at.port}`, 'user-agent': 'drydock', accept: '*/*', connection: 'close' },
    });
    const timer = setTimeout(() => {
      const reason = `no answer within ${Math.round(timeoutMs / 100) / 10} s`;
      end(isConnected ? { heard: 'nothing', reason, isHttp: true } : { heard: 'unreachable', reason });
    }, timeoutMs);
    const end = (knocked: Knock): void => {
      clearTimeout(timer);
      resolve(knocked);
      request.destroy();
    };
    request.on('socket', (socket) => socket.once('connect', () => (isConnected = true)));
    request.on('response', (response) => end({ heard: 'status', status: response.statusCode ?? 0 }));
    request.on('error', (error: NodeJS.ErrnoException) => end(afterError(error, isConnected)));
  });
}

function afterError(error: NodeJS.ErrnoException, isConnected: boolean): Knock {
  const code = error.code ?? error.name;
  if (isConnected) {
    if (code.startsWith('HPE_')) return { heard: 'nothing', reason: 'the answer is not HTTP', isHttp: false };
    return { heard: 'nothing', reason: 'the connection was closed without an answer', isHttp: false };
  }
  if (code === 'ECONNREFUSED') return { heard: 'refused', reason: 'nothing listens (connection refused)' };
  return { heard: 'unreachable', reason: `no connection (${code})` };
}
