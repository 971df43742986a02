/** One layer, entry by entry, as it streams by: what lies where, and what is in the files above the base. */
import { isUtf8 } from 'node:buffer';
import { extract } from 'tar-stream';
import type { Extract } from 'tar-stream';
import { pipeline } from 'node:stream';
import { OPAQUE, WHITEOUT, emptyLayer, entryOf } from '../../../core/image/layer.ts';
import type { LayerRead } from '../../../core/image/layer.ts';
import { needsOf, packageOf } from '../../../core/image/packages.ts';
import { isWorthReading, secretsInFile } from '../../../core/image/texts.ts';
import { plainText } from '../plain-text.ts';
import type { Search } from './find.ts';
import type { PassLimits } from './order.ts';

/** An entry of a tar as its reader hands it out; its own types keep the name to themselves. */
export type TarEntry = Extract extends AsyncIterable<infer Source> ? Source : never;

/** What all layers of one image share. */
export interface Budget {
  readonly limits: PassLimits;
  entriesLeft: number;
  charactersLeft: number;
  /** Packages whose records are kept in mind, and the names of what they need. */
  recordsLeft: number;
  needsLeft: number;
  bytesLeft: number;
  allSorted: boolean;
  readonly cutOff: Set<string>;
  readonly startSearch: () => Search;
  /** There is something to search for. */
  readonly isSearching: boolean;
}

/** Deeper folders are made by hand, to be in the way. */
const DEEPEST = 200;
/** Of the record of a package; the longest that people publish is a tenth of it. */
const MAX_RECORD_BYTES = 256 * 1024;
/** Told of one layer; the rest is counted. */
const MOST_FOUND = 100;

/** Reads a layer, plain or packed. `isRead: false`: its files are only counted. Throws what unpacking throws. */
export async function readLayer(chunks: AsyncIterable<Buffer>, isRead: boolean, budget: Budget): Promise<LayerRead> {
  const layer = emptyLayer();
  const tar = extract(BY_BYTE);
  // An error of any part reaches the loop as an error of the tar.
  pipeline(bounded(chunks, budget), tar, () => {});
  for await (const entry of entriesOf(tar)) {
    const { mode, type, size, pax } = entry.header;
    const name = textOf(entry.header.name, isInPax(pax, 'path'));
    const target = textOf(entry.header.linkname, isInPax(pax, 'linkpath'));
    const isFile = type === 'file' || type === 'contiguous-file';
    const { path, marks } = entryOf(name, mode, isFile ? 'file' : type === 'directory' ? 'directory' : 'other');
    const bytes = isFile ? size : 0;
    layer.sizeBytes += bytes;
    if (type !== 'directory' && (marks & (WHITEOUT | OPAQUE)) === 0) layer.files += 1;
    note(layer, path, bytes, marks, budget);
    if (isRead && path !== '') {
      if (budget.isSearching) searchNames(layer, path, target, budget);
      if (bytes > 0) await readFile(layer, path, entry, budget);
    }
    entry.resume();
  }
  return layer;
}

/** One letter a byte keeps names apart that are no text. Missing in the library's own types. */
const BY_BYTE: NonNullable<Parameters<typeof extract>[0]> & { readonly filenameEncoding: 'latin1' } = {
  filenameEncoding: 'latin1',
};

function isInPax(pax: unknown, key: string): boolean {
  return typeof pax === 'object' && pax !== null && key in pax;
}

