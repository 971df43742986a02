/**
 * One question to the engine, raced with a timer of our own and with the caller's signal.
 *
 * The library's own means do not suffice: when the engine dies between the head and the body of an answer, its calls
 * never settle, whatever timeout or signal they were given. So the race is run here, and the loser is left behind.
 */
import { z } from 'zod';
import { AppError, EngineRefusal } from '../../use-cases/errors.ts';

/** A question to the engine. */
interface Question<T> {
  /** Ends the sentence "The Docker engine was asked to …". */
  readonly to: string;
  /** What is taken from the answer. */
  readonly reads: z.ZodType<T>;
  /** Ends the wait with the signal's own reason. `undefined`: the call is not to be given up, as in a clean-up. */
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

/**
 * Asks and reads. Throws the signal's reason, EngineRefusal when the engine says no, AppError `engine-unavailable` when
 * it cannot be reached, is silent past the deadline, or answers something that the schema does not know.
 */
export type Ask = <T>(question: Question<T>, send: (signal: AbortSignal) => Promise<unknown>) => Promise<T>;

/** For questions whose answer does not matter. */
export const nothing = z.unknown();

/** Makes the function; `closing` ends every call at once. */
export function makeAsk(defaultTimeoutMs: number, closing: AbortSignal): Ask {
  return async (question, send) => {
    const { to, reads, signal, timeoutMs = defaultTimeoutMs } = question;
    signal?.throwIfAborted();
    closing.throwIfAborted();
    const reply = await race(send, to, timeoutMs, [signal, closing]);
    const read = reads.safeParse(reply);
    if (read.success) return read.data;
    throw unknownAnswer(to, read.error);
  };
}

async function race(
  send: (signal: AbortSignal) => Promise<unknown>,
  to: string,
  timeoutMs: number,
  signals: readonly (AbortSignal | undefined)[],
): Promise<unknown> {
  const request = new AbortController();
  const owners = signals.filter((signal) => signal !== undefined);
  return await new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      for (const owner of owners) owner.removeEventListener('abort', onAbort);
    };
    const giveUp = (reason: unknown): void => {
      end();
      reject(reason);
      // Frees the socket where the library still listens to its signal.
      request.abort();
    };
    const onAbort = (): void => giveUp(owners.find((owner) => owner.aborted)?.reason);
    const timer = setTimeout(() => {
      const seconds = Math.round(timeoutMs / 100) / 10;
      giveUp(
        new AppError('engine-unavailable', `The Docker engine was asked to ${to} and was silent for ${seconds} s.`),
      );
    }, timeoutMs);
    for (const owner of owners) owner.addEventListener('abort', onAbort, { once: true });
    send(request.signal).then(
      (reply) => {
        end();
        resolve(reply);
      },
      (error: unknown) => {
        end();
        reject(inOurWords(error, to));
      },
    );
  });
}

const HTTP_ERROR = z.object({ statusCode: z.int(), json: z.unknown().optional(), message: z.string() });
const SYSTEM_ERROR = z.object({ code: z.string() });

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  EACCES: 'the permission to use its socket is missing',
  ECONNREFUSED: 'nothing listens at its address',
  ECONNRESET: 'it closed the connection',
  ENOTFOUND: 'its name is not known',
};

function unknownAnswer(to: string, cause: unknown): AppError {
  const message = `The Docker engine was asked to ${to} and gave an answer that Drydock does not know.`;
  return new AppError('engine-unavailable', message, { cause });
}

/** What the library threw, as an error of this project; a mistake of our own stays what it is. */
export function inOurWords(error: unknown, to: string): unknown {
  // Said already, where one question is asked within another.
  if (error instanceof AppError) return error;
  const refused = HTTP_ERROR.safeParse(error);
  if (refused.success) {
    const { statusCode, json, message } = refused.data;
    const told = z.object({ message: z.string() }).safeParse(json);
    // Streamed answers carry no parsed body; the library puts its text behind a prefix of its own.
    const said = told.success ? told.data.message : message.replace(/^\(HTTP code \d+\) .*? - /, '');
    return new EngineRefusal(to, statusCode, said.trim(), error);
  }
  const system = SYSTEM_ERROR.safeParse(error);
  if (!system.success) {
    const isUnread = error instanceof z.ZodError || error instanceof SyntaxError || error instanceof RangeError;
    return isUnread ? unknownAnswer(to, error) : error;
  }
  const hint = HINTS[system.data.code] ?? `the connection failed with ${system.data.code}`;
  return new AppError('engine-unavailable', `The Docker engine was asked to ${to} and did not answer: ${hint}.`, {
    cause: error,
  });
}
