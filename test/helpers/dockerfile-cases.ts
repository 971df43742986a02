/**
 * Case files of the Dockerfile language: Markdown with one heading per case, a Dockerfile and what is expected of it.
 *
 * The words behind ```dockerfile change the text or the question: `crlf`, `bom`, `no-final-newline`, `escapes` (JSON
 * escapes in the block are resolved), `target=NAME`, `arg:NAME=VALUE`, `no-args` (no build arguments are given, and that
 * is known), `all-stages`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ParseOptions } from '../../src/core/dockerfile/parse.ts';

/** One case. */
export interface DockerfileCase {
  readonly file: string;
  /** The heading: a sentence about behaviour. */
  readonly title: string;
  readonly text: string;
  readonly options: ParseOptions;
  /** Lines of print-dockerfile.ts, in order; see the runner. */
  readonly expected: readonly string[];
}

const casePattern = /^## (.+)\n[^]*?^```dockerfile([^\n]*)\n([^]*?)^```\n[^]*?^```expect\n([^]*?)^```$/gm;

/** Every case of the `.md` files in a folder, in order. */
export function readCases(folder: string): readonly DockerfileCase[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .toSorted()
    .flatMap((name) => casesOf(name, readFileSync(join(folder, name), 'utf8')));
}

function casesOf(file: string, markdown: string): readonly DockerfileCase[] {
  const cases = [...markdown.matchAll(casePattern)].map(([, title = '', info = '', text = '', expected = '']): DockerfileCase => {
    const words = info.trim().split(/\s+/);
    const lines = expected.split('\n').filter((line) => line.trim() !== '');
    return { file, title, text: transform(text, words), options: optionsOf(words), expected: lines };
  });
  const headings = markdown.match(/^## /gm)?.length ?? 0;
  if (headings !== cases.length) throw new Error(`${file} has ${headings} headings and ${cases.length} cases`);
  return cases;
}

function transform(text: string, words: readonly string[]): string {
  let result = text;
  if (words.includes('no-final-newline')) result = result.replace(/\n$/, '');
  if (words.includes('crlf')) result = result.replaceAll('\n', '\r\n');
  if (words.includes('escapes')) result = result.replaceAll(/\\(?:r|f|t|v|0|u\{[0-9a-f]+\})/g, unescape);
  return words.includes('bom') ? `\uFEFF${result}` : result;
}

function unescape(escape: string): string {
  const simple: Readonly<Record<string, string>> = { r: '\r', f: '\f', t: '\t', v: '\v', 0: '\0' };
  const code = /u\{(.+)\}/.exec(escape)?.[1];
  return code === undefined ? (simple[escape.slice(1)] ?? escape) : String.fromCodePoint(Number.parseInt(code, 16));
}

function optionsOf(words: readonly string[]): ParseOptions {
  const target = words.find((word) => word.startsWith('target='))?.slice('target='.length);
  const args = words.filter((word) => word.startsWith('arg:')).map((word) => word.slice('arg:'.length));
  const buildArgs = Object.fromEntries(args.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
  return {
    ...(target === undefined ? {} : { target }),
    ...(args.length > 0 || words.includes('no-args') ? { buildArgs } : {}),
    ...(words.includes('all-stages') ? { allStages: true } : {}),
  };
}
