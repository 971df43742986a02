/**
 * A build, while it happens: server-sent events by a streamed fetch (an EventSource can send no token). A connection that broke goes
 * on where it was; where streams do not come through, what stands between is asked for answers that are held instead.
 */
import { createParser } from 'eventsource-parser';
import type { Build, BuildEvent } from '../../schemas/build.ts';
import { isFinalWord, pause, waitAfter } from './again.ts';
import { chunksOf } from './chunks.ts';
import { ApiError, ask } from './client.ts';

/** How news come at the moment. */
export type Connection = 'connecting' | 'live' | 'polling' | 'broken';

/** Who wants to know. */
export interface BuildListener {
  /** The build as it is now. */
  build(build: Build): void;
  /** It came into a state; each once, in order. */
  state(event: BuildEvent): void;
  connection(connection: Connection): void;
}

/** The service says within 15 seconds that it is still there. */
const SILENCE_MS = 40_000;
/** The first news come at once; what holds them back holds back all. */
const FIRST_MS = 10_000;
/** So many streams in a row that bring nothing, and it is asked without them. */
const VAIN_STREAMS = 2;
/** How often it is then asked before a stream is tried again. */
const HELD_ASKS = 6;
const HOLD_SECONDS = 20;

/**
 * Follows a build until it has ended; resolves then, and when the signal aborts. Whatever passes by itself (the network, a service
 * that is started anew) is waited for. Throws ApiError for what does not: the build is not there, the token is refused.
 */
export async function followBuild(id: string, listener: BuildListener, signal: AbortSignal): Promise<void> {
  const path = `/build-verify/${encodeURIComponent(id)}`;
  let lastSeq = 0;
  let isOver = false;
  let vain = 0;
  let failures = 0;
  const heard = (build: Build): void => {
    listener.build(build);
    isOver = build.finishedAt !== null;
  };
  const stream = async (): Promise<void> => {
    let isEmpty = true;
    try {
      await readEvents(`${path}/events`, lastSeq, signal, ({ id: seq, event, data }) => {
        isEmpty = false;
        vain = 0;
        failures = 0;
        listener.connection('live');
        if (event === 'build') heard(JSON.parse(data) as Build); // the contract is tested against the running service
        if (event !== 'state' || Number(seq) <= lastSeq) return;
        lastSeq = Number(seq);
        listener.state(JSON.parse(data) as BuildEvent); // likewise
      });
    } finally {
      if (isEmpty) vain++;
    }
  };
  const poll = async (): Promise<void> => {
    let etag: string | undefined;
    for (let round = 0; round < HELD_ASKS; round++) {
      const headers: Record<string, string> = etag === undefined ? {} : { 'if-none-match': etag };
      const response = await ask(`${path}?wait=${etag === undefined ? 0 : HOLD_SECONDS}`, { headers, signal });
      etag = response.headers.get('etag') ?? undefined;
      failures = 0;
      listener.connection('polling');
      if (response.status !== 304) heard((await response.json()) as Build); // likewise
      if (isOver) return;
    }
    vain = 0;
  };
  listener.connection('connecting');
  for (;;) {
    try {
      await (vain < VAIN_STREAMS ? stream() : poll());
    } catch (error) {
      if (signal.aborted) return;
      if (isFinalWord(error)) throw error;
    }
    if (isOver || signal.aborted) return;
    // Also a stream that ended properly before the build has: the service stops, or something in between lets go.
    if (failures > 0) listener.connection('broken');
    await pause(waitAfter(failures++), signal);
  }
}

/** Reads one stream to its end. Rejects when it breaks, is refused, or falls silent. */
async function readEvents(
  path: string,
  lastSeq: number,
  signal: AbortSignal,
  heard: (event: {
    readonly id?: string | undefined;
    readonly event?: string | undefined;
    readonly data: string;
  }) => void,
): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), FIRST_MS);
  const headers = { accept: 'text/event-stream', ...(lastSeq > 0 ? { 'last-event-id': String(lastSeq) } : {}) };
  try {
    const response = await ask(path, { headers, signal: AbortSignal.any([signal, silence.signal]), cache: 'no-store' });
    if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true || response.body === null)
      throw new ApiError('Something between here and the service changes its answers.');
    let isFirst = true;
    const parser = createParser({
      onEvent: (event) => {
        isFirst = false;
        heard(event);
      },
    });
    for await (const text of chunksOf(response.body.pipeThrough(new TextDecoderStream()))) {
      parser.feed(text);
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), isFirst ? FIRST_MS : SILENCE_MS);
    }
  } finally {
    clearTimeout(timer);
  }
}
