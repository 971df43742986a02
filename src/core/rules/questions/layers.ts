/** What each step puts into the layers that ship: folders and files with the step that brought them, as far as it is worth a word. */
import type { CopyInstruction, RunInstruction } from '../../dockerfile/types.ts';
import { commandsOf, shippedStages } from './ask.ts';
import { copiedFiles } from './copied-files.ts';
import { question } from './question.ts';
import type { Subject } from '../rule.ts';
import { absolute, acting } from './users.ts';

/** Something that a step brought. */
export interface Arrival {
  /** Where it is in the image. */
  readonly path: string;
  readonly step: CopyInstruction | RunInstruction;
  /** `undefined`: not known, and too large in kind to be let pass: a folder, an archive, what a download brings. */
  readonly sizeBytes: number | undefined;
}

/** Less than this nobody misses. */
export const WORTH_A_WORD = 1_000_000;

/** More steps than these nobody wrote by hand. */
const MOST = 100;

const ARCHIVE = /\.(?:tar|tgz|txz|tbz2|zip|gz|bz2|xz|zst|7z|deb|rpm|apk|jar|war|whl|iso|bin|run|sql|dump)$/i;

/** What the COPYs and downloads of the shipped stages bring, in file order; small things left out. */
export const arrivals = question((subject): readonly Arrival[] => {
  const all: Arrival[] = [];
  for (const step of shippedStages(subject).flatMap((stage) => stage.instructions)) {
    if (all.length >= MOST) break;
    if (step.keyword === 'COPY' || step.keyword === 'ADD') all.push(...copied(subject, step));
    else if (step.keyword === 'RUN') all.push(...downloaded(subject, step));
  }
  return all.filter(({ sizeBytes }) => sizeBytes === undefined || sizeBytes >= WORTH_A_WORD);
});

function* copied(subject: Subject, copy: CopyInstruction): Generator<Arrival> {
  const written = copy.destination?.value;
  const destination = absolute(written, acting(subject).get(copy)?.workdir);
  if (written === undefined || destination === undefined || copy.heredocs.length > 0) return;
  const taken =
    copy.from === undefined && subject.context.files !== undefined ? copiedFiles(subject).get(copy) : undefined;
  for (const { value } of copy.sources) {
    if (value === undefined) continue;
    const last = value.replace(/\/+$/, '').split('/').at(-1) ?? '';
    // `environment.yml*`, `yarn.loc[k]`: taken where it is there.
    const name = last.replace(/(?<=\w)\*$/, '').replace(/\[(.)\]$/, '$1');
    const files = taken?.find(({ source }) => source === value)?.files;
    const isFile =
      files === undefined
        ? /\.\w+$|file$|^LICENSE$/i.test(name)
        : files.length === 1 && files[0]?.path.endsWith(name) === true;
    const isUnknownAndSmall = files === undefined && isFile && !ARCHIVE.test(name);
    if (isUnknownAndSmall || (files !== undefined && files.length === 0)) continue;
    const sizeBytes = files?.reduce((sum, one) => sum + one.sizeBytes, 0);
    const isInto = written.endsWith('/') || written === '.' || copy.sources.length > 1;
    // A folder's content goes into the destination; a file goes there under its name, or becomes it.
    yield { path: isFile && isInto ? `${destination.replace(/\/$/, '')}/${name}` : destination, step: copy, sizeBytes };
    if (isFile && !isInto) yield { path: `${destination}/${name}`, step: copy, sizeBytes };
  }
}

/** What `curl -o`, `wget -O` and `git clone` leave, where they say it in full. */
function* downloaded(subject: Subject, run: RunInstruction): Generator<Arrival> {
  const commands = commandsOf(run);
  if (commands.some(({ name }) => name === 'cd' || name === 'pushd')) return;
  const workdir = acting(subject).get(run)?.workdir;
  for (const { name, args } of commands.slice(0, MOST)) {
    const words = args.map(({ value }) => value);
    const flag =
      name === 'curl' ? /^(?:-\w*o|--output)$/ : name === 'wget' ? /^(?:-\w*O|--output-document)$/ : undefined;
    const at = flag === undefined ? -1 : words.findIndex((word) => word !== undefined && flag.test(word));
    const told = name === 'git' && words[0] === 'clone' ? words.at(-1) : at === -1 ? undefined : words[at + 1];
    if (told === undefined || told === '-' || /:\/\/|@/.test(told)) continue;
    const path = absolute(told, workdir);
    if (path === undefined || path.startsWith('/dev/') || (name !== 'git' && !ARCHIVE.test(path))) continue;
    yield { path, step: run, sizeBytes: undefined };
  }
}

/** True when a path is a folder's own or lies below it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder.replace(/\/$/, '')}/`);
}
