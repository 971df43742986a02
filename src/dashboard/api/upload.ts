/** Sends a form and tells how far it is, which `fetch` does not. */
import { ApiError, isReachable, refusal } from './client.ts';
import { authorization, noteAnswer, token } from './token.ts';

/**
 * Posts a form and answers JSON. Throws ApiError for a refusal and when the connection breaks; then the same form may be sent
 * again under the same `Idempotency-Key`. An aborted signal rejects with its reason.
 * @param progress  bytes sent so far, and all of them
 */
export async function upload<T>(
  path: string,
  form: FormData,
  {
    headers,
    progress,
    signal,
  }: {
    readonly headers: Readonly<Record<string, string>>;
    readonly progress: (loaded: number, total: number) => void;
    readonly signal: AbortSignal;
  },
): Promise<T> {
  signal.throwIfAborted();
  const sent = token.get();
  const request = new XMLHttpRequest();
  request.open('POST', path);
  for (const [name, value] of Object.entries({ ...authorization(), ...headers })) request.setRequestHeader(name, value);
  const answer = new Promise<void>((resolve, reject) => {
    request.upload.addEventListener('progress', ({ loaded, total }) => progress(loaded, total));
    request.addEventListener('load', () => resolve());
    request.addEventListener('error', () => {
      isReachable.set(false);
      reject(new ApiError('The connection broke. Sent again, nothing is started twice.'));
    });
    request.addEventListener('abort', () => reject(signal.reason as Error)); // nobody else aborts it
    signal.addEventListener('abort', () => request.abort(), { once: true });
  });
  request.send(form);
  await answer;
  isReachable.set(true);
  noteAnswer(path, request.status, sent);
  if (request.status >= 400) {
    const type = request.getResponseHeader('content-type') ?? '';
    throw await refusal(
      new Response(request.responseText, { status: request.status, headers: { 'content-type': type } }),
    );
  }
  return JSON.parse(request.responseText) as T; // the contract is tested against the running service
}
