/**
 * Sends webhooks over HTTP. Each connection is a new one, to an address that was looked at: names are resolved here, and what
 * was looked at is what is connected to, so a name that leads elsewhere a moment later gains nothing. Redirects are answers like any other, and
 * never followed. No proxy is asked, whatever the environment says.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { lookup as lookUp } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import type { WebhookAnswer, WebhookMessage, WebhookSender, WebhookTarget } from '../../use-cases/webhook-port.ts';
import { plainName } from './addresses.ts';
import type { Reachable } from './addresses.ts';

/** From the look into DNS to the head of the answer. */
const DEADLINE_MS = 15_000;
/** So much, and for so long, is read of a body that nobody looks at, so that the receiver can end in peace. */
const BODY_BYTES = 4096;
const BODY_MS = 1000;
/** The longest wait that a receiver may ask for. */
const MAX_RETRY_AFTER_SECONDS = 24 * 3600;
const SECRET_BYTES = 32;

const NOT_PUBLIC =
  'leads to an address that is not public. The operator of the service may allow it with DRYDOCK_WEBHOOK_ALLOW.';

/** All addresses of a name. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

/** An address that may not be reached. */
class Unreachable extends Error {}

/** Makes the sender. */
export function makeHttpSender(needs: {
  readonly reachable: Reachable;
  readonly version: string;
  readonly resolve?: Resolve;
  readonly deadlineMs?: number;
}): WebhookSender {
  const { reachable, version, deadlineMs = DEADLINE_MS } = needs;
  const resolve = needs.resolve ?? ((name) => lookUp(name, { all: true }));

  /** What Node asks in place of DNS, with the answer that it may use. */
  const guarded: LookupFunction = (name, options, answer) => {
    const use = (found: readonly LookupAddress[]): void => {
      const isFree = reachable.host(name);
      const usable = found.filter(({ address }) => isFree || reachable.address(address));
      const [first] = usable;
      if (found.length > 0 && first === undefined) answer(new Unreachable(`The name ${NOT_PUBLIC}`), []);
      else if (first === undefined) answer(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), []);
      else if (options.all === true) answer(null, [...usable]);
      else answer(null, first.address, first.family);
    };
    resolve(name).then(use, (error: unknown) => answer(error instanceof Error ? error : new Error(String(error)), []));
  };

  const refusal: WebhookSender['refusal'] = (text) => {
    const form = (sentence: string) => ({ why: 'form', sentence }) as const;
    const url = URL.parse(text);
    if (url === null) return form('It must be a whole URL, such as https://ci.example/hooks/drydock.');
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return form('Only https and http are known.');
    if (url.href.length > 2000) return form('At most 2000 characters, as it goes over the wire.');
    if (url.username !== '' || url.password !== '') {
      return form('It must have no user name and no password. Put a secret into the path or the query.');
    }
    const host = hostOf(url);
    const isLocalName = host === 'localhost' || host.endsWith('.localhost');
    // RFC 6761, section 6.3: these names are loopback.
    const address = isLocalName ? '127.0.0.1' : host;
    if (reachable.host(host) || isIP(address) === 0 || reachable.address(address)) return undefined;
    return { why: 'private', sentence: `The host ${NOT_PUBLIC}` };
  };

  const answerOf = async (target: WebhookTarget, message: WebhookMessage, signal: AbortSignal): Promise<Head> => {
    // Of what was registered under another configuration, and for addresses, which Node does not look up.
    const refused = refusal(target.url);
    if (refused !== undefined) throw new Unreachable(refused.sentence);
    const url = new URL(target.url);
    const isTls = url.protocol === 'https:';
    const options: RequestOptions = {
      method: 'POST',
      // Its own, so that neither an earlier connection nor a proxy of the environment is used.
      agent: isTls ? new HttpsAgent() : new HttpAgent(),
      lookup: guarded,
      signal,
      headers: {
        ...{ 'content-type': 'application/json', 'content-length': Buffer.byteLength(message.body) },
        ...{ 'user-agent': `drydock/${version}`, accept: '*/*', connection: 'close' },
        ...message.headers,
        ...signedHeaders(target.secret, message, Math.floor(Date.now() / 1000)),
      },
    };
    return await new Promise<Head>((resolve, reject) => {
      const request = isTls ? httpsRequest(url, options) : httpRequest(url, options);
      request.on('error', reject);
      request.on('response', (response) => {
        const { statusCode: status = 0, headers } = response;
        const head = { status, retryAfterSeconds: secondsOf(headers['retry-after']) };
        void drained(response).then(() => {
          request.destroy();
          resolve(head);
        });
      });
      request.end(message.body);
    });
  };

  return {
    refusal,
    newSecret: () => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`,
    send: async (target, message, stopping) => {
      const begun = performance.now();
      // Not AbortSignal.any: what it makes may live as long as the signal of the service.
      const ending = new AbortController();
      const end = (): void => ending.abort();
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        end();
      }, deadlineMs);
      stopping.addEventListener('abort', end);
      if (stopping.aborted) end();
      const said = await answerOf(target, message, ending.signal).then(
        ({ status, retryAfterSeconds }) => ({ httpStatus: status, problem: problemOf(status), retryAfterSeconds }),
        (error: unknown) => ({
          httpStatus: null,
          problem: isLate
            ? `The receiver did not answer within ${deadlineMs / 1000} seconds.`
            : stopping.aborted
              ? 'It was given up before the receiver had answered.'
              : sentenceOf(error),
          retryAfterSeconds: undefined,
        }),
      );
      clearTimeout(timer);
      stopping.removeEventListener('abort', end);
      return { ...said, durationMs: Math.round(performance.now() - begun) } satisfies WebhookAnswer;
    },
  };
}

interface Head {
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
}

/** As Standard Webhooks says: HMAC-SHA256 of `id.timestamp.body`, by the bytes behind `whsec_`. */
function signedHeaders(secret: string, { id, body }: WebhookMessage, seconds: number): Record<string, string> {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` };
}

