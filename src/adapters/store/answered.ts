/** What the database says, or the one error that its users know. */
import { AppError } from '../../use-cases/errors.ts';

/** Awaits a query. Throws AppError `storage-unavailable` with the driver's error as its cause. */
export async function answered<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'storage-unavailable',
      'The database does not answer, so nothing was stored. Try again in a moment; the log of the service has the reason.',
      { cause: error, retryAfterSeconds: 10 },
    );
  }
}
