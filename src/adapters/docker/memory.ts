/**
 * What a container holds in memory, from the engine's one look at its control group. The kernel counts file cache as in use; what
 * of it was not touched lately it would take back at once, so that part is left out, as the docker command does.
 */
import { EngineRefusal } from '../../use-cases/errors.ts';
import { z } from 'zod';
import type { MemorySeen } from '../../core/probes/box.ts';

import type { Client } from './client.ts';

const Bytes = z.int().min(0);
const Stats = z.object({
  memory_stats: z.object({
    usage: Bytes.optional(),
    limit: Bytes.optional(),
    /** Version 1 of control groups names the whole below the group `total_…`; version 2 has no other. */
    stats: z.object({ total_inactive_file: Bytes.optional(), inactive_file: Bytes.optional() }).nullish(),
  }),
  pids_stats: z.object({ current: Bytes.optional() }).nullish(),
});

/** Asks. Throws like `Ask` when the engine does not answer. */
export async function seeMemory(client: Client, containerId: string, signal: AbortSignal): Promise<MemorySeen> {
  try {
    return memoryIn(
      await client.ask({ to: 'tell how much memory is in use', reads: Stats, signal }, (abortSignal) => {
        // In a variable of its own: the types of the library do not know that it takes a signal.
        const options = { stream: false as const, 'one-shot': true, abortSignal };
        return client.docker.getContainer(containerId).stats(options);
      }),
    );
  } catch (error) {
    if (error instanceof EngineRefusal) return { seen: 'unseen', reason: `the engine would not tell: ${error.said}` };
    throw error;
  }
}

/** Reads the engine's figures. Of a container that has just ended there are none. */
export function memoryIn({ memory_stats: memory, pids_stats: pids }: z.infer<typeof Stats>): MemorySeen {
  const { usage, limit, stats } = memory;
  if (usage === undefined || limit === undefined || usage === 0) {
    return { seen: 'unseen', reason: 'the engine gave no figures' };
  }
  const idle = stats?.total_inactive_file ?? stats?.inactive_file ?? 0;
  return {
    seen: 'memory',
    bytes: idle < usage ? usage - idle : usage,
    limitBytes: limit,
    pids: pids?.current,
  };
}
