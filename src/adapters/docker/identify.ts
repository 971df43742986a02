/** By what the engine knows images: the id, the digests at registries, the layers. */
import { EngineRefusal } from '../../use-cases/errors.ts';
import { z } from 'zod';
import type { ImageIdentity } from '../../core/report/base-images.ts';

import type { Client } from './client.ts';

const Inspected = z.object({
  Id: z.string().max(200),
  RepoDigests: z.array(z.string().max(1000)).nullish(),
  RootFS: z.object({ Layers: z.array(z.string()).nullish() }).nullish(),
});

/** No such image; a name that the engine does not take for one. */
const NOT_THERE: ReadonlySet<number> = new Set([400, 404]);

/** Asks for each; one that the engine does not have is left out. Throws like `Ask` when it does not answer. */
export async function identifyImages(
  client: Client,
  references: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ImageIdentity>> {
  const asked = [...new Set(references)].map(async (reference) => {
    try {
      const { Id, RepoDigests, RootFS } = await client.ask({ to: 'describe an image', reads: Inspected, signal }, () =>
        client.docker.getImage(reference).inspect(),
      );
      return [[reference, { id: Id, repoDigests: RepoDigests ?? [], layers: RootFS?.Layers ?? [] }]] as const;
    } catch (error) {
      if (error instanceof EngineRefusal && NOT_THERE.has(error.status)) return [];
      throw error;
    }
  });
  return new Map((await Promise.all(asked)).flat());
}
