/** A request that a test makes in nobody's name. */
import { traceOf } from '../../src/use-cases/origin.ts';
import type { Origin } from '../../src/use-cases/origin.ts';

/** It begins a trace of its own. */
export const someOrigin: Origin = { requestId: 'request-1', trace: traceOf(undefined, undefined) };
