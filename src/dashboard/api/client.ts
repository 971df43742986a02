/** The public API as the page speaks it: like any other client, with a token where the service wants one. */
import type { Problem } from '../../schemas/problem.ts';
import { makeWatchable } from '../watchable.ts';
import { authorization, noteAnswer, refused, token } from './token.ts';

/** What went wrong, in words for the reader. `problem` is what the service said; without one it could not be reached. */
export class ApiError extends Error {
  readonly problem: Problem | undefined;

  constructor(message: string, problem?: Problem, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

export { token } from './token.ts';

/** False while the service cannot be reached. */
export const isReachable = makeWatchable(true);

/**
 * Asks the service. Resolves with any answer below 400; throws ApiError for the others and when it cannot be reached.
 * An aborted signal rejects with its reason.
 */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const sent = token.get();
  const response = await answerOf(path, init);
  noteAnswer(path, response.status, sent);
  if (response.status >= 400 && !isHealth(path, response)) throw await refusal(response);
  return response;
}

/** Whether the service takes a token, which is not kept by that. Throws ApiError when it cannot be reached. */
export async function isTaken(value: string): Promise<boolean> {
  if (!/^[!-~]+$/.test(value)) return false; // no header can carry it
  const { status } = await answerOf('/build-verify?limit=1', { headers: { authorization: `Bearer ${value}` } });
  return status !== 401;
}

async function answerOf(path: string, init: RequestInit): Promise<Response> {
  const headers = { ...authorization(), ...(init.headers as Record<string, string> | undefined) };
  try {
    const response = await fetch(path, { ...init, headers });
    isReachable.set(true);
    return response;
  } catch (cause) {
    if (init.signal?.aborted === true) throw cause;
    isReachable.set(false);
    throw new ApiError('Drydock cannot be reached. Is it running?', undefined, { cause });
  }
}

/** A service that does not work says so with 503 and in the form of `Health`, which is an answer. */
function isHealth(path: string, { status, headers }: Response): boolean {
  return path === '/health' && status === 503 && headers.get('content-type')?.startsWith('application/json') === true;
}

/** Asks for JSON of a shape that the contract promises. */
export async function askFor<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await ask(path, init);
  return (await response.json()) as T; // the contract is tested against the running service
}

/** Sends JSON and answers JSON. */
export async function send<T>(path: string, body: unknown, init: RequestInit = {}): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return await askFor<T>(path, { ...init, method: 'POST', body: JSON.stringify(body), headers });
}

/** What an answer from 400 on says. */
export async function refusal(response: Response): Promise<ApiError> {
  if (response.headers.get('content-type')?.startsWith('application/problem+json') !== true) {
    return new ApiError(
      `The service answered ${response.status}, and not in its own words. Is there a proxy in between?`,
    );
  }
  const problem = (await response.json()) as Problem; // told by its media type
  return new ApiError(problem.status === 401 ? withoutToken() : (problem.detail ?? problem.title), problem);
}

/** To a reader of the page: the service speaks of headers to whoever writes a client. */
function withoutToken(): string {
  return refused.get() === 'wrong'
    ? 'The service refused this token. Enter another one.'
    : 'This service asks who you are. Enter a token.';
}
