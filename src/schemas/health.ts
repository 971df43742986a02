/** What `GET /health` answers. */
import { z } from 'zod';

const Part = z.strictObject({
  status: z.enum(['ok', 'degraded', 'down']),
  detail: z.string().max(1000).meta({ description: 'What is wrong and what to do; empty when all is well.' }),
});

/** What a sweep of old builds, analyses and logs did. */
export const LastSweep = z
  .strictObject({
    at: z.iso.datetime(),
    builds: z.int().min(0).meta({ description: 'Ended builds that were removed, with their reports and logs.' }),
    analyses: z.int().min(0).meta({ description: 'Stored analyses that were removed.' }),
    logs: z.int().min(0).meta({ description: 'Logs that belonged to no build any more.' }),
    bytes: z.int().min(0).meta({ description: 'What the database and the logs have since then.' }),
  })
  .meta({ id: 'LastSweep', description: 'What was removed because it is old (DRYDOCK_KEEP_…), once an hour.' });
export type LastSweep = z.infer<typeof LastSweep>;

/** Readiness: 503 when `down` (no database), 200 when `ok` or `degraded` (no engine, or no room for uploads: analyses of text still work). */
export const Health = z
  .strictObject({
    status: z.enum(['ok', 'degraded', 'down']),
    version: z.string().max(50),
    database: Part,
    disk: Part.meta({ description: 'Whether uploads can be stored.' }),
    sweep: LastSweep.nullable(),
    engine: Part.extend({ version: z.string().max(100).nullable() }),
    queue: z.strictObject({
      queued: z.int().min(0),
      running: z.int().min(0),
      limit: z.int().min(0).meta({ description: 'Most that may be queued.' }),
      bytes: z.int().min(0).meta({ description: 'Bytes of the contexts of both.' }),
      bytesLimit: z.int().min(0),
    }),
  })
  .meta({ id: 'Health', description: 'Readiness of the service and its parts.' });
export type Health = z.infer<typeof Health>;

/** What `GET /health/live` answers as long as the process does. */
export const Liveness = z
  .strictObject({ status: z.literal('ok') })
  .meta({ id: 'Liveness', description: 'The process answers.' });
export type Liveness = z.infer<typeof Liveness>;
