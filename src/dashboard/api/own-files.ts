/** Whether the service still has the files that this page is made of. */
import { isReachable } from './client.ts';

/** `same`: it has them; `other`: it is another version, which has others; `away`: it does not answer. */
export type OwnFiles = 'same' | 'other' | 'away';

/** Asks for the head of this very file: its address changes with the version, and one answer tells both. */
export async function askForOwnFiles(): Promise<OwnFiles> {
  const status = await fetch(import.meta.url, { method: 'HEAD', cache: 'no-store' }).then(
    (answer) => answer.status,
    () => undefined,
  );
  if (status === undefined) isReachable.set(false);
  else isReachable.set(true);
  if (status === 404) return 'other';
  return status === 200 ? 'same' : 'away';
}
