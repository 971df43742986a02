/** What a container wrote into its own layer, as the engine compares it with the image. */
import { EngineRefusal } from '../../use-cases/errors.ts';
import { z } from 'zod';
import type { WrittenSeen } from '../../core/probes/box.ts';

import type { Client } from './client.ts';
import { plainText } from './plain-text.ts';

/** A container that writes more than this many files is told as such. */
const MOST_FILES = 20_000;
/** 0: changed, 1: added, 2: deleted. */
const Changes = z.array(z.object({ Path: z.string(), Kind: z.int() })).nullish();

/** Asks. Throws like `Ask` when the engine does not answer. */
export async function seeWritten(
  client: Client,
  { containerId, volumes }: { readonly containerId: string; readonly volumes: readonly string[] },
  signal: AbortSignal,
): Promise<WrittenSeen> {
  try {
    const changes = await client.ask({ to: 'tell what a container wrote', reads: z.unknown(), signal }, (abortSignal) =>
      client.docker.getContainer(containerId).changes({ abortSignal }),
    );
    // Without a change the library hands out the bytes of the word null.
    const read = Buffer.isBuffer(changes) ? [] : (Changes.parse(changes) ?? []);
    const paths = read.filter(({ Kind }) => Kind !== 2).map(({ Path }) => Path);
    const sorted = paths.toSorted();
    // A folder is told as changed when something in it was.
    const files = sorted.filter((path, index) => sorted[index + 1]?.startsWith(`${path}/`) !== true);
    return {
      seen: 'written',
      files: files.slice(0, MOST_FILES).map((path) => plainText(path).slice(0, 1000)),
      isCutOff: files.length > MOST_FILES,
      volumes,
    };
  } catch (error) {
    if (error instanceof EngineRefusal) return { seen: 'unseen', reason: `the engine would not tell: ${error.said}` };
    throw error;
  }
}
