/** A service that answers as it is told: what a client does when the queue is full, nothing comes back, or something goes away. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A service for one test. */
export interface SlowService {
  readonly url: string;
  readonly heard: Heard[];
  stop(): void;
}

/** Starts one on a free port. `answer` gets every request when it is there to its end. */
export async function slowService(answer: (heard: Heard, response: ServerResponse) => void): Promise<SlowService> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('latin1'),
      };
      heard.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    heard,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
