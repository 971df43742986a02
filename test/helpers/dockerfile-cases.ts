/**
 * Case files of the Dockerfile language: Markdown with one heading per case, a Dockerfile and what is expected of it.
 *
 * The words behind ```dockerfile change the text or the question: `crlf`, `bom`, `no-final-newline`, `escapes` (JSON
 * escapes in the block are resolved), `target=NAME`, `arg:NAME=VALUE`, `no-args` (no build arguments are given, and that
 * is known), `all-stages`.
 */
import type { ParseOptions } from '../../src/core/dockerfile/parse.ts';
import { type MarkdownCase, readCases } from './markdown-cases.ts';

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

/** Every case of the `.md` files in a folder, in order. */
export function readDockerfileCases(folder: string): readonly DockerfileCase[] {
  return readCases(folder).map((one) => caseOf(one));
}

function caseOf({ file, line, title, fences }: MarkdownCase): DockerfileCase {
  const dockerfile = fences.find(({ language }) => language === 'dockerfile');
  const expect = fences.find(({ language }) => language === 'expect');
  if (dockerfile === undefined || expect === undefined) {
    throw new Error(`${file}:${line}: a case has a fence \`dockerfile\` and a fence \`expect\``);
  }
  const words = dockerfile.name.split(/\s+/);
  const expected = expect.text.split('\n').filter((row) => row.trim() !== '');
  return { file, title, text: transform(dockerfile.text, words), options: optionsOf(words), expected };
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
  const buildArgs = Object.fromEntries(
    args.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  );
  return {
    ...(target === undefined ? {} : { target }),
    ...(args.length > 0 || words.includes('no-args') ? { buildArgs } : {}),
    ...(words.includes('all-stages') ? { allStages: true } : {}),
  };
}
