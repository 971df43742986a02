/** What a reader dropped or chose: a folder with all its files, an archive as it is, or a Dockerfile alone. */

/** A file of a folder; `path` is relative to the folder, `/` between parts. */
export interface PickedFile {
  readonly path: string;
  readonly size: number;
  readonly file: File;
}

/** What is to be verified. */
export type Picked =
  | { readonly kind: 'folder'; readonly name: string; readonly files: readonly PickedFile[] }
  | { readonly kind: 'archive'; readonly file: File }
  | { readonly kind: 'dockerfile'; readonly name: string; readonly text: string };

/** What cannot be taken, and what could be instead: the message is for the reader. */
export class NotTaken extends Error {}

/** As Write takes them: longer than any Dockerfile, and soon read. */
const MOST_BYTES = 4 * 1024 * 1024;

const ARCHIVE = /\.(?:tar|tgz|tar\.gz|tar\.zst|tzst|zip)$/i;

/**
 * What was dropped. Folders are read to their ends, which takes a while for large ones.
 * @param progress  told how many files were found so far
 */
export async function pickDropped(
  transfer: DataTransfer,
  progress: (files: number) => void,
): Promise<Picked | undefined> {
  // Asked for now: behind the first await the browser has forgotten what was dropped.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const [given] = transfer.files;
  const [first] = entries;
  // Some sources of a drag hand over a file that is no entry of any folder.
  if (first === undefined) return given === undefined ? undefined : await pickFile(given);
  if (entries.length === 1 && isFile(first)) return await pickFile(await fileOf(first));
  const files: PickedFile[] = [];
  const isOne = entries.length === 1;
  await walk(isOne && isFolder(first) ? await entriesOf(first) : entries, '', files, progress);
  return { kind: 'folder', name: isOne ? first.name : `${entries.length} files and folders`, files };
}

/** A folder that was chosen in a dialog. */
export function pickFolder(list: FileList): Picked | undefined {
  const [first] = list;
  if (first === undefined) return undefined;
  const [name = 'folder'] = first.webkitRelativePath.split('/');
  const files = Array.from(list, (file) => ({
    path: file.webkitRelativePath.slice(name.length + 1),
    size: file.size,
    file,
  }));
  return { kind: 'folder', name, files };
}

/** One file: an archive by its name, else a Dockerfile. Throws NotTaken where it is neither, and one that is too long unread. */
export async function pickFile(file: File): Promise<Picked> {
  const { name } = file;
  if (ARCHIVE.test(name)) return { kind: 'archive', file };
  if (file.size > MOST_BYTES) {
    throw new NotTaken(`${tooLong(name, 'Dockerfile')} An archive ends in tar, tar.gz, tar.zst or zip.`);
  }
  const text = await file.text();
  if (text.includes('\0'))
    throw new NotTaken(`${name} is neither a Dockerfile nor an archive (tar, tar.gz, tar.zst, zip).`);
  return { kind: 'dockerfile', name, text };
}

/**
 * Text of a file of a folder that is short where it is what it is called. Throws NotTaken where it is not, with the file unread.
 * @param kind  what it is taken for, in words
 */
export async function textOf({ path, file }: PickedFile, kind: string): Promise<string> {
  if (file.size > MOST_BYTES) throw new NotTaken(tooLong(path, kind));
  return await file.text();
}

/** Why something was not taken, for the reader. */
export function whyNot(error: unknown): string {
  return error instanceof NotTaken ? error.message : 'It cannot be read. Was it moved, or is it not yours to read?';
}

function tooLong(name: string, kind: string): string {
  return `${name} is larger than 4 MB: no ${kind} is.`;
}

async function walk(
  entries: readonly FileSystemEntry[],
  above: string,
  into: PickedFile[],
  progress: (files: number) => void,
): Promise<void> {
  for (const entry of entries) {
    const path = above + entry.name;
    if (isFolder(entry)) await walk(await entriesOf(entry), `${path}/`, into, progress);
    else if (isFile(entry)) {
      const file = await fileOf(entry);
      into.push({ path, size: file.size, file });
      if (into.length % 100 === 0) progress(into.length);
    }
  }
}

/** A reader answers a hundred or so at a time, and none at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return await new Promise((resolve, reject) => entry.file(resolve, reject));
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
