/** A door to the engine that can be shut: what goes through it is the real one's, and then nothing is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DockerHost } from '../../src/adapters/docker/connection.ts';

/** An engine that can be made to go away. */
export interface Door {
  /** A socket of its own; short, because the path of a socket has at most 107 letters. */
  readonly path: string;
  /** Cuts every connection and takes no new one. */
  readonly go: () => void;
  readonly comeBack: () => void;
  readonly close: () => void;
}

/** Opens a door to the engine at an address without TLS. */
export async function openDoor(engine: DockerHost): Promise<Door> {
  const folder = mkdtempSync(join(tmpdir(), 'door-'));
  const path = join(folder, 's');
  let isAway = false;
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (isAway) {
      client.destroy();
      return;
    }
    const real = engine.kind === 'socket' ? connect(engine.socketPath) : connect(engine.port, engine.host);
    for (const [one, other] of [
      [client, real],
      [real, client],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    go: () => {
      isAway = true;
      for (const socket of open) socket.destroy();
    },
    comeBack: () => {
      isAway = false;
    },
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
