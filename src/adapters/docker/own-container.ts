/** Whether Drydock itself runs in a container of the engine that it speaks to, and in which. */
import { EngineRefusal } from '../../use-cases/errors.ts';
import { access } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';

import type { Client } from './client.ts';

/** The container around Drydock. */
export interface OwnContainer {
  readonly id: string;
  /** Of the engine's API 1.51, the 51. */
  readonly apiMinor: number;
}

/** Docker puts this file into every container. */
const MARK = '/.dockerenv';

const Inspected = z.object({
  Id: z.string(),
  State: z.object({ Running: z.boolean() }),
  Config: z.object({ Hostname: z.string() }),
});

/**
 * The container that this process runs in; `undefined` on a host, in a container of another engine, and in one that
 * shares its host's network. Throws like `Ask`.
 */
export async function ownContainer(client: Client, signal: AbortSignal): Promise<OwnContainer | undefined> {
  if (!(await exists(MARK))) return undefined;
  const { docker, ask } = client;
  try {
    const found = await ask({ to: 'look for a container', reads: Inspected, signal }, (abortSignal) =>
      docker.getContainer(hostname()).inspect({ abortSignal }),
    );
    // A name or the beginning of an id would be found too; only the host name says that it is this one.
    if (!found.State.Running || found.Config.Hostname !== hostname()) return undefined;
    const { ApiVersion } = await ask(
      { to: 'tell its version', reads: z.object({ ApiVersion: z.string() }), signal },
      () => docker.version(),
    );
    return { id: found.Id, apiMinor: Number(ApiVersion.split('.')[1]) };
  } catch (error) {
    if (error instanceof EngineRefusal && error.status === 404) return undefined;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
