/**
 * The file system of an image, layer upon layer: what is there in the end, and what was written for nothing.
 * Source: OCI image spec, "Image Layer Filesystem Changeset" (whiteouts, opaque whiteouts).
 */
import { DIRECTORY, OPAQUE, WHITEOUT } from './layer.ts';
import type { LayerRead } from './layer.ts';

interface Node {
  children: Map<string, Node> | undefined;
  size: number;
  marks: number;
  /** Index of the layer that wrote it last. */
  layer: number;
  /** Marks that the base gave it. */
  baseMarks: number;
}

/** A file or folder of the final file system. */
export interface Entry {
  readonly path: string;
  readonly sizeBytes: number;
  readonly marks: number;
  readonly layer: number;
  /** What it was marked with in the base. */
  readonly baseMarks: number;
}

/** The growing file system. */
export interface Tree {
  /** Lays a layer on top; layers in their order. */
  add(layer: Pick<LayerRead, 'paths' | 'sizes' | 'marks'>): void;
  has(path: string): boolean;
  /** Index of the layer whose version of the path is in the final file system. */
  layerOf(path: string): number | undefined;
  /** Every file and folder of the final file system. */
  entries(): Generator<Entry>;
  readonly wastedBytes: () => number;
}

/** An empty file system; the first `baseLayers` layers that are added are the base's. */
export function makeTree(baseLayers: number): Tree {
  const root = nodeOf(0, DIRECTORY, 0);
  let layers = 0;
  let wasted = 0;

  /** Bytes below a node that are lost when the present layer takes it away. */
  const lose = (node: Node, isReplaced: boolean): void => {
    // To delete what the base holds makes an image no larger than it has to be.
    if (layers >= baseLayers && (isReplaced || node.layer >= baseLayers)) wasted += node.size;
    for (const child of node.children?.values() ?? []) lose(child, isReplaced);
  };
  const find = (path: string): Node | undefined => {
    let node: Node | undefined = root;
    if (path === '') return node;
    for (const name of path.split('/')) node = node?.children?.get(name);
    return node;
  };
  const remove = (path: string): void => {
    const slash = path.lastIndexOf('/');
    const folder = find(path.slice(0, Math.max(0, slash)));
    const name = path.slice(slash + 1);
    const node = folder?.children?.get(name);
    if (node === undefined) return;
    lose(node, false);
    folder?.children?.delete(name);
  };
  const empty = (path: string): void => {
    const node = find(path);
    for (const child of node?.children?.values() ?? []) lose(child, false);
    if (node !== undefined) node.children = undefined;
  };
  /** What a node was before the present layer wrote it anew. */
  const loseFile = (node: Node): void => {
    if (node.size > 0 && node.layer !== layers && layers >= baseLayers) wasted += node.size;
  };
  const put = (path: string, size: number, marks: number): void => {
    let node = root;
    for (const name of path.split('/')) {
      if ((node.marks & DIRECTORY) === 0) {
        loseFile(node);
        Object.assign(node, { size: 0, marks: DIRECTORY, layer: layers });
      }
      node.children ??= new Map();
      let next = node.children.get(name);
      if (next === undefined) {
        next = nodeOf(0, DIRECTORY, layers);
        node.children.set(name, next);
      }
      node = next;
    }
    loseFile(node);
    if ((marks & DIRECTORY) === 0) {
      for (const child of node.children?.values() ?? []) lose(child, true);
      node.children = undefined;
    }
    node.size = size;
    node.marks = marks;
    node.layer = layers;
    if (layers < baseLayers) node.baseMarks = marks;
  };
  return {
    add: ({ paths, sizes, marks }) => {
      // Whiteouts speak of the layers below, wherever in the tar they stand.
      paths.forEach((path, index) => {
        const mark = marks[index] ?? 0;
        if ((mark & WHITEOUT) !== 0) remove(path);
        else if ((mark & OPAQUE) !== 0) empty(path);
      });
      paths.forEach((path, index) => {
        const mark = marks[index] ?? 0;
        if ((mark & (WHITEOUT | OPAQUE)) === 0 && path !== '') put(path, sizes[index] ?? 0, mark);
      });
      layers += 1;
    },
    has: (path) => find(path) !== undefined,
    layerOf: (path) => find(path)?.layer,
    entries: () => below(root.children ?? new Map(), ''),
    wastedBytes: () => wasted,
  };
}

function nodeOf(size: number, marks: number, layer: number): Node {
  return { children: undefined, size, marks, layer, baseMarks: 0 };
}

function* below(nodes: ReadonlyMap<string, Node>, folder: string): Generator<Entry> {
  for (const [name, { size: sizeBytes, marks, layer, baseMarks, children }] of nodes) {
    const path = folder === '' ? name : `${folder}/${name}`;
    yield { path, sizeBytes, marks, layer, baseMarks };
    if (children !== undefined) yield* below(children, path);
  }
}
