/** An engine that answers the questions of health and opens the session of a build; all else it refuses, and repeats what it was sent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running one. */
export interface RepeatingEngine {
  /** For DOCKER_HOST. */
  readonly address: string;
  /** Every address that it was asked. */
  readonly heard: readonly string[];
  stop(): void;
}

/** Starts one on a free port. */
export async function startRepeatingEngine(): Promise<RepeatingEngine> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    heard.push(url);
    request.resume();
    response.setHeader('content-type', 'application/json');
    if (url.endsWith('/version')) response.end(JSON.stringify({ Version: '28.0.0', Os: 'linux' }));
    else if (url.endsWith('/_ping')) response.end('OK');
    // Nothing is there yet.
    else if (method === 'GET') response.end(url.includes('/volumes') ? '{"Volumes":[]}' : '[]');
    else {
      const login = Buffer.from(String(headers['x-registry-config'] ?? ''), 'base64').toString();
      response.statusCode = 400;
      response.end(JSON.stringify({ message: `cannot ${method} ${url} ${decodeURIComponent(url)} ${login}` }));
    }
  });
  server.on('upgrade', (_request, socket) => {
    socket.on('error', () => undefined);
    socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    address: `tcp://127.0.0.1:${port}`,
    heard,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
