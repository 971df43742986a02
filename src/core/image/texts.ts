/**
 * Secrets in a file of a layer: by the form of a value, and by the name of the file. A search for literal beginnings comes first
 * and only what stands around a hit is read, because an image holds gigabytes of text and next to no secrets.
 */
import { privateKindOf } from '../rules/tables/private-files.ts';
import { SECRET_BEGINNING } from '../rules/tables/secret-forms.ts';
import { secretValues } from '../rules/tables/secrets.ts';
import type { SecretInFile } from './layer.ts';
import { isPackaged } from './paths.ts';

const BEFORE = 64;
const BEHIND = 1024;
/** A file with more hits was made to have them. */
const MOST_HITS = 2000;
/** Told of one file. */
const MOST_TOLD = 5;

/** True when the content of a file is worth reading: what packages brought was published with them. */
export function isWorthReading(path: string): boolean {
  return !isPackaged(path) && !/(?:^|\/)ssl-cert-snakeoil\.key$/.test(path);
}

/** The secrets in a file; `text` is its beginning, one character a byte, or `undefined` when it is no text. Pure. */
export function secretsInFile(path: string, sizeBytes: number, text: string | undefined): readonly SecretInFile[] {
  const byForm = text === undefined ? [] : secretsInText(path, text);
  if (byForm.some(({ isCertain }) => isCertain)) return byForm;
  const named = privateKindOf({ path, sizeBytes, content: text ?? '\uFFFD' });
  if (named === undefined || sizeBytes === 0) return byForm;
  // One without a secret in it is a leftover, and told as such.
  if (named.kind.name === 'environment files' && named.charge !== 'error') return byForm;
  const masked = path.slice(path.lastIndexOf('/') + 1);
  return [...byForm, { path, kind: named.kind.name, masked, isCertain: named.charge === 'error' }];
}

function secretsInText(path: string, text: string): readonly SecretInFile[] {
  const told = new Map<string, SecretInFile>();
  for (const [start, end] of windowsIn(text)) {
    const part = text.slice(start, end);
    for (const found of secretValues(part)) {
      if (found.kind === 'a private key' && !hasKeyBehind(part.slice(found.end))) continue;
      const isCertain = !isExample(path) && !(found.kind === 'a password in a URL' && leadsNowhere(part, found.end));
      const { kind, masked } = found;
      const key = `${kind} ${masked}`;
      if (told.size < MOST_TOLD && told.get(key)?.isCertain !== true) told.set(key, { path, kind, masked, isCertain });
    }
  }
  return [...told.values()];
}

/** The parts of a text around everything that a secret may begin with, overlaps joined. */
function windowsIn(text: string): readonly (readonly [number, number])[] {
  const hits: number[] = [];
  for (const { index } of text.matchAll(SECRET_BEGINNING)) {
    if (hits.push(index) >= MOST_HITS) break;
  }
  // Addresses are everywhere; a password in one is followed by an @ before anything that ends the address.
  const end = MOST_HITS * 2;
  for (let at = text.indexOf('://'); at !== -1 && hits.length < end; at = text.indexOf('://', at + 3)) {
    if (/^:\/\/[^\s/@"'<>]*:[^\s/@"'<>]+@/.test(text.slice(at, at + 300))) hits.push(at);
  }
  const windows: [number, number][] = [];
  for (const hit of hits.sort((one, other) => one - other)) {
    const start = Math.max(0, hit - BEFORE);
    const last = windows.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = hit + BEHIND;
    else windows.push([start, hit + BEHIND]);
  }
  return windows;
}

/** Programs that read keys hold the first line of one; a key has its body behind it. */
function hasKeyBehind(text: string): boolean {
  return /^(?:\s|\\[rn]|["'`+,]|(?:Proc-Type|DEK-Info|Comment):[^\n]*)*[A-Za-z\d+/=]{40,}/.test(text.slice(0, 400));
}

/** The host behind a password is one that exists nowhere, only on the reader's own machine, or only within some network. */
function leadsNowhere(text: string, end: number): boolean {
  const host = /^@(\[[^\]]*\]|[^\s:/?#"']*)/.exec(text.slice(end, end + 300))?.[1] ?? '';
  return /^(?:[\w-]*|127\.[\d.]+|0\.0\.0\.0|\[::1?\]|(?:.*\.)?(?:example(?:\.(?:com|org|net))?|test|invalid|local(?:host)?))$/i.test(
    host,
  );
}

function isExample(path: string): boolean {
  return /(?:^|\/)(?:tests?|__tests__|testdata|fixtures|examples?|samples?|docs?)\/|\.(?:md|rst|adoc)$|(?:^|[/._-])(?:example|sample|template)(?:[._-][^/]*)?$/i.test(
    path,
  );
}
