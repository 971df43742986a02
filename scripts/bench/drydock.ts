/** The service as `npm start` has it, as a child that tells its usage (served.ts). */
import { createServer } from 'node:net';
import { readConfig } from '../../src/config.ts';
import { serve } from '../../src/serve.ts';
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
await serve({ ...readConfig(), DRYDOCK_PORT: port });
answerUsage(`http://127.0.0.1:${port}`);
