/** Twins of builds: what is large or loud and still right, and what means harm and has to end, by itself or by its deadline. */
import { randomUUID } from 'node:crypto';
import type { BuildCause } from '../../src/schemas/report.ts';
import { image, server } from './twin.ts';
import type { Twin } from './twin.ts';

/** The builds that are right. */
export const building: readonly Twin[] = [
  {
    name: 'it has 120 layers',
    // Those of the base and of the other instructions are the rest.
    dockerfile: image(undefined, Array.from({ length: 114 }, (_, index) => `COPY server.js /app/${index}/`).join('\n')),
    files: { 'server.js': server() },
    state: 'passed',
    proven: { 'builds-and-starts': 'pass', 'signal-handling': 'pass' },
  },
  {
    name: 'a step of its build prints fifty megabytes',
    dockerfile: image(undefined, 'RUN yes "a line of a very long log" | head -c 50000000'),
    files: { 'server.js': server() },
    state: 'passed',
    proven: { 'builds-and-starts': 'pass' },
  },
];

/** A build that means harm. */
export interface Hostile {
  readonly name: string;
  /** Part of the command of its RUN, by which its processes and its traces are found. */
  readonly marker: string;
  readonly dockerfile: string;
  /** What may be said of it: an engine with a narrow ceiling ends it before the deadline does. */
  readonly causes: readonly BuildCause[];
  readonly line: number;
  readonly says: RegExp;
}

/** `run` gets the marker, so that it stands in the command line of what runs longest. */
function hostile(
  one: Pick<Hostile, 'name' | 'causes' | 'says'>,
  from: string,
  run: (marker: string) => string,
): Hostile {
  const marker = randomUUID();
  return {
    ...one,
    marker,
    line: from.split('\n').length + 1,
    dockerfile: `FROM ${from}\nRUN ${run(marker)}\nCMD ["true"]\n`,
  };
}

/** Those builds. Each is bounded by its deadline also where no ceiling stops it. */
export const hostiles: readonly Hostile[] = [
  hostile(
    {
      name: 'a fork bomb',
      causes: ['deadline', 'command-failed', 'out-of-memory'],
      says: /no more processes|killed|given up/,
    },
    // A limit of its own, half of what the engine has for everybody: with all of it, whatever else runs there could start nothing.
    'busybox:1.37\nUSER 4242',
    (marker) => `ulimit -p 1000; b() { b | b & }; b; sleep 600; echo ${marker}`,
  ),
  hostile(
    { name: 'a memory hog', causes: ['deadline', 'out-of-memory'], says: /memory|given up/ },
    'python:3.12-slim',
    // Two hundred megabytes a second: the deadline comes before a large machine is in need.
    (marker) =>
      `python -c "import itertools, time; hog = [(b'x' * (20 << 20), time.sleep(0.1)) for _ in itertools.count()]" ${marker}`,
  ),
  hostile(
    { name: 'a RUN that never ends and hears no signal', causes: ['deadline'], says: /given up after \d+ seconds/ },
    'busybox:1.37',
    (marker) => `trap '' TERM INT HUP; while true; do sleep 1; done; echo ${marker}`,
  ),
  hostile(
    { name: 'a RUN that leaves something running', causes: ['command-failed'], says: /exit code 3/ },
    'busybox:1.37',
    (marker) => `(trap '' TERM INT HUP; while true; do sleep 1; done; echo ${marker}) & sleep 2; exit 3`,
  ),
  hostile(
    { name: 'a RUN that floods its log', causes: ['deadline'], says: /given up/ },
    'busybox:1.37',
    (marker) => `yes ${marker}`,
  ),
  hostile(
    { name: 'a RUN that fills the disk', causes: ['deadline', 'no-space'], says: /given up|space/ },
    'busybox:1.37',
    (marker) => `dd if=/dev/zero of=/${marker} bs=1M count=300; sleep 600; true`,
  ),
];
