/**
 * Pages for readers, and what stands in their fences. A fence of the language `sh` is a reader's command: a test runs it, or the
 * paragraph above it says why not (`*Not run by the tests: the reason.*`), for the reader to see. A fence of `text` or `json`
 * behind it is the answer.
 */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';

/** Commands as a reader pastes them. */
export interface Commands {
  readonly line: number;
  readonly text: string;
  /** What the page shows as the answer. */
  readonly answer: string | undefined;
  /** Why no test runs them. */
  readonly notRun: string | undefined;
}

/** Every page for readers: those of the root, of docs, and of the examples. */
export function pages(): readonly string[] {
  return globSync(['*.md', 'docs/**/*.md', 'examples/*.md']).toSorted();
}

/** One fence of a page. */
export interface PageFence {
  readonly line: number;
  readonly language: string;
  /** What stands behind the language, such as a path. */
  readonly name: string;
  readonly text: string;
  /** The text between it and the fence before. */
  readonly above: string;
}

/** The fences of a page, those within lists too. Throws when one is never closed. */
export function fencesOf(path: string): readonly PageFence[] {
  const fences: PageFence[] = [];
  const lines = readFileSync(path, 'utf8').split('\n');
  let above: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const [, indent = '', ticks, language = '', name = ''] = /^( *)(`{3,})(\w*) *(.*)/.exec(lines[index] ?? '') ?? [];
    if (ticks === undefined) {
      above.push(lines[index] ?? '');
      continue;
    }
    const end = lines.findIndex((other, at) => at > index && other.trim() === ticks);
    if (end === -1) throw new Error(`${path}:${index + 1}: the fence is never closed`);
    const text = lines.slice(index + 1, end).map((line) => `${line.slice(indent.length)}\n`);
    fences.push({ line: index + 1, language, name, text: text.join(''), above: above.join('\n') });
    above = [];
    index = end;
  }
  return fences;
}

/** The commands of a page, in their order. */
export function commandsOf(path: string): readonly Commands[] {
  const fences = fencesOf(path);
  return fences.flatMap((fence, index) => {
    if (fence.language !== 'sh') return [];
    const next = fences[index + 1];
    const isAnswered = next !== undefined && next.above.trim() === '' && ['text', 'json'].includes(next.language);
    const notRun = /\*Not run by the tests: ([^*]+)\*\s*$/.exec(fence.above)?.[1];
    return [{ line: fence.line, text: fence.text, answer: isAnswered ? next.text : undefined, notRun }];
  });
}

/**
 * Runs commands in their order in one shell, as a reader does who pastes them into one terminal: what one block sets, the next has.
 * Ends at the first that fails. Answers what each block printed, and what was said of errors.
 */
export function paste(
  blocks: readonly string[],
  { cwd = '.', env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): { readonly status: number | null; readonly said: readonly string[]; readonly stderr: string } {
  const mark = '\u001e';
  const script = blocks.map((text) => `${text}\nprintf '${mark}'\n`).join('');
  const ran = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 300_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status: ran.status, said: ran.stdout.split(mark).slice(0, -1), stderr: ran.stderr };
}

/** An answer as a page shows it: white space does not count, and `…` stands for anything. */
export function asShown(answer: string): RegExp {
  const parts = answer.replaceAll(/\s+/g, '').split('…');
  return new RegExp(`^${parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('[^]*?')}$`);
}

/** What was printed, in the form in which `asShown` looks at it. */
export function squeezed(said: string): string {
  return said.replaceAll(/\s+/g, '');
}
