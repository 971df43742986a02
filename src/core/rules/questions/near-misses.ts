/** A path of the context that a pattern of the ignore file almost fits: what its writer probably meant. */
import { cleanPath } from '../../context/pattern.ts';
import { filesAt } from '../../context/source-paths.ts';
import type { ContextFile } from '../../context/types.ts';
import { developmentKindOf } from '../tables/development-files.ts';
import { isListedByTemplates, isNeverSource } from '../tables/ignore-templates.ts';
import { aloneOf, isMeantEverywhere } from './ignore-patterns.ts';
import { isOneLetterOff, SHORTEST } from './letters.ts';
import { question } from './question.ts';
import type { Subject } from '../rule.ts';

/** Paths that are compared, for all patterns together. */
const MOST_LOOKS = 2_000_000;
const MOST_PARTS = 100;

/** What a pattern almost fits, and in which way it does not. */
export interface NearMiss {
  /** A file or folder that is sent. */
  readonly path: string;
  /**
   * `case`, `letter`: spelt otherwise; `folder`: below a folder that is not there; `machine`: as a path of a machine;
   * `outside`: behind `..`; `deeper`: in a folder that the pattern leaves out; `name`: a lone name, in such a folder.
   */
  readonly kind: 'case' | 'letter' | 'folder' | 'machine' | 'outside' | 'deeper' | 'name';
}

const sentPaths = question(({ context }): ReadonlySet<string> => withFolders(context.sent));
const uploadedPaths = question(({ context }): ReadonlySet<string> => withFolders(context.files ?? []));

/** Files, and the folders that they are in. */
function withFolders(files: readonly ContextFile[]): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { path } of files) {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const one = path.slice(0, end);
      if (paths.has(one)) break;
      paths.add(one);
    }
  }
  return paths;
}

const lowered = question((subject): ReadonlyMap<string, string> => {
  const paths = new Map<string, string>();
  for (const path of sentPaths(subject)) paths.set(path.toLowerCase(), path);
  return paths;
});

/** The paths that are sent, by their last name in small letters. */
const byName = question((subject): ReadonlyMap<string, readonly string[]> => {
  return Map.groupBy(sentPaths(subject), (path) => nameOf(path).toLowerCase());
});

/** The paths that are sent, by the folder that they are in, its slash included; `''` is the root. */
const byFolder = question((subject): ReadonlyMap<string, readonly string[]> => {
  return Map.groupBy(sentPaths(subject), (path) => path.slice(0, path.lastIndexOf('/') + 1));
});

const uploadedNames = question((subject): ReadonlySet<string> => {
  return new Set([...uploadedPaths(subject)].map(nameOf));
});

const budget = question(() => ({ left: MOST_LOOKS }));

/** True when there was too much to compare, so that a near miss may have been missed. */
export function gaveUp(subject: Subject): boolean {
  return budget(subject).left < 0;
}

/**
 * The path that is sent and that a pattern misses by its case, by one letter, by a folder too many or too few, or as a path of
 * a machine; `undefined` when there is none, or when what it names is there.
 *
 * @param raw  the pattern as written, not negated
 */
export function nearMiss(subject: Subject, raw: string): NearMiss | undefined {
  const machine = onMachine(subject, raw);
  if (machine !== undefined) return machine;
  if (/[?[\]\\]/.test(raw)) return undefined;
  if (raw.includes('../') && cleanPath(raw).startsWith('../')) return outside(subject, raw);
  const cleaned = cleanPath(`/${raw}`).slice(1);
  const plain = cleaned.replace(/\/\*{1,2}$/, '');
  if (!plain.includes('*')) {
    return (
      nearPlain(subject, plain) ?? (raw.startsWith('/') || raw.startsWith('.') ? undefined : below(subject, plain))
    );
  }
  const anywhere = /^\*\*\/([^*/]+)$/.exec(plain)?.[1];
  if (anywhere !== undefined) return otherCaseAnywhere(subject, anywhere);
  return /(?:^|\/)\*\.\w[\w.]+$/.test(cleaned) ? otherEnding(subject, raw) : undefined;
}

function nearPlain(subject: Subject, written: string): NearMiss | undefined {
  if (isThere(subject, written) || written.length < 2) return undefined;
  const other = lowered(subject).get(written.toLowerCase());
  if (other !== undefined) return { path: other, kind: 'case' };
  const at = written.lastIndexOf('/') + 1;
  const slash = written.indexOf('/');
  const rest = written.slice(slash + 1);
  if (slash > 0 && sentPaths(subject).has(rest) && !isThere(subject, written.slice(0, slash))) {
    return { path: rest, kind: 'folder' };
  }
  if (written.length - at < SHORTEST) return undefined;
  const looks = budget(subject);
  for (const path of byFolder(subject).get(written.slice(0, at)) ?? []) {
    if ((looks.left -= 1) < 0) return undefined;
    if (Math.abs(path.length - written.length) > 1) continue;
    if (isOneLetterOff(written.slice(at), path.slice(at))) return { path, kind: 'letter' };
  }
  return undefined;
}

