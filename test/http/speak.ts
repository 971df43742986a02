/** HTTP byte by byte, for what no client would send. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Sends bytes to a listening service and answers everything that comes back until the connection ends. `write` tells
 * whether the connection could still be written to: a peer may cut it off at any time, which is no error here.
 */
export async function speak(
  app: FastifyInstance,
  send: (write: (bytes: string | Buffer) => boolean, heard: () => string) => Promise<unknown>,
): Promise<string> {
  // A listening TCP server has an address of this kind.
  const { port } = app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
  socket.on('error', () => {});
  // Not once(): that one rejects on an error, and a reset while still sending would be a rejection that nobody awaits.
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  await send(
    (bytes) => {
      if (!socket.writable) return false;
      socket.write(bytes);
      return true;
    },
    () => heard,
  );
  socket.end();
  await closed;
  return heard;
}
