/** The service on the engine of a folder (SOAK_WORLD), otherwise as `npm start` has it: what main.ts kills. */
import { readConfig } from '../../src/config.ts';
import { serve } from '../../src/serve.ts';
import { makeFolderEngine } from './folder-engine.ts';

const world = process.env['SOAK_WORLD'];
if (world === undefined) throw new Error('SOAK_WORLD names the folder of the engine');
await serve(readConfig(), makeFolderEngine(world, Number(process.env['SOAK_CALL_MS'] ?? 150)));
