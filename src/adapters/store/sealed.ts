/** What a build needs and nobody may read, as it lies in a row. */
import type { Sealer } from '../../use-cases/ports.ts';
import type { SealedInputs } from '../../use-cases/store-port.ts';

/** The inputs through the sealer; `null` when there are none. */
export function sealInputs(inputs: SealedInputs, sealer: Pick<Sealer, 'seal'>): Buffer | null {
  return Object.keys(inputs).length === 0 ? null : sealer.seal(JSON.stringify(inputs));
}

/** What `sealInputs` was given; `undefined` when the key is another one. */
export function unsealInputs(sealed: Uint8Array | null, sealer: Pick<Sealer, 'open'>): SealedInputs | undefined {
  if (sealed === null) return {};
  try {
    // Only sealInputs writes this column.
    return JSON.parse(sealer.open(Buffer.from(sealed))) as SealedInputs;
  } catch {
    return undefined;
  }
}
