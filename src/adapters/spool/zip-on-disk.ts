/** An uploaded zip, put on the disk for as long as it is read. */
import { open, rm } from 'node:fs/promises';
import type { Borrowed } from '../archive/borrow.ts';
import { sentBytes } from '../archive/expand.ts';
import type { ArchiveLimits } from '../archive/limits.ts';
import type { ArchiveEntry } from '../archive/read-archive.ts';
import { openZip } from '../archive/read-zip.ts';
import { onDisk } from './on-disk.ts';

/**
 * The entries of the zip, which lies at `path` until it is open and without a name from then on. Gives the upload back when all
 * of it is there. Throws what `sentBytes` and `openZip` throw, and AppError `storage-unavailable`.
 */
export async function* readZipUpload(
  upload: Borrowed,
  path: string,
  limits: ArchiveLimits,
): AsyncGenerator<ArchiveEntry> {
  const file = await onDisk(open(path, 'wx', 0o600));
  try {
    for await (const chunk of sentBytes(upload.chunks, limits)) await onDisk(file.writeFile(chunk));
  } finally {
    upload.giveBack();
    await file.close();
  }
  const zip = await openZip(path, limits);
  try {
    await onDisk(rm(path));
    yield* zip.entries;
  } finally {
    zip.close();
  }
}