/** Folders at the root of a machine, not of a project. */
const MACHINE =
  /^(?:~|\$\{?(?:HOME|PWD)\}?|\$\(pwd\)|[A-Za-z]:|\/(?:home|Users|root|mnt|opt|usr|srv|workspaces?|builds))\//;

/** `/home/me/shop/.env`, `~/shop/.env`, `C:/shop/.env`: what is left of it when its beginning goes, the longest first. */
function onMachine(subject: Subject, raw: string): NearMiss | undefined {
  if (!MACHINE.test(raw) || raw.includes('*')) return undefined;
  const parts = cleanPath(`/${raw}`).slice(1).split('/');
  // Nobody's path has so many.
  if (parts.length > MOST_PARTS) return undefined;
  // A slash in front is the root of the context, too.
  if (isThere(subject, parts[0] ?? '')) return undefined;
  const first = raw.startsWith('/') ? 2 : 1;
  return [...parts.keys()]
    .slice(first)
    .map((at) => parts.slice(at).join('/'))
    .filter((path) => isMeant(subject, path))
    .map((path) => ({ path, kind: 'machine' as const }))[0];
}

/** `../.env` */
function outside(subject: Subject, raw: string): NearMiss | undefined {
  const path = cleanPath(raw).replace(/^(?:\.\.\/)+/, '');
  return isMeant(subject, path) ? { path, kind: 'outside' } : undefined;
}

/** True for what is sent; a lone folder of source may be named like the project that is meant. */
function isMeant(subject: Subject, path: string): boolean {
  return sentPaths(subject).has(path) && (path.includes('/') || !holdsSource(subject, path));
}

/** `fixtures/x` for `web/fixtures/x`: there is one such path alone. */
function below(subject: Subject, written: string): NearMiss | undefined {
  const looks = budget(subject);
  const found: string[] = [];
  const name = nameOf(written);
  // Where its first folder is there, the pattern means that one, and is insurance.
  if (isThere(subject, written) || isThere(subject, written.split('/', 1)[0] ?? '')) return undefined;
  if (isMeantEverywhere(written)) return undefined;
  const isLone = name === written;
  if (isLone && (name.startsWith('.') || isListedByTemplates(name))) return undefined;
  for (const path of byName(subject).get(name.toLowerCase()) ?? []) {
    if ((looks.left -= 1) < 0) return undefined;
    if (!path.endsWith(`/${written}`) || developmentKindOf(`${path}/`)?.severity === 'warning') continue;
    if (found.push(path) > 1) return undefined;
  }
  const [path] = found;
  if (path === undefined) return undefined;
  if (!isLone) return { path, kind: 'deeper' };
  // A lone name of a file, such as `tsconfig.json`, is needed deeper as often as not; so is a folder of source.
  if (subject.context.file(path) !== undefined) return undefined;
  return holdsSource(subject, path) ? undefined : { path, kind: 'name' };
}

/** `**\/Node_modules` */
function otherCaseAnywhere(subject: Subject, name: string): NearMiss | undefined {
  if (uploadedNames(subject).has(name) || subject.context.folders?.has(name) === true) return undefined;
  const path = byName(subject)
    .get(name.toLowerCase())
    ?.find((one) => !holdsSource(subject, one));
  return path === undefined ? undefined : { path, kind: 'case' };
}

/** `*.LOG` */
function otherEnding({ context }: Subject, raw: string): NearMiss | undefined {
  const fits = aloneOf({ raw, negated: false });
  if (context.files?.some((file) => fits(file.path)) !== false) return undefined;
  const fitsLowered = aloneOf({ raw: raw.toLowerCase(), negated: false });
  const path = context.sent.find((file) => fitsLowered(file.path.toLowerCase()))?.path;
  return path === undefined ? undefined : { path, kind: 'case' };
}

const SOURCE = /\.(?:py|[cm]?[jt]sx?|vue|svelte|go|rb|php|java|kt|scala|rs|cs|fs|exs?|swift|cc?|cpp|html?|css)$/;

/** True for a folder that may be part of the program. */
function holdsSource({ context }: Subject, path: string): boolean {
  if (isNeverSource(nameOf(path)) || developmentKindOf(`${path}/`) !== undefined) return false;
  return filesAt(context.sent, path).some((file) => SOURCE.test(file.path));
}

function isThere(subject: Subject, path: string): boolean {
  return subject.context.folders?.has(path) === true || uploadedPaths(subject).has(path);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
