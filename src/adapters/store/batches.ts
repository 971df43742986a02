/**
 * Rows that come one by one and are written together: whatever arrived while the last ones were written goes into one statement, which is
 * one transaction and one wait for the disk. Nobody is told that a row is stored before it is.
 */

/** Rows of one statement: SQLite takes 32,766 values in it. */
const MOST_ROWS = 500;
/** Bytes of one statement, roughly: a hostile Dockerfile has a report of megabytes. */
const MOST_BYTES = 8_000_000;

/** What a row itself may be refused for; everything else befalls all of them alike. Sources: SQLite's result codes; PostgreSQL, classes 22 and 23. */
const OF_THE_ROW = /^(?:SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG|RANGE)|2[23][0-9A-Z]{3}$)/;

interface Waiting<Row> {
  readonly row: Row;
  readonly bytes: number;
  readonly written: PromiseWithResolvers<void>;
}

/**
 * Makes the function that writes a row, and resolves when it is committed. Rejects with what `write` throws for it: a row that is refused
 * does not take its neighbours with it.
 * @param write  writes all of them or none
 */
export function makeBatches<Row>(
  write: (rows: readonly Row[]) => Promise<unknown>,
): (row: Row, bytes: number) => Promise<void> {
  const waiting: Waiting<Row>[] = [];
  let isWriting = false;

  const writeAll = async (): Promise<void> => {
    isWriting = true;
    // The driver blocks, so who comes at the same time is heard only when the loop goes round once more.
    for (; waiting.length > 0;) {
      await new Promise((resolve) => setImmediate(resolve));
      const batch = taken(waiting);
      const failure = await failureOf(write(batch.map(({ row }) => row)));
      for (const one of batch) {
        const own =
          failure === undefined || batch.length === 1 || !isOfTheRow(failure)
            ? failure
            : await failureOf(write([one.row]));
        if (own === undefined) one.written.resolve();
        else one.written.reject(own.error);
      }
    }
    isWriting = false;
  };

  return async (row, bytes) => {
    const written = Promise.withResolvers<void>();
    waiting.push({ row, bytes, written });
    // It never rejects: what fails is told to whoever waits for it.
    if (!isWriting) void writeAll();
    await written.promise;
  };
}

function taken<Row>(waiting: Waiting<Row>[]): readonly Waiting<Row>[] {
  let bytes = 0;
  let rows = 0;
  for (const one of waiting) {
    bytes += one.bytes;
    if (rows > 0 && (bytes > MOST_BYTES || rows === MOST_ROWS)) break;
    rows += 1;
  }
  return waiting.splice(0, rows);
}

interface Failure {
  readonly error: unknown;
}

async function failureOf(work: Promise<unknown>): Promise<Failure | undefined> {
  return await work.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
}

function isOfTheRow({ error }: Failure): boolean {
  return error instanceof Error && 'code' in error && OF_THE_ROW.test(String(error.code));
}
