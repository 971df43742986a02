/**
 * Where work comes from: the request, and the trace that it is part of, so that request, build and what is sent about it can be
 * followed through the logs of several programs. Source: W3C Trace Context (Recommendation), sections 3.2, 3.3 and 4.
 */
import { randomBytes } from 'node:crypto';

/** Whose doing something is. Nothing of it is secret. */
export interface Origin {
  /** `reqId` in the log. */
  readonly requestId: string;
  readonly trace: Trace;
}

/** The place of a request in a trace. */
export interface Trace {
  /** 32 hexadecimal digits; of the caller, where that sent one. */
  readonly traceId: string;
  /** The span that called, 16 hexadecimal digits; `null`: the trace begins here. */
  readonly parentId: string | null;
  /** The request itself, as a span. */
  readonly spanId: string;
  /** Two hexadecimal digits: `01`, the caller has recorded it. */
  readonly flags: string;
  /** What other tracers want handed on, `tracestate`; `null`: nothing. */
  readonly state: string | null;
}

/** The names of a build and its origin, as they stand in its log lines. */
export function namesInLog({ requestId, trace }: Origin): { readonly reqId: string; readonly traceId: string } {
  return { reqId: requestId, traceId: trace.traceId };
}

/** Headers for a request that is made on behalf of this one. */
export function traceHeaders({ traceId, spanId, flags, state }: Trace): {
  readonly traceparent: string;
  readonly tracestate?: string;
} {
  return {
    traceparent: `00-${traceId}-${spanId}-${flags}`,
    ...(state === null ? {} : { tracestate: state }),
  };
}

/** Version 00 ends behind its flags; a later one may go on, and is read as far as it is known. */
const TRACEPARENT = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/;
/** `sampled`, and `random-trace-id` of the level 2; the others have no meaning and are handed on as zero. */
const KNOWN_FLAGS = 0b11;

/** Reads the two headers. One that is not as it should be counts as none: then a trace begins here. */
export function traceOf(traceparent: string | undefined, tracestate: string | undefined): Trace {
  const random = randomBytes(24).toString('hex');
  const spanId = random.slice(0, 16);
  const [, version, traceId, parentId, flags, rest] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || parentId === undefined || (version === '00' && rest !== undefined)) {
    return { traceId: random.slice(16), parentId: null, spanId, flags: '00', state: null };
  }
  const known = Number.parseInt(flags ?? '0', 16) & KNOWN_FLAGS;
  return { traceId, parentId, spanId, flags: `0${known}`, state: stateOf(tracestate) };
}

const MEMBER =
  /^(?:[a-z\d][a-z\d_*/-]{0,255}|[a-z\d][a-z\d_*/-]{0,240}@[a-z][a-z\d_*/-]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const MOST_MEMBERS = 32;
/** What has to be handed on at least, and is at most. */
const MOST_STATE = 512;
/** Longer members go first where that is too little. */
const LONG_MEMBER = 128;

/** The list as it is handed on; one that cannot be read is dropped as a whole. Source: sections 3.3.1 and 3.3.1.5. */
function stateOf(tracestate: string | undefined): string | null {
  if (tracestate === undefined || tracestate.length > 16 * MOST_STATE) return null;
  const members = tracestate
    .split(',')
    .map((one) => one.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((one) => one !== '');
  const keys = new Set(members.map((one) => one.slice(0, one.indexOf('='))));
  const isRead = members.every((one) => MEMBER.test(one));
  if (!isRead || members.length > MOST_MEMBERS || keys.size < members.length) return null;
  const whole = members.join(',');
  const kept = whole.length <= MOST_STATE ? members : members.filter((one) => one.length <= LONG_MEMBER);
  while (kept.join(',').length > MOST_STATE) kept.pop();
  return kept.length === 0 ? null : kept.join(',');
}
