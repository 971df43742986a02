/**
 * The service as `npm start` has it, as a child that tells its usage (served.ts); with SOAK_WORLD on the engine of that folder, on which
 * builds cost nothing.
 */
import { createServer } from 'node:net';
import { readConfig } from '../../src/config.ts';
import { serve } from '../../src/serve.ts';
import { makeFolderEngine } from '../soak/folder-engine.ts';
import { answerUsage } from './served.ts';

// Where it listens stands in its log alone, so a free port is looked for first.
const probe = createServer();
const port = await new Promise<number>((resolve) => {
  probe.listen(0, '127.0.0.1', () => {
    const address = probe.address();
    resolve(typeof address === 'object' && address !== null ? address.port : 0);
  });
});
await new Promise((resolve) => probe.close(resolve));
const world = process.env['SOAK_WORLD'];
const engine = world === undefined ? undefined : makeFolderEngine(world, 0);
await serve({ ...readConfig(), DRYDOCK_PORT: port }, engine);
answerUsage(`http://127.0.0.1:${port}`);
