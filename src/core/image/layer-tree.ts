/**
 * What lies in one layer as a tree that is small enough for a report: the largest folders and files by name, all else summed.
 * It shows what the layer adds, also what a later one deletes; whiteouts add nothing.
 */
import type { LayerNode } from '../../schemas/report.ts';
import { DIRECTORY, OPAQUE, WHITEOUT } from './layer.ts';
import type { LayerRead } from './layer.ts';

/** Nodes of all layers together, so that a report stays below 100 kB whatever the image holds. */
const MOST_NODES = 800;
/** Nodes of one layer. */
const MOST_OF_LAYER = 100;
/** Characters of one name. */
const LONGEST = 120;

/** How many nodes each of so many layers may have. */
export function nodesEach(layers: number): number {
  return Math.min(MOST_OF_LAYER, Math.floor(MOST_NODES / Math.max(1, layers)));
}

interface Folder {
  readonly name: string;
  sizeBytes: number;
  files: number;
  children: Map<string, Folder> | undefined;
}

/** The largest things of a layer, at most `most` nodes. Sizes of siblings sum up to their folder's, and on top to the layer's. Pure. */
export function layerTree(
  { paths, sizes, marks, sizeBytes, files }: Pick<LayerRead, 'paths' | 'sizes' | 'marks' | 'sizeBytes' | 'files'>,
  most: number,
): readonly LayerNode[] {
  const root = folderOf('');
  paths.forEach((path, index) => {
    if (path !== '' && ((marks[index] ?? 0) & (DIRECTORY | WHITEOUT | OPAQUE)) === 0)
      add(root, path, sizes[index] ?? 0);
  });
  // Files that were not kept in mind are counted all the same.
  root.sizeBytes = sizeBytes;
  root.files = files;
  return nodesOf(root, chosen(root, most));
}

function add(root: Folder, path: string, sizeBytes: number): void {
  let folder = root;
  for (const name of path.split('/')) {
    folder.children ??= new Map();
    let next = folder.children.get(name);
    if (next === undefined) {
      next = folderOf(name);
      folder.children.set(name, next);
    }
    next.sizeBytes += sizeBytes;
    next.files += 1;
    folder = next;
  }
}

function folderOf(name: string): Folder {
  return { name, sizeBytes: 0, files: 0, children: undefined };
}

/** What is told by name: always the largest thing next whose folder is told already. */
function chosen(root: Folder, most: number): ReadonlySet<Folder> {
  const told = new Set<Folder>();
  // Every folder with something in it may need one node more, for the rest of it.
  let left = most - 1;
  let open = largestIn(root, most);
  while (open.length > 0) {
    const [largest, ...others] = open;
    if (largest === undefined) break;
    open = others;
    const last = only(largest);
    const costs = last.children === undefined ? 1 : 2;
    if (costs > left) break;
    left -= costs;
    told.add(largest);
    open = [...open, ...largestIn(last, most)].sort(bySize).slice(0, left);
  }
  return told;
}

function largestIn({ children }: Folder, most: number): Folder[] {
  return [...(children?.values() ?? [])].sort(bySize).slice(0, most);
}

function bySize(one: Folder, other: Folder): number {
  return other.sizeBytes - one.sizeBytes || other.files - one.files || (one.name < other.name ? -1 : 1);
}

/** The first folder from here on that holds more than the next folder. */
function only(folder: Folder): Folder {
  let last = folder;
  while (last.children?.size === 1) {
    const [next] = last.children.values();
    // A name in the way of a folder, in a layer that says both.
    if (next === undefined || next.sizeBytes !== last.sizeBytes || next.files !== last.files) break;
    last = next;
  }
  return last;
}

function nodesOf(folder: Folder, told: ReadonlySet<Folder>): LayerNode[] {
  const shown = largestIn(folder, Infinity).filter((one) => told.has(one));
  const nodes = shown.map((one): LayerNode => {
    const last = only(one);
    const node = { name: nameOf(one, last), sizeBytes: one.sizeBytes, files: one.files };
    return last.children === undefined ? node : { ...node, children: nodesOf(last, told) };
  });
  const sum = (by: 'sizeBytes' | 'files'): number => shown.reduce((total, one) => total + one[by], 0);
  const rest = { name: '', sizeBytes: folder.sizeBytes - sum('sizeBytes'), files: folder.files - sum('files') };
  return rest.files > 0 || rest.sizeBytes > 0 ? [...nodes, rest] : nodes;
}

/** `usr/local/lib`, fit to be shown: names of a layer are a stranger's. */
function nameOf(first: Folder, last: Folder): string {
  const names = [first.name];
  for (let folder = first; folder !== last;) {
    const [next] = folder.children?.values() ?? [];
    if (next === undefined) break;
    names.push(next.name);
    folder = next;
  }
  const shown = names.join('/').replaceAll(HIDDEN, '\uFFFD').toWellFormed();
  return shown.length <= LONGEST ? shown : `…${shown.slice(1 - LONGEST)}`.toWellFormed();
}

/** Control characters, and the marks that reorder or hide text. */
const HIDDEN = /[\u0000-\u001F\u007F-\u009F\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/g;