/** Resolves when the body has ended, is too large or too slow; never rejects. */
async function drained(response: IncomingMessage): Promise<void> {
  await new Promise<void>((resolve) => {
    let bytes = 0;
    const timer = setTimeout(resolve, BODY_MS);
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > BODY_BYTES) resolve();
    });
    response.on('error', () => resolve());
    response.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  response.destroy();
}

/** RFC 9110, section 10.2.3: seconds, or a date. Within bounds; `undefined` where it says nothing. */
function secondsOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const seconds = /^\d{1,10}$/.test(retryAfter)
    ? Number(retryAfter)
    : Math.ceil((Date.parse(retryAfter) - Date.now()) / 1000);
  return Number.isNaN(seconds) || seconds < 0 ? undefined : Math.min(seconds, MAX_RETRY_AFTER_SECONDS);
}

function problemOf(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) {
    return `The receiver answered ${status}. Redirects are not followed: register the address that it leads to.`;
  }
  return `The receiver answered ${status}. Only 2xx counts as received.`;
}

const SAID: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens at the address',
  ENOTFOUND: 'The host has no address in DNS',
  EAI_AGAIN: 'DNS does not answer',
  ECONNRESET: 'The receiver closed the connection without an answer',
  ETIMEDOUT: 'The host does not answer',
  EHOSTUNREACH: 'There is no way to the host',
  ENETUNREACH: 'There is no way to the host',
};

/** Without texts of inner errors: those may hold addresses. */
function sentenceOf(error: unknown): string {
  if (error instanceof Unreachable) return error.message;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  const shown = /^\w{1,60}$/.test(code) ? code : 'unknown';
  if (/CERT|SIGNATURE|SSL|TLS/.test(shown)) return `The certificate or TLS of the receiver is not accepted (${shown}).`;
  return `${SAID[shown] ?? 'The message could not be sent'} (${shown}).`;
}

function hostOf(url: URL): string {
  return plainName(url.hostname.replace(/^\[|\]$/g, ''));
}
