/** What the disk says, or the one error that users of the spool know. */
import { AppError } from '../../use-cases/errors.ts';

/** Awaits work on the disk. Throws AppError `storage-unavailable` with the system's error as its cause. */
export async function onDisk<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw diskFailed(error);
  }
}

/** The error for a disk that does not do its work. */
export function diskFailed(cause: unknown): AppError {
  const isFull = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
  return new AppError(
    'storage-unavailable',
    isFull
      ? 'The disk for uploads is full, so nothing was stored. Try again later; the operator can make room in DRYDOCK_DATA_DIR.'
      : 'The disk for uploads cannot be read or written. Try again later; the log of the service has the reason.',
    { cause, retryAfterSeconds: 60 },
  );
}
