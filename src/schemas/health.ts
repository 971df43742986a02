/** What `GET /health` answers. */
import { z } from 'zod';

const Part = z.strictObject({
  status: z.enum(['ok', 'degraded', 'down']),
  detail: z.string().max(1000).meta({ description: 'What is wrong and what to do; empty when all is well.' }),
});

/** Readiness: 503 when `down` (no database), 200 when `ok` or `degraded` (no engine, or no room for uploads: analyses of text still work). */
export const Health = z
  .strictObject({
    status: z.enum(['ok', 'degraded', 'down']),
    version: z.string().max(50),
    database: Part,
    disk: Part.meta({ description: 'Whether uploads can be stored.' }),
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