/** A name as text where its bytes are, else one letter a byte. Those of a pax header are text already. */
function textOf(name: string | null, isText: boolean): string {
  if (name === null || isText || !/[\x80-\xFF]/.test(name)) return name ?? '';
  const bytes = Buffer.from(name, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : name;
}

/**
 * The entries of a tar. Unlike those of its own iterator, a loop over them may be left at any moment: the reader's waits for
 * an end that never comes when it is left in the middle of an entry. Whoever leaves it lets go of the thread.
 */
export async function* entriesOf(tar: Extract): AsyncGenerator<TarEntry> {
  const entries = tar[Symbol.asyncIterator]();
  for (let next = await entries.next(); next.done !== true; next = await entries.next()) yield next.value;
}

function note(layer: LayerRead, path: string, bytes: number, marks: number, budget: Budget): void {
  if (budget.entriesLeft <= 0 || budget.charactersLeft < path.length || path.split('/', DEEPEST + 1).length > DEEPEST) {
    budget.allSorted = false;
    budget.cutOff.add('It holds more files than are kept in mind; those beyond were not sorted.');
    return;
  }
  budget.entriesLeft -= 1;
  budget.charactersLeft -= path.length;
  layer.paths.push(path);
  layer.sizes.push(bytes);
  layer.marks.push(marks);
}

/** A canary may stand in a name as well. */
function searchNames(layer: LayerRead, path: string, target: string, budget: Budget): void {
  const search = budget.startSearch();
  search.see(Buffer.from(`${path}\n${target}`));
  keepCanaries(layer, path, search);
}

async function readFile(layer: LayerRead, path: string, entry: TarEntry, budget: Budget): Promise<void> {
  const { maxTextBytes } = budget.limits;
  const isWanted = isWorthReading(path);
  const record = packageOf(path);
  if (!isWanted && record === undefined && !budget.isSearching) return;
  const mostBytes = record === undefined ? maxTextBytes : MAX_RECORD_BYTES;
  const search = budget.startSearch();
  const head: Buffer[] = [];
  let held = 0;
  let isText = isWanted || record !== undefined;
  for await (const chunk of entry) {
    // The tar reader hands on buffers.
    const bytes = chunk as Buffer;
    search.see(bytes);
    // To leave the loop would end the whole tar.
    if (!isText) continue;
    if (held === 0 && bytes.subarray(0, 8000).includes(0)) isText = false;
    else if (held < mostBytes) head.push(bytes.subarray(0, mostBytes - held));
    held += bytes.length;
  }
  keepCanaries(layer, path, search);
  const text = isText ? Buffer.concat(head).toString('latin1') : undefined;
  if (record !== undefined && text !== undefined) keepRecord(layer, path, needsOf(record, text), budget);
  if (!isWanted) return;
  for (const secret of secretsInFile(path, entry.header.size, text)) {
    layer.secretsTotal += 1;
    if (layer.secrets.length < MOST_FOUND)
      layer.secrets.push({ ...secret, path: shown(path), masked: shown(secret.masked) });
  }
  if (isText && held > mostBytes) {
    budget.cutOff.add(
      `Of text files above ${Math.round(maxTextBytes / 1024)} KiB only the beginning was read for secrets.`,
    );
  }
  const home = text === undefined || !path.endsWith('pyvenv.cfg') ? undefined : /^home\s*=\s*(\S+)/m.exec(text)?.[1];
  if (home !== undefined && layer.environments.length < MOST_FOUND) layer.environments.push({ path, home });
}

/** Without them a package that another one needs may be told as nobody's. */
function keepRecord(layer: LayerRead, path: string, needs: readonly string[], budget: Budget): void {
  if (budget.recordsLeft <= 0 || budget.needsLeft < needs.length) {
    budget.cutOff.add('It holds more packages than are kept in mind; what those beyond need was not read.');
    return;
  }
  budget.recordsLeft -= 1;
  budget.needsLeft -= needs.length;
  if (needs.length > 0) layer.records.push({ path, needs });
}

function keepCanaries(layer: LayerRead, path: string, { found }: Search): void {
  for (const { name, form } of found.values()) {
    layer.canariesTotal += 1;
    if (layer.canaries.length < MOST_FOUND) layer.canaries.push({ path: shown(path), name, form });
  }
}

/** The name of a stranger's file, fit to be shown. */
function shown(path: string): string {
  return plainText(path).slice(0, 500);
}

/** The image is larger than is looked at. */
export class TooLarge extends Error {}

async function* bounded(chunks: AsyncIterable<Buffer>, budget: Budget): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    budget.bytesLeft -= chunk.length;
    if (budget.bytesLeft < 0) throw new TooLarge();
    yield chunk;
  }
}
