/** A receiver of webhooks: a server of its own, that remembers what came and answers as it is told. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What came. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A running receiver. */
export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** Resolves when so many have come. */
  readonly count: (number: number) => Promise<void>;
  close(): void;
}

/** Starts one; `answer` sees the number of the request, from 1. Without it: 204. */
export async function startReceiver(
  options: {
    readonly host?: string;
    readonly port?: number;
    readonly answer?: (response: ServerResponse, number: number) => void;
    readonly serve?: (listener: RequestListener) => Server;
  } = {},
): Promise<Receiver> {
  const { host = '127.0.0.1', answer = (response) => void response.writeHead(204).end() } = options;
  const { serve = (listener) => createServer(listener) } = options;
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const server = serve((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body });
      answer(response, received.length);
      for (const look of waiting) look();
    });
  });
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  // A listening TCP server has an address of this kind.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    port,
    received,
    count: (number) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (received.length < number) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
