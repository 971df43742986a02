/** Who asks: the token of this browser, what the service said to it, and whether the reader is asked for another one. */
import { makeWatchable } from '../watchable.ts';

const KEY = 'drydock.token';

/** Why the service let nobody in: no token came, or one that it does not take. */
export type Refused = 'missing' | 'wrong';

let secret = localStorage.getItem(KEY);
let given = 0;

/**
 * Which token this browser has, as a number: another one each time that a token is given, be it the same, so that whoever watches
 * asks everything anew. `undefined`: it has none.
 */
export const token = makeWatchable(secret === null ? undefined : given);
/** What the service said to it last; `undefined`: nothing against it. */
export const refused = makeWatchable<Refused | undefined>(undefined);
/** True while the reader is asked for a token. */
export const isTokenWanted = makeWatchable(false);

/** The reader has said "not now", and is not asked again by what the page does by itself. */
let isDeclined = false;

/** Headers that say who asks. */
export function authorization(): Readonly<Record<string, string>> {
  return secret === null ? {} : { authorization: `Bearer ${secret}` };
}

/** Keeps a token in this browser, or forgets it. Everything is asked anew. */
export function setToken(value: string | undefined): void {
  if (value === undefined) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, value);
  take(value ?? null);
}

/** Takes over the token that another tab was given. Answers how to stop. */
export function takeTokenOfOtherTabs(): () => void {
  const changed = ({ key, newValue }: StorageEvent): void => {
    if (key === KEY) take(newValue);
  };
  addEventListener('storage', changed);
  return () => removeEventListener('storage', changed);
}

/** Asks for a token, as the reader wants to give one. */
export function wantToken(): void {
  isDeclined = false;
  isTokenWanted.set(true);
}

/** The reader gives none now. */
export function declineToken(): void {
  isDeclined = true;
  isTokenWanted.set(false);
}

/** The reader does something that may need a token: if it does, it is asked for again. */
export function askForTokenAgain(): void {
  isDeclined = false;
}

/**
 * Takes note of how the service answered.
 * @param sent  with which token it was asked: what it says to an older one says nothing of this one
 */
export function noteAnswer(path: string, status: number, sent: number | undefined): void {
  if (sent !== token.get()) return;
  if (status === 401) {
    refused.set(sent === undefined ? 'missing' : 'wrong');
    if (!isDeclined) isTokenWanted.set(true);
  } else if (status < 400 && path !== '/health') refused.set(undefined); // health is told to everybody
}

function take(value: string | null): void {
  secret = value;
  given += 1;
  isDeclined = false;
  refused.set(undefined);
  token.set(value === null ? undefined : given);
  isTokenWanted.set(false);
}
