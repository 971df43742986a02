/**
 * Cases as Markdown: Dockerfiles are full of `\` and `${}`, which a template string spoils and a fence keeps.
 *
 * A case is a second-level heading (a sentence about behaviour), the fences that follow it, and the plain lines between
 * them. A fence is named by the words after its language: ```file .dockerignore.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** One fenced block. */
export interface Fence {
  readonly language: string;
  /** What stands after the language, such as a path. */
  readonly name: string;
  readonly text: string;
}

/** One case. */
export interface MarkdownCase {
  readonly title: string;
  readonly file: string;
  readonly line: number;
  readonly fences: readonly Fence[];
  /** Lines outside of fences that are not empty. */
  readonly lines: readonly string[];
}

/** The cases of one Markdown text. */
export function parseCases(file: string, text: string): readonly MarkdownCase[] {
  const cases: { title: string; file: string; line: number; fences: Fence[]; lines: string[] }[] = [];
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const title = /^## (.+)$/.exec(line)?.[1];
    if (title !== undefined) cases.push({ title, file, line: index + 1, fences: [], lines: [] });
    const open = /^(`{3,})(\S*) ?(.*)$/.exec(line);
    const one = cases.at(-1);
    if (open !== null) {
      const end = lines.findIndex((other, at) => at > index && other === open[1]);
      if (end === -1) throw new Error(`${file}:${index + 1}: the fence is never closed`);
      const body = lines
        .slice(index + 1, end)
        .map((row) => `${row}\n`)
        .join('');
      one?.fences.push({ language: open[2] ?? '', name: open[3] ?? '', text: body });
      index = end;
    } else if (title === undefined && line.trim() !== '') one?.lines.push(line.trim());
  }
  return cases;
}

/** Every case of every Markdown file in a folder. */
export function readCases(folder: string): readonly MarkdownCase[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .flatMap((name) => parseCases(`${folder}/${name}`, readFileSync(`${folder}/${name}`, 'utf8')));
}
