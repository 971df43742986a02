/** A file of the operator's that may change while the service runs. */
import { readFile, stat } from 'node:fs/promises';

/** The file, and how to stop looking at it. */
export interface WatchedFile {
  end(): void;
}

/**
 * Calls `changed` with the text of the file whenever that is another one than `known`, within `everyMs`. A file that is not there, or
 * cannot be read, is told to `failed`, and looked for again. Polled: watches of a folder do not tell of what a mounted secret becomes.
 */
export function watchFile(
  path: string,
  known: string,
  handlers: { readonly changed: (text: string) => void; readonly failed: (error: unknown) => void },
  everyMs = 2000,
): WatchedFile {
  let text = known;
  let stamp = '';
  let isFailing = false;
  let isEnded = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    try {
      const { mtimeMs, ino, size } = await stat(path);
      const now = `${mtimeMs} ${ino} ${size}`;
      if (now !== stamp) {
        const read = await readFile(path, 'utf8');
        stamp = now;
        if (read !== text && !isEnded) {
          text = read;
          handlers.changed(read);
        }
      }
      isFailing = false;
    } catch (error) {
      // Told once, until it is well again.
      if (!isFailing && !isEnded) handlers.failed(error);
      isFailing = true;
    }
    next();
  };
  const next = (): void => {
    if (isEnded) return;
    timer = setTimeout(() => void look(), everyMs);
    timer.unref();
  };
  next();
  return {
    end: () => {
      isEnded = true;
      clearTimeout(timer);
    },
  };
}
