/** Rule: more is sent to the builder than an image is likely to need. */
import { sourcePath } from '../../context/source-paths.ts';
import type { ContextFile } from '../../context/types.ts';
import { builtStages, contextCopies } from '../questions/ask.ts';
import { filesOf } from '../questions/copied-files.ts';
import { defineRule } from '../rule.ts';
import type { Mount, Span } from '../../dockerfile/types.ts';
import type { Subject } from '../rule.ts';

const mebibyte = 1024 * 1024;
const MOST_BYTES = 100 * mebibyte;

export default defineRule({
  id: 'context-too-large',
  item: 'context-excludes',
  severity: 'warning',
  title: 'Large build context',
  why: 'All of it travels to the builder at each build and is looked through for changes, and what a COPY takes of it is in the image.',
  fix: 'Exclude in `.dockerignore` what the build does not read; fetch large data when the container starts.',
  source: 'Lessons, "Six mistakes": hundreds of MB of context. BuildKit sends only what COPY, ADD and mounts ask for.',
  aliases: [],
  examples: {
    bad: {
      dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
      files: { 'app.py': '', 'data/prices.parquet': '(120 MB)' },
    },
    good: {
      dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
      files: { 'app.py': '', 'data/prices.parquet': '(120 MB)', '.dockerignore': 'data\n' },
    },
  },
  needs: 'files',
  *check(subject) {
    const { files, at } = asked(subject);
    let total = 0;
    const folders = new Map<string, number>();
    for (const { path, sizeBytes } of files) {
      total += sizeBytes;
      const folder = path.includes('/') ? `${path.slice(0, path.indexOf('/'))}/` : path;
      folders.set(folder, (folders.get(folder) ?? 0) + sizeBytes);
    }
    if (total <= MOST_BYTES) return;
    const largest = [...folders].toSorted((a, b) => b[1] - a[1]).slice(0, 3);
    const list = largest.map(([folder, bytes]) => `${folder} ${inMebibytes(bytes)}`).join(', ');
    yield { at, message: `${inMebibytes(total)} are sent to the builder; the largest: ${list}.` };
  },
});

/** What the stages that are built ask of the context, each file once, and the place that asks for most. */
function asked(subject: Subject): { readonly files: Iterable<ContextFile>; readonly at: Span | undefined } {
  const { sent } = subject.context;
  const all = new Set<ContextFile>();
  let most = 0;
  let at: Span | undefined;
  for (const stage of builtStages(subject)) {
    for (const copy of contextCopies(stage)) {
      const files = filesOf(subject, copy);
      if (files.length > most) {
        most = files.length;
        at = copy.span;
      }
      if (all.size < sent.length) for (const file of files) all.add(file);
    }
    const mount = stage.instructions.flatMap((one) => (one.keyword === 'RUN' ? one.mounts : [])).find(bindsWhole);
    if (mount !== undefined) return { files: sent, at: mount.span };
  }
  return { files: all, at };
}

function bindsWhole({ type, options }: Mount): boolean {
  const source = options.has('source') ? options.get('source') : '';
  return type === 'bind' && !options.has('from') && source !== undefined && sourcePath(source) === '';
}

function inMebibytes(bytes: number): string {
  return `${Math.round(bytes / mebibyte)} MB`;
}
