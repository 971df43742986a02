/**
 * BuildKit's progress, message by message -> lines as the docker command prints them with `--progress=plain`: who reads logs of
 * builds has read thousands of these. A line is told once it has come to its end, or its step has.
 */
import { StringDecoder } from 'node:string_decoder';
import { plainText } from './plain-text.ts';

/** A line that does not end is told in pieces of this length: whoever masks secrets wants whole lines. */
const LONGEST = 262_144;

/** What one message tells of the steps, as trace.ts reads it. */
export interface StepNews {
  readonly vertexes: readonly {
    readonly digest: string;
    readonly name: string;
    readonly cached: boolean;
    readonly started: number | null;
    readonly completed: number | null;
    readonly error: string;
  }[];
  readonly logs: readonly { readonly vertex: string; readonly stream: number; readonly msg: Uint8Array }[];
}

interface Step {
  readonly number: number;
  readonly started: number;
  readonly decoders: Map<number, StringDecoder>;
  /** What has come of a line whose end has not, by stream. */
  readonly open: Map<number, string>;
  /** How it was told to have ended: a step may end more than once, in spans of its own. */
  end: 'DONE' | 'CACHED' | 'ERROR' | undefined;
}

/** A line, and of which step it is: `#3`. */
export interface PrintedLine {
  readonly step: string;
  readonly text: string;
}

/** Makes a teller; it answers the lines that a message has completed. */
export function makeTraceLog(maxSteps: number): (news: StepNews) => readonly PrintedLine[] {
  const steps = new Map<string, Step>();
  return ({ vertexes, logs }) => {
    const lines: PrintedLine[] = [];
    for (const vertex of vertexes) {
      if (vertex.started === null || steps.has(vertex.digest) || steps.size >= maxSteps) continue;
      const number = steps.size + 1;
      const { started } = vertex;
      steps.set(vertex.digest, { number, started, decoders: new Map(), open: new Map(), end: undefined });
      lines.push({ step: `#${number}`, text: oneLine(vertex.name) });
    }
    for (const { vertex, stream, msg } of logs) {
      const step = steps.get(vertex);
      if (step !== undefined) lines.push(...linesOf(step, stream, msg));
    }
    for (const { digest, error, cached, started, completed } of vertexes) {
      const step = steps.get(digest);
      if (step === undefined || completed === null) continue;
      const seconds = ((completed - (started ?? step.started)) / 1000).toFixed(1);
      const end = error !== '' ? 'ERROR' : cached ? 'CACHED' : 'DONE';
      if (end === step.end) continue;
      for (const [stream, rest] of step.open) if (rest !== '') lines.push(...linesOf(step, stream, Buffer.from('\n')));
      step.end = end;
      const how = end === 'DONE' ? ` ${seconds}s` : end === 'ERROR' ? `: ${oneLine(error)}` : '';
      lines.push({ step: `#${step.number}`, text: end + how });
    }
    return lines;
  };
}

function linesOf(step: Step, stream: number, bytes: Uint8Array): readonly PrintedLine[] {
  const decoder = step.decoders.get(stream) ?? new StringDecoder();
  step.decoders.set(stream, decoder);
  const [last = '', ...earlier] = ((step.open.get(stream) ?? '') + decoder.write(Buffer.from(bytes)))
    .split('\n')
    .toReversed();
  const rest = last.length > LONGEST ? '' : last;
  step.open.set(stream, rest);
  return [...earlier.toReversed(), ...(rest === last ? [] : [last])].flatMap((line) =>
    piecesOf(plainText(line)).map((text) => ({ step: `#${step.number}`, text })),
  );
}

function piecesOf(line: string): readonly string[] {
  const pieces: string[] = [];
  for (let at = 0; at === 0 || at < line.length; at += LONGEST)
    pieces.push(line.slice(at, at + LONGEST).toWellFormed());
  return pieces;
}

function oneLine(text: string): string {
  return plainText(text).replaceAll(/\s+/g, ' ').slice(0, 1000);
}
