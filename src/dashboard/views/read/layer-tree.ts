/** What a Dockerfile put on its base, as one tree: layers, folders, files; and what of it is there for nothing. Pure. */
import type { ImageReport, LayerNode } from '../../../schemas/report.ts';

/** The image, a layer, a folder or a file. */
export interface Part {
  /** Where it is in the tree: places below each other, `2/0/1`; the image itself is ''. */
  readonly key: string;
  readonly name: string;
  /** In the image, of folders and files. */
  readonly path: string;
  /** Of the Dockerfile; `null` of the image itself. */
  readonly line: number | null;
  readonly sizeBytes: number;
  readonly files: number;
  /** Of that, what a later layer replaces or deletes, as far as single files are known. */
  readonly wastedBytes: number;
  readonly children: readonly Part[];
}

type Largest = NonNullable<ImageReport['largest']>;

/** As many as the report names at most (core/image/sorted-files.ts): with fewer it names every file. */
const MOST_LARGEST = 20;

/** The tree. Empty where nobody could look into the image. */
export function imageTree(image: ImageReport): Part {
  const largest = image.largest ?? [];
  const layers = (image.layers ?? []).map(({ line, command, sizeBytes, files, tree }, index): Part => {
    const children = tree.map((node, place) => partOf(node, `${index}/${place}`, '', line, largest));
    return {
      key: String(index),
      name: shortCommand(command),
      path: '',
      line,
      sizeBytes,
      files,
      wastedBytes: wasteOf(children),
      children,
    };
  });
  return {
    ...{ key: '', name: 'Above the base', path: '', line: null, children: layers },
    sizeBytes: sum(layers.map((one) => one.sizeBytes)),
    files: sum(layers.map((one) => one.files)),
    wastedBytes: wasteOf(layers),
  };
}

/** The part with that key; the whole where there is none. */
export function partAt(root: Part, key: string): Part {
  return trail(root, key).at(-1) ?? root;
}

/** The parts on the way to that one, the whole first, itself last. */
export function trail(root: Part, key: string): readonly Part[] {
  const way = [root];
  for (const place of key === '' ? [] : key.split('/')) {
    const next = way.at(-1)?.children[Number(place)];
    if (next === undefined) break;
    way.push(next);
  }
  return way;
}

/** A command as one reads it: without the shell and the arguments that the history puts around it. */
export function shortCommand(command: string): string {
  return command
    .replace(/^RUN \|\d+ .*? (?=\/bin\/sh -c )/s, 'RUN ')
    .replace(/^(RUN )?\/bin\/sh -c (#\(nop\)\s+)?/, '$1')
    .replace(/ # buildkit$/, '');
}

function partOf(node: LayerNode, key: string, above: string, line: number, largest: Largest): Part {
  const path = node.name === '' ? '' : `${above}/${node.name}`;
  const children = (node.children ?? []).map((one, place) => partOf(one, `${key}/${place}`, path, line, largest));
  const { sizeBytes, files } = node;
  const isFile = children.length === 0 && files === 1 && path !== '';
  return {
    ...{ key, path, line, sizeBytes, files, children },
    name: node.name === '' ? `${files} more` : node.name,
    wastedBytes: isFile ? (isGone(path, sizeBytes, line, largest) ? sizeBytes : 0) : wasteOf(children),
  };
}

/** A file that would be among the largest of the image, were it still there. */
function isGone(path: string, sizeBytes: number, line: number, largest: Largest): boolean {
  const isNamedIfThere = largest.length < MOST_LARGEST || sizeBytes > (largest.at(-1)?.sizeBytes ?? 0);
  return sizeBytes > 0 && isNamedIfThere && !largest.some((one) => one.path === path && one.line === line);
}

function wasteOf(parts: readonly Part[]): number {
  return sum(parts.map((one) => one.wastedBytes));
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((all, one) => all + one, 0);
}
