/**
 * What an outside scanner is asked to look at, and what of its answer counts. The scanner knows forms; that a value is a
 * placeholder or an example is known here.
 */
import type { ContextFile } from '../../context/types.ts';
import { contextCopies, shippedStages } from './ask.ts';
import { filesOf } from './copied-files.ts';
import { question } from './question.ts';
import type { Leak, Subject } from '../rule.ts';
import { isPlaceholder } from '../tables/secrets.ts';

/** Characters of context files that are scanned for one analysis, and of one of them. */
const MOST_TEXT = 2_000_000;
const MOST_OF_FILE = 262_144;
/** Finds that are looked at; a text with more was made to have them. */
const MOST_LEAKS = 1000;

/** Lock files are hashes, tests and examples hold what is made up for them. */
const NOT_WORTH_IT =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|[^/]+\.lock|go\.sum|gradle\.lockfile|packages\.lock\.json)$|(?:^|\/)(?:tests?|__tests__|specs?|testdata|fixtures?|mocks?|__mocks__|examples?|samples?|docs?|node_modules|vendor)\/|[._-](?:example|sample|template|dist|test|spec)(?:[._-][^/]*)?$|\.md$/i;

/** Files of the context that a COPY puts into the image and that may hold a secret worth telling of, each once. */
export const filesWorthReading = question((subject): readonly ContextFile[] => {
  const files = new Set(
    shippedStages(subject)
      .flatMap(contextCopies)
      .flatMap((copy) => filesOf(subject, copy)),
  );
  return [...files].filter(({ path, content }) => content !== undefined && !NOT_WORTH_IT.test(path));
});

/** The texts that a scanner should look at: the Dockerfile, and what of the context becomes part of the image, within bounds. */
export function textsToScan(subject: Subject): readonly { readonly path: string; readonly text: string }[] {
  const texts = [{ path: subject.path, text: subject.dockerfile.text }];
  let left = MOST_TEXT;
  for (const { path, content = '' } of filesWorthReading(subject)) {
    if (path === subject.path || content.length > MOST_OF_FILE || (left -= content.length) < 0) continue;
    texts.push({ path, text: content });
  }
  return texts;
}

/** What the scanner found that is no placeholder, by path. Empty when nobody looked. */
export const leaksByPath = question((subject): ReadonlyMap<string, readonly Leak[]> => {
  const real = (subject.facts.leaks ?? []).slice(0, MOST_LEAKS).filter(({ path, start, end }) => {
    const text = path === subject.path ? subject.dockerfile.text : (subject.context.file(path)?.content ?? '');
    return isReal(text.slice(start, end));
  });
  return Map.groupBy(real, ({ path }) => path);
});

function isReal(found: string): boolean {
  const [, user, password] = /:\/\/([^\s:@/]*):([^\s@/]+)@/.exec(found) ?? [];
  const value = password ?? found;
  return value !== user && !isPlaceholder(value) && !/EXAMPLE|x{8}|^[$%{<]/i.test(value);
}
