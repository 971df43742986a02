/** Who builds, and with which engine. */
import { z } from 'zod';

/** One worker, as it last said of itself. */
export const Worker = z
  .strictObject({
    id: z
      .string()
      .max(255)
      .meta({ description: 'Name of its host.', examples: ['drydock-1'] }),
    state: z
      .enum(['alive', 'stale'])
      .meta({ id: 'WorkerState', description: '`stale`: it has not been heard of for half a minute.' }),
    lastSeenAt: z.iso.datetime(),
    engine: z
      .string()
      .max(100)
      .nullable()
      .meta({ description: 'Version of the Docker engine that answered it last; `null` when none does.' }),
    problem: z.string().max(2000).meta({ description: 'Why none answers, and what to do; empty when one does.' }),
    concurrency: z.int().min(1).meta({ description: 'Builds that it works on at the same time, at most.' }),
    running: z.int().min(0).meta({ description: 'Builds that it works on now.' }),
  })
  .meta({ id: 'Worker', description: 'Who builds, and with which engine.' });
export type Worker = z.infer<typeof Worker>;

/** What `GET /workers` answers. */
export const WorkerList = z
  .strictObject({ workers: z.array(Worker).max(100) })
  .meta({ id: 'WorkerList', description: 'Workers; none before the first one has looked at its engine.' });
export type WorkerList = z.infer<typeof WorkerList>;
