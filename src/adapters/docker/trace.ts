/**
 * BuildKit's progress, message by message -> the steps of the build.
 *
 * A step is told of in many messages: that it exists, each time span in which it was worked on, its output. They belong
 * together by digest. Two traps, both measured: a step may be marked as cached while it is being run (when a later step
 * begins to look at its own inputs, all steps before it are taken for done), and a step that was never reached gets the
 * same mark when such a later step fails. Real time spent therefore outweighs the mark, and a mark of no duration that
 * was set by a failing step is no mark.
 */
import { StringDecoder } from 'node:string_decoder';
import protobuf from 'protobufjs';
import { z } from 'zod';
import type { FailureSeen } from '../../core/failure/types.ts';
import type { BuildWarning } from '../../core/report/build-warnings.ts';
import type { BuildStep } from '../../schemas/report.ts';
import { lastPart, plainText } from './plain-text.ts';
import { makeTraceLog } from './trace-log.ts';
import type { PrintedLine } from './trace-log.ts';

/** Field numbers of moby.buildkit.v1.StatusResponse; what is not used here is left out. */
const StatusResponse = protobuf
  .parse(
    `syntax = "proto3";
    message Status { repeated Vertex vertexes = 1; repeated Output logs = 3; repeated Warning warnings = 4; }
    message Vertex { string digest = 1; string name = 3; bool cached = 4; Time started = 5; Time completed = 6; string error = 7; }
    message Output { string vertex = 1; int64 stream = 3; bytes msg = 4; }
    message Warning { bytes short = 3; repeated bytes detail = 4; string url = 5; repeated Range ranges = 7; }
    message Range { Position start = 1; }
    message Position { int32 line = 1; }
    message Time { int64 seconds = 1; int32 nanos = 2; }`,
  )
  .root.lookupType('Status');

const Time = z.object({ seconds: z.number(), nanos: z.number() }).transform((at) => at.seconds * 1000 + at.nanos / 1e6);
const Status = z.object({
  vertexes: z.array(
    z.object({
      digest: z.string(),
      name: z.string(),
      cached: z.boolean(),
      started: Time.nullable(),
      completed: Time.nullable(),
      error: z.string(),
    }),
  ),
  logs: z.array(z.object({ vertex: z.string(), stream: z.number(), msg: z.instanceof(Uint8Array) })),
  warnings: z.array(
    z.object({
      short: z.instanceof(Uint8Array),
      detail: z.array(z.instanceof(Uint8Array)),
      url: z.string(),
      ranges: z.array(z.object({ start: z.object({ line: z.number() }).nullable() })),
    }),
  ),
});

const MAX_STEPS = 2000;
const MAX_LOG = 20_000;
const MAX_WARNINGS = 300;

/** A time span in which a step was worked on, keyed by its beginning. */
interface Work {
  readonly started: number;
  readonly ended: number | undefined;
  readonly cached: boolean;
}

interface Vertex {
  name: string;
  line: number | null;
  error: string;
  readonly order: number;
  readonly work: Map<number, Work>;
  /** One decoder for stdout and one for stderr: a character may be cut in two by a message. */
  readonly decoders: Map<number, StringDecoder>;
  output: string;
  /** `output` made presentable; `undefined` when more has come since. */
  log: string | undefined;
}

/** The steps of one build, growing. */
export interface Trace {
  /** Takes the payload of one `moby.buildkit.trace` message. Throws when it cannot be read. */
  take(base64: string): void;
  /** The steps so far: by their line in the Dockerfile, those without a line around them in the order of time. */
  steps(): readonly BuildStep[];
  /** What the builder's own checks said so far, each once. */
  warnings(): readonly BuildWarning[];
  /** The failure that BuildKit's last word tells of. */
  failure(message: string): FailureSeen;
}

/** Makes an empty trace. `lineOf` says where in the Dockerfile a step of that name stands; `onLines` is told what is printed. */
export function makeTrace(
  lineOf: (stepName: string) => number | undefined,
  onLines: (lines: readonly PrintedLine[]) => void = () => undefined,
): Trace {
  const linesOf = makeTraceLog(MAX_STEPS);
  const vertices = new Map<string, Vertex>();
  const warnings = new Map<string, BuildWarning>();
  const told = (): readonly Told[] => inOrder([...vertices.values()]);
  return {
    take: (base64) => {
      const message = StatusResponse.decode(Buffer.from(base64, 'base64'));
      const status = Status.parse(StatusResponse.toObject(message, { longs: Number, defaults: true, arrays: true }));
      onLines(linesOf(status));
      for (const vertex of status.vertexes) {
        if (vertices.size >= MAX_STEPS && !vertices.has(vertex.digest)) continue;
        const known = vertices.get(vertex.digest) ?? newVertex(vertices.size);
        if (known.name === '') {
          known.name = plainText(vertex.name).slice(0, 1000);
          known.line = lineOf(known.name) ?? null;
        }
        known.error = vertex.error || known.error;
        if (vertex.started !== null) {
          const { started, completed, cached } = vertex;
          known.work.set(started, { started, ended: completed ?? undefined, cached });
        }
        vertices.set(vertex.digest, known);
      }
      for (const { vertex, stream, msg } of status.logs) {
        const step = vertices.get(vertex);
        if (step !== undefined) print(step, stream, msg);
      }
      for (const said of status.warnings) {
        if (warnings.size >= MAX_WARNINGS) break;
        const text = wordsOf(said.short, 1000);
        const line = said.ranges[0]?.start?.line ?? 0;
        warnings.set(`${line} ${text}`, {
          text,
          detail: said.detail.map((one) => wordsOf(one, 1000)).join(' '),
          url: plainText(said.url).slice(0, 500),
          line: line > 0 ? line : null,
        });
      }
    },
    warnings: () => [...warnings.values()],
    steps: () => told().map(({ step }) => step),
    failure: (message) => {
      const failing = failingOf(told(), message);
      return {
        message: plainText(message).slice(0, 4000),
        step: failing?.step.name ?? null,
        line: failing?.step.line ?? lineIn(message),
        exitCode: exitCodeIn(message),
        log: failing?.step.log ?? '',
      };
    },
  };
}

