/** The name of this installation, kept in its data folder: what it makes on a shared engine is told apart by it. */
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

/**
 * Reads the name, or makes one on the first start. The same after every restart with the same data folder; a copied data
 * folder is the same installation.
 */
export async function openInstanceFile(path: string): Promise<string> {
  try {
    // `wx`: of two that start at once, one writes and both read the same.
    await writeFile(path, `${randomUUID()}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return (await readFile(path, 'utf8')).trim();
}
