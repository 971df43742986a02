/** A request to the engine whose answer is read as a stream, where the library has no call of its own that can be trusted. */
import { Duplex, Readable } from 'node:stream';
import type Docker from 'dockerode';
import { inOurWords } from './call.ts';

/** What is sent. */
export interface Dial {
  /** Ends the sentence "The Docker engine was asked to …". */
  readonly to: string;
  readonly method: 'POST' | 'GET';
  /** With a `?` at its end, as the library wants it. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body?: Readable;
  /** Ends the request, or the answer. */
  readonly signal: AbortSignal;
}

/** The part of the library's connection that is used here; its own types leave it open. */
interface Modem {
  dial(options: object, done: (error: unknown, answer: unknown) => void): void;
}

/**
 * Sends, and resolves when the head of the answer is there. The stream rejects when the connection breaks.
 * Throws like `Ask`; has no timer of its own: the caller watches the engine.
 */
export async function dialStream(docker: Docker, dial: Dial): Promise<Readable> {
  const modem: Modem = docker.modem;
  const { promise, resolve, reject } = Promise.withResolvers<Readable>();
  modem.dial(
    {
      path: dial.path,
      method: dial.method,
      // Without the two names the library would cut a character off the path, and send the query as a body too.
      options: { _query: dial.query, _body: {} },
      ...(dial.body === undefined ? {} : { file: dial.body }),
      isStream: true,
      abortSignal: dial.signal,
      statusCodes: { 200: true, 204: true },
    },
    (error, answer) => {
      if (answer instanceof Readable) resolve(answer);
      else reject(inOurWords(error, dial.to));
    },
  );
  return await promise;
}

/** A connection that is asked for, to speak another protocol on it. */
export interface Upgrade {
  readonly to: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly signal: AbortSignal;
}

/**
 * Resolves with the connection when the engine has switched to the other protocol, or with whatever an engine answers that
 * knows no better. Throws like `Ask`; has no timer of its own.
 */
export async function dialUpgrade(docker: Docker, { to, path, headers, signal }: Upgrade): Promise<unknown> {
  const modem: Modem = docker.modem;
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  modem.dial(
    { path, method: 'POST', headers, hijack: true, abortSignal: signal, statusCodes: { 200: true } },
    (error, answer) => {
      if (error !== null && error !== undefined) reject(inOurWords(error, to));
      else {
        // Nobody waits for it any more.
        if (signal.aborted && answer instanceof Duplex) answer.destroy();
        resolve(answer);
      }
    },
  );
  return await promise;
}