/** Foreign bytes as one line. */
function wordsOf(bytes: Uint8Array, max: number): string {
  return plainText(Buffer.from(bytes).toString('utf8')).replaceAll(/\s+/g, ' ').slice(0, max);
}

function newVertex(order: number): Vertex {
  return { name: '', line: null, error: '', order, work: new Map(), decoders: new Map(), output: '', log: undefined };
}

function print(step: Vertex, stream: number, bytes: Uint8Array): void {
  const decoder = step.decoders.get(stream) ?? new StringDecoder();
  step.decoders.set(stream, decoder);
  step.output += decoder.write(Buffer.from(bytes));
  // Terminal codes vanish later, so more is kept than is shown.
  if (step.output.length > 4 * MAX_LOG) step.output = step.output.slice(-2 * MAX_LOG);
  step.log = undefined;
}

interface Told {
  readonly vertex: Vertex;
  readonly step: BuildStep;
}

function inOrder(vertices: readonly Vertex[]): readonly Told[] {
  const marks = vertices.filter((vertex) => vertex.error !== '').flatMap((vertex) => [...vertex.work.keys()]);
  const falseMarks = new Set(marks);
  const worked = vertices.map((vertex) => {
    const works = [...vertex.work.values()].filter(
      (work) => vertex.error !== '' || !(work.cached && work.started === work.ended && falseMarks.has(work.started)),
    );
    const begun = works.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...works.map((work) => work.started));
    return { vertex, works, begun };
  });
  const zero = Math.min(...worked.map(({ begun }) => begun));
  const told = worked.map(({ vertex, works, begun }) => ({ vertex, begun, step: stepOf(vertex, works, zero) }));
  const firstLined = Math.min(...told.filter(({ step }) => step.line !== null).map(({ begun }) => begun));
  const place = ({ step, begun }: (typeof told)[number]): number =>
    step.line ?? (begun <= firstLined ? 0 : Number.POSITIVE_INFINITY);
  return told.sort(
    (one, other) =>
      ascending(place(one), place(other)) || ascending(one.begun, other.begun) || one.vertex.order - other.vertex.order,
  );
}

/** Subtraction does not do: both may be infinite. */
function ascending(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/** `zero`: when the first step of the build began. */
function stepOf(vertex: Vertex, works: readonly Work[], zero: number): BuildStep {
  vertex.log ??= lastPart(plainText(vertex.output), MAX_LOG);
  const isOpen = works.some((work) => work.ended === undefined);
  const last = works
    .toSorted((one, other) => ascending(endOf(one), endOf(other)) || one.started - other.started)
    .at(-1);
  const cached = last?.cached ?? false;
  const spent = works
    .filter((work) => work.cached === cached)
    .reduce((sum, work) => sum + endOf(work) - work.started, 0);
  const begun = Math.min(...works.map((work) => work.started));
  const isOver = works.length > 0 && !isOpen;
  return {
    name: vertex.name,
    line: vertex.line,
    command: commandIn(vertex.name),
    cached,
    startedMs: works.length === 0 ? null : Math.round(begun - zero),
    endedMs: isOver && last !== undefined ? Math.max(0, Math.round(endOf(last) - zero)) : null,
    durationMs: isOver ? Math.max(0, Math.round(spent)) : null,
    error: vertex.error === '' ? null : plainText(vertex.error).slice(0, 4000),
    log: vertex.log,
  };
}

/** `[stage-1 2/4] RUN make` -> `RUN make`; the builder's own work has no number. */
function commandIn(name: string): string | null {
  return /^\[(?!internal\])[^\]]*\] ([^]+)$/.exec(name)?.[1] ?? null;
}

function endOf(work: Work): number {
  return work.ended ?? Number.POSITIVE_INFINITY;
}

/** The step that the message speaks of: side by side with it, others are ended with an error that is not their own. */
function failingOf(told: readonly Told[], message: string): Told | undefined {
  const failed = told.filter(({ vertex }) => vertex.error !== '');
  return (
    failed.find(({ vertex }) => message.includes(vertex.error)) ??
    failed.find(({ vertex }) => !vertex.error.endsWith('context canceled')) ??
    failed[0]
  );
}

/** `dockerfile parse error on line 3: …`: the only place that BuildKit names when no step was begun. */
function lineIn(message: string): number | null {
  const line = /\bon line (\d{1,7})\b/.exec(message)?.[1];
  return line === undefined || line === '0' ? null : Number(line);
}

/** `process "…" did not complete successfully: exit code: 7`, with more behind it when memory ran out. */
function exitCodeIn(message: string): number | null {
  const code = /did not complete successfully: exit code: (\d{1,10})/.exec(message)?.[1];
  return code === undefined ? null : Number(code);
}
