/**
 * What stands at a path of the final image when its steps are done, as far as that is sure: COPY is followed from the oldest
 * stage of the chain, and what a RUN may have made or changed is not known any more. image-files.ts asks for less: which file
 * it was once.
 */
import { cleanPath } from '../../context/pattern.ts';
import type { ContextFile } from '../../context/types.ts';
import type { CopyInstruction, RunInstruction } from '../../dockerfile/types.ts';
import { commandsOf, finalBase, shippedStages } from './ask.ts';
import { knownImage, officialName } from '../tables/base-images.ts';
import { copiedFiles } from './copied-files.ts';
import type { Taken } from './copied-files.ts';
import { effectiveWords } from './installs.ts';
import { folderAtStart } from './working-folders.ts';
import type { Subject } from '../rule.ts';

/** A file of the context; `absent`: nothing can have put one there; `unknown`: something may have. */
export type AtPath = ContextFile | 'absent' | 'unknown';

/** Files looked at for one path; a file that needs more was made to need it. */
const MOST_LOOKS = 2_000_000;

/** What is at an absolute path of the final image when its steps are done. */
export function atPath(subject: Subject, path: string): AtPath {
  let now: AtPath = atBase(subject, path);
  const stages = shippedStages(subject);
  let workdir = stages[0] === undefined ? undefined : folderAtStart(stages[0]);
  let looks = 0;
  for (const one of stages.flatMap(({ instructions }) => instructions)) {
    if (one.keyword === 'WORKDIR') workdir = resolvePath(workdir, one.words[0]?.value);
    else if (one.keyword === 'RUN') now = afterRun(one, path, now);
    else if (one.keyword === 'COPY' || one.keyword === 'ADD') {
      for (const { files } of copiedFiles(subject).get(one) ?? []) looks += files.length;
      if (looks > MOST_LOOKS) return 'unknown';
      now = afterCopy(subject, one, path, workdir) ?? now;
    }
  }
  return now;
}

/** An absolute path; `undefined` when it counts from a folder that is not known. */
export function resolvePath(workdir: string | undefined, path: string | undefined): string | undefined {
  if (path === undefined || path === '') return undefined;
  if (path.startsWith('/')) return cleanPath(path);
  return workdir === undefined ? undefined : cleanPath(`${workdir}/${path}`);
}

/** Folders that images bring along: what is in them is not known. */
const OF_THE_BASE = /^\/(?:bin|boot|dev|etc|home|lib|lib64|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)\//;

/** Names that stand at the root of images: links to folders of `/usr`, start scripts, what the builder of the image left. */
const AT_ROOT =
  /^(?:\..*|bin|boot|dev|etc|home|lib|lib32|lib64|libx32|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var|init|linuxrc|.*entrypoint.*|.*\.(?:log|deb|txt))$/;

function atBase(subject: Subject, path: string): AtPath {
  const base = finalBase(subject);
  if (base?.kind === 'scratch') return 'absent';
  if (base?.kind !== 'image' || knownImage(base.reference)?.command !== false) return 'unknown';
  const [, first = '', ...rest] = path.split('/');
  if (rest.length > 0) return OF_THE_BASE.test(path) ? 'unknown' : 'absent';
  const isOfficial = officialName(base.reference) !== undefined && base.reference.tag?.includes('onbuild') !== true;
  return isOfficial && !AT_ROOT.test(first) ? 'absent' : 'unknown';
}

/** Programs that put no script of the project anywhere. */
const HARMLESS =
  /^(?:apt|apt-get|apk|dnf|microdnf|yum|pip|pip3|uv|poetry|mkdir|chmod|chown|rm|true|useradd|adduser|groupadd|addgroup|usermod|set|cd|test|\[)$/;

function afterRun(run: RunInstruction, path: string, now: AtPath): AtPath {
  const { text } = run.command;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (now === 'unknown') return now;
  if (now === 'absent') {
    if (text.includes(name) || run.command.heredocs.length > 0 || text.includes('>')) return 'unknown';
    return commandsOf(run).every((command) => HARMLESS.test(effectiveWords(command)[0] ?? '?')) ? now : 'unknown';
  }
  const isChanged =
    /dos2unix|\\r|\bsed\b|\btr\b|\bperl\b/.test(text) ||
    (/\b(?:rm|mv|cp|ln|install)\b/.test(text) && text.includes(name));
  return isChanged ? 'unknown' : now;
}

/** `undefined`: this COPY has nothing to do with the path. */
function afterCopy(
  subject: Subject,
  copy: CopyInstruction,
  path: string,
  workdir: string | undefined,
): AtPath | undefined {
  const written = copy.destination?.value;
  const destination = resolvePath(workdir, written);
  if (destination === undefined || written === undefined) return 'unknown';
  const isBelow = destination === '/' || path === destination || path.startsWith(`${destination}/`);
  if (!isBelow) return undefined;
  const taken = copiedFiles(subject).get(copy);
  const isKnown = copy.from === undefined && copy.heredocs.length === 0 && taken?.length === copy.sources.length;
  // ADD unpacks archives, and --parents keeps folders.
  if (!isKnown || copy.keyword === 'ADD' || copy.flags.some(({ name }) => name === 'parents')) return 'unknown';
  if (subject.context.files === undefined) return 'unknown';
  const isFolder = written.endsWith('/') || written.endsWith('.') || copy.sources.length > 1;
  for (const one of taken) {
    const found = one.files.find((file) => placesOf(one, file, destination, isFolder).includes(path));
    if (found !== undefined) return found.linkTarget === undefined ? found : 'unknown';
  }
  return undefined;
}

/** Where a file of a source comes to be; both places where it depends on what is there. */
function placesOf({ path, kind }: Taken, file: ContextFile, destination: string, isFolder: boolean): readonly string[] {
  const parts = file.path.split('/');
  const depth = path === '' ? 0 : path.split('/').length;
  const below = kind === 'plain' || parts.length > depth ? parts.slice(depth) : [];
  if (below.length > 0) return [cleanPath(`${destination}/${below.join('/')}`)];
  const inside = cleanPath(`${destination}/${parts.at(-1) ?? ''}`);
  return isFolder ? [inside] : [destination, inside];
}
