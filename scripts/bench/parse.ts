/**
 * How fast Dockerfiles are read: microseconds per file over a folder, side by side with `dockerfile-ast`, and time against size.
 *
 * All parsers run in this one process, on one core, taking turns file by file, so that a busy machine slows them alike. Of each
 * file the fastest of all rounds counts: what is slower was somebody else's doing.
 */
import { parseArgs } from 'node:util';
import { DockerfileParser } from 'dockerfile-ast';
import { parseDockerfile } from '../../src/core/dockerfile/parse.ts';
import { shellCommands } from '../../src/core/dockerfile/shell/shell.ts';
import type { Dockerfile } from '../../src/core/dockerfile/types.ts';
import { filesBelow, madeUp } from './dockerfiles.ts';

const MADE_UP = 300;

/** Reads a text and returns something that depends on all of it, so that nothing can be left out. */
type Reader = (text: string) => number;

const readers: Readonly<Record<string, Reader>> = {
  parse: (text) => parseDockerfile(text).instructions.length,
  'parse and shell': (text) => {
    let count = 0;
    for (const instruction of parseDockerfile(text).instructions) {
      if ('command' in instruction && instruction.command !== undefined)
        count += shellCommands(instruction.command).length;
    }
    return count;
  },
  'dockerfile-ast': (text) => {
    let count = 0;
    for (const instruction of DockerfileParser.parse(text).getInstructions())
      count += instruction.getArguments().length;
    return count;
  },
};

/** `npm run bench parse -- [--corpus DIR] [--rounds N]`; without a folder the made-up Dockerfiles of bench http. */
export function run(args: readonly string[]): object {
  const { values } = parseArgs({
    args: [...args],
    options: { corpus: { type: 'string' }, rounds: { type: 'string', default: '15' } },
  });
  const texts = values.corpus === undefined ? madeUp(MADE_UP) : filesBelow(values.corpus);
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  console.log(`${texts.length} files, ${bytes} bytes, node ${process.version}, ${values.rounds} rounds\n`);

  const times = measure(texts, Number(values.rounds));
  console.log('                      median µs   p95 µs   mean µs   files/s      MB/s');
  for (const [name, perFile] of times) console.log(row(name, perFile, bytes));
  const mean = (name: string): number => average(times.get(name) ?? []);
  const astOfParse = mean('dockerfile-ast') / mean('parse');
  const shellOfParse = mean('parse and shell') / mean('parse');
  console.log(`\ndockerfile-ast / parse            ${astOfParse.toFixed(1)}`);
  console.log(`parse and shell / parse           ${shellOfParse.toFixed(2)}`);
  return { files: texts.length, bytes, astOfParse, shellOfParse, longestSteps: sizes() };
}

function measure(texts: readonly string[], rounds: number): ReadonlyMap<string, readonly number[]> {
  const best = new Map(Object.keys(readers).map((name) => [name, texts.map(() => Infinity)]));
  let checksum = 0;
  for (let round = 0; round < rounds; round++) {
    for (const [index, text] of texts.entries()) {
      for (const [name, read] of Object.entries(readers)) {
        const start = performance.now();
        checksum += read(text);
        const microseconds = (performance.now() - start) * 1000;
        const times = best.get(name);
        if (times !== undefined && microseconds < (times[index] ?? 0)) times[index] = microseconds;
      }
    }
  }
  if (checksum === 0) throw new Error('nothing was read');
  return best;
}

function row(name: string, times: readonly number[], bytes: number): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const total = sorted.reduce((sum, time) => sum + time, 0);
  const cells = [
    at(0.5).toFixed(1),
    at(0.95).toFixed(1),
    (total / sorted.length).toFixed(1),
    (1e6 / (total / sorted.length)).toFixed(0),
  ];
  return `${name.padEnd(22)}${cells.map((cell) => cell.padStart(9)).join(' ')} ${(bytes / total).toFixed(1).padStart(9)}`;
}

function average(times: readonly number[]): number {
  return times.reduce((sum, time) => sum + time, 0) / Math.max(1, times.length);
}

/**
 * Text of each size that is read in one go, and kept until all of it is read: a small tree that dies young costs the memory
 * nothing and a large one does, which says nothing about the parser. This way both cost the same.
 */
const batchKilobytes = 4000;
const batches = 10;

/** Time against size: the same lines again and again, and lines that are made to be dear. The longest step in time for 10 times the size. */
function sizes(): Readonly<Record<string, number>> {
  const longest: Record<string, number> = {};
  const kinds: Readonly<Record<string, (index: number) => string>> = {
    'usual lines': (index) =>
      `ENV A${index}=x B="y $A${index}"\nRUN apt-get update \\\n && apt-get install -y curl${index} \\\n    # why\n    git\nCOPY --chown=1 a${index} /b/\n`,
    'many stages': (index) =>
      `FROM ${index === 0 ? 'scratch' : `s${index - 1}`} AS s${index}\nENV V${index}=$V${Math.floor(index / 2)}\n`,
    'one instruction': (index) => `${index === 0 ? 'RUN ' : ''}echo ${index} && \\\n`,
    'long instructions': (index) =>
      `${index % 500 === 0 ? 'RUN ' : ''}echo ${index}${index % 500 === 499 ? '' : ' && \\'}\n`,
    bodies: (index) => `RUN <<E${index}\necho ${index}\nE${index}\n`,
  };
  console.log('\nmilliseconds by size       1 KB     10 KB    100 KB   1000 KB   longest step');
  for (const [name, line] of Object.entries(kinds)) {
    const times = [1, 10, 100, 1000].map((kilobytes) => timeOf(textOf(kilobytes, line), batchKilobytes / kilobytes));
    const steps = times.slice(1).map((time, index) => time / (times[index] ?? time));
    const cells = times.map((time) => time.toFixed(3).padStart(9)).join(' ');
    longest[name] = Math.max(...steps);
    console.log(`${name.padEnd(22)}${cells}   ${longest[name].toFixed(1)} for 10`);
  }
  return longest;
}

function textOf(kilobytes: number, line: (index: number) => string): string {
  let text = 'FROM scratch\n';
  for (let index = 0; text.length < kilobytes * 1024; index++) text += line(index);
  return text;
}

/** Mean milliseconds of one text in the fastest batch. */
function timeOf(text: string, textsPerBatch: number): number {
  let best = Infinity;
  for (let batch = 0; batch < batches; batch++) {
    const kept: Dockerfile[] = [];
    const start = performance.now();
    for (let index = 0; index < textsPerBatch; index++) kept.push(parseDockerfile(text));
    best = Math.min(best, (performance.now() - start) / kept.length);
  }
  return best;
}
