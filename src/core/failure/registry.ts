/**
 * Whether a build failed because a registry could not be reached. That is nothing the author has done, so it is no result.
 *
 * Which step failed decides first: only looking up or pulling an image (a base, `COPY --from=`, `from=` of a mount) asks a
 * registry; a RUN that reaches nothing and an ADD of an address are the author's. Then the builder's words: an answer about
 * the image, or about who asks, is an answer. Sources: moby/buildkit and containerd, remotes/docker; measured on engine 28.
 */
import type { BuildStep } from '../../schemas/report.ts';
import type { FailureSeen } from './types.ts';
import { parseImageReference } from '../dockerfile/image-reference.ts';

/** A registry that was asked and gave no answer of use. */
export interface Unreachable {
  /** As the builder names it. */
  readonly image: string;
  readonly host: string;
  /** Ends the sentence "The registry HOST …"; words of our own, nothing of the builder's. */
  readonly what: string;
}

const LOADS = /^\[internal\] load metadata for (\S{1,1000})/;
const PULLS = /^(?:\[(?!internal\])[^\]]*\d\/\d+\] )?FROM (\S{1,1000})/;
const RESOLVES = /^(?:\S{1,1000}: )?failed to resolve source metadata for (\S{1,1000}): /;

/** The image that a step looks up at its registry, a matter of a few small answers. */
export function lookedUp(stepName: string): string | undefined {
  return LOADS.exec(stepName)?.[1];
}

/** The image that a step fetches or looks up; `undefined` for every step that asks no registry. */
export function askedFor(stepName: string): string | undefined {
  return lookedUp(stepName) ?? PULLS.exec(stepName)?.[1];
}

/** What was not reached; `undefined` when something else failed, or the registry answered. Pure; foreign text is bounded. */
export function unreachable({ step, message }: Pick<FailureSeen, 'step' | 'message'>): Unreachable | undefined {
  // Without a step only the builder's own sentence tells; what a RUN prints is never part of it.
  const image = step === null ? RESOLVES.exec(message)?.[1] : askedFor(step);
  if (image === undefined) return undefined;
  const what = troubleIn(message, image);
  return what === undefined ? undefined : silent(image, what);
}

/** The registry of an image, with what is to be said of it. */
export function silent(image: string, what: string): Unreachable {
  return { image: image.slice(0, 300), host: parseImageReference(image)?.registry ?? 'of the image', what };
}

/**
 * The image of a build that was under way for too long when nothing but registries was waited for: with a command beside
 * it, nobody can say who was the slow one.
 */
export function waitedFor(steps: readonly BuildStep[]): string | undefined {
  const open = steps.filter(({ startedMs, durationMs }) => startedMs !== null && durationMs === null);
  const images = open.map(({ name }) => askedFor(name));
  return images.every((image) => image !== undefined) ? images[0] : undefined;
}

const STATUS =
  /unexpected (?:HTTP )?status(?: code)?(?: \[[^\]]{0,300}\]| https?:\S{1,2000})?(?: from \S{1,20} request to \S{1,2000})?:? (\d{3})\b/i;

/** In the order in which they are looked for. */
const TROUBLES: readonly (readonly [RegExp, string])[] = [
  [/no such host|server misbehaving|temporary failure in name resolution/i, 'is not known by name to the engine'],
  [/connection refused/i, 'accepts no connection'],
  [/network is unreachable|no route to host/i, 'cannot be reached: the engine has no route to it'],
  [/x509:|\btls: |server gave HTTP response to HTTPS client/i, 'cannot be trusted: its TLS does not hold'],
  [
    /i\/o timeout|TLS handshake timeout|Client\.Timeout|request canceled while waiting|context deadline exceeded|timed out|awaiting (?:response )?headers/i,
    'does not answer in time',
  ],
  [
    /connection reset|broken pipe|unexpected EOF|\bEOF$|server closed|GOAWAY|stream error|short read|unexpected commit/i,
    'breaks the connection off',
  ],
  [/proxyconnect|dial tcp|failed to do request/i, 'cannot be reached'],
];

function troubleIn(message: string, image: string): string | undefined {
  // Only the end tells, and names in it tell nothing: they may hold any word.
  const reason = (message.split(`failed to resolve source metadata for ${image}: `)[1] ?? message)
    .replaceAll(image, '')
    .replaceAll(/"https?:[^"\s]*"/g, '');
  const [, status] = STATUS.exec(reason) ?? [];
  if (status === '429' || /toomanyrequests|too many requests/i.test(reason)) {
    return 'refuses because too much was asked of it lately (429)';
  }
  if (status !== undefined)
    return status === '408' || status.startsWith('5') ? `is out of order (${status})` : undefined;
  return TROUBLES.find(([form]) => form.test(reason))?.[1];
}
