/** Layers, history and configuration, joined: what is in the image above its base. Pure; bounded by `most`. */
import { canariesInConfig, maskedCommand, ownEntries, secretsInHistory } from './config.ts';
import type { ImageConfig, OwnEntry } from './config.ts';
import { DIRECTORY, SET_ID, WORLD_WRITABLE } from './layer.ts';
import type { LayerRead } from './layer.ts';
import type { Needle } from './needles.ts';
import type { OwnStep } from './own-steps.ts';
import { buildToolOf, cacheOf, devPackageOf, leftoverOf } from './paths.ts';
import type { CacheSeen, FileSeen, ImageSeen, OwnLayer, Place, Some } from './seen.ts';
import { makeTree } from './tree.ts';
import type { Entry, Tree } from './tree.ts';

/** Everything that one pass has read. */
export interface ImageRead {
  /** From the lowest to the topmost; the same object may come twice. */
  readonly layers: readonly LayerRead[];
  readonly config: ImageConfig;
  readonly steps: readonly OwnStep[];
  readonly needles: readonly Needle[];
  readonly allSorted: boolean;
  readonly cutOff: readonly string[];
  /** Longest list that is told. */
  readonly most: number;
}

/** A layer of the Dockerfile: what made it and what was read of it. */
interface Own {
  readonly entry: OwnEntry;
  readonly index: number;
  readonly layer: LayerRead;
}

/** Judges nothing: says what is there. */
export function joinImage({ layers, config, steps, needles, allSorted, cutOff, most }: ImageRead): ImageSeen {
  const entries = ownEntries(config, layers.length, steps);
  if (entries === undefined) {
    return { seen: 'unseen', reason: 'its history does not fit the Dockerfile, so nobody can say where the base ends' };
  }
  const own = entries.flatMap((entry): readonly Own[] => {
    const layer = entry.layer === undefined ? undefined : layers[entry.layer];
    return entry.layer === undefined || layer === undefined ? [] : [{ entry, index: entry.layer, layer }];
  });
  const baseLayers = layers.length - own.length;
  const tree = makeTree(baseLayers);
  for (const layer of layers) tree.add(layer);
  const bytes = (some: readonly LayerRead[]): number => some.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const stepOf = new Map(own.map(({ index, entry }) => [index, entry.step]));
  const files = sort(tree, stepOf, most);
  for (const one of own) lookAtEnvironments(one, tree, files.leftovers);

  const searched = new Set(needles.map(({ name }) => name));
  const secrets = [
    ...secretsInHistory(entries, searched),
    ...own.flatMap((one) => placed(one.layer.secrets, one, tree)),
  ];
  const inFiles = own.flatMap((one) => placed(one.layer.canaries, one, tree));
  const canaries = [
    ...canariesInConfig(config, entries, needles),
    ...inFiles.map(({ name, form, where, path, layer, line }) => ({ name, form, where, path, layer, line })),
  ];
  const unlisted = own.reduce((sum, { layer }) => sum + layer.secretsTotal - layer.secrets.length, 0);
  return {
    seen: 'image',
    sizeBytes: bytes(layers),
    base: { layers: baseLayers, sizeBytes: bytes(layers.slice(0, baseLayers)) },
    layers: own.slice(0, MOST_LAYERS).map(ownLayer),
    wastedBytes: tree.wastedBytes(),
    largest: files.largest,
    secrets: { first: secrets.slice(0, most), total: secrets.length + unlisted },
    searched: [...searched],
    canaries: { first: canaries.slice(0, most), total: canaries.length },
    leftovers: files.leftovers.told(),
    buildTools: files.buildTools.told(),
    devPackages: files.devPackages.told(),
    caches: [...files.caches.values()].sort((one, other) => other.sizeBytes - one.sizeBytes),
    setuid: files.setuid.told(),
    worldWritable: files.worldWritable.told(),
    labels: entries.flatMap(({ step }) => (step.keyword === 'LABEL' ? step.names : [])).slice(0, most),
    allSorted,
    cutOff,
  };
}

/** The engine runs no image with more. */
const MOST_LAYERS = 127;

function ownLayer({ entry, index, layer }: Own): OwnLayer {
  const { sizeBytes, files } = layer;
  return { number: index + 1, line: entry.step.line, command: maskedCommand(entry.text), sizeBytes, files };
}

/** What was found in the files of a layer, with its place. */
function placed<T extends { readonly path: string }>(
  found: readonly T[],
  { entry, index }: Own,
  tree: Tree,
): readonly (T & Place & { readonly isBuried: boolean })[] {
  return found.map((one) => ({
    ...one,
    where: 'file' as const,
    path: one.path,
    layer: index + 1,
    line: entry.step.line,
    isBuried: tree.layerOf(one.path) !== index,
  }));
}

/** A list that keeps the first few and counts the rest. */
interface Growing {
  add(file: FileSeen): void;
  told(): Some<FileSeen>;
}

function growing(most: number): Growing {
  const first: FileSeen[] = [];
  let total = 0;
  return {
    add: (file) => {
      total += 1;
      if (first.length < most) first.push(file);
    },
    told: () => ({ first, total }),
  };
}

interface Sorted {
  readonly leftovers: Growing;
  readonly buildTools: Growing;
  readonly devPackages: Growing;
  readonly setuid: Growing;
  readonly worldWritable: Growing;
  readonly caches: ReadonlyMap<string, CacheSeen>;
  readonly largest: readonly FileSeen[];
}

const MOST_LARGEST = 20;

/** Every file above the base, under what its path says it is. */
function sort(tree: Tree, stepOf: ReadonlyMap<number, OwnStep>, most: number): Sorted {
  const [leftovers, buildTools, devPackages, setuid, worldWritable] = Array.from({ length: 5 }, () =>
    growing(most),
  ) as [
    // As many as were asked for.
    Growing,
    Growing,
    Growing,
    Growing,
    Growing,
  ];
  const caches = new Map<string, CacheSeen>();
  let largest: FileSeen[] = [];
  for (const entry of tree.own()) {
    const step = stepOf.get(entry.layer);
    if (step === undefined) continue;
    const tell = (list: Growing, kind: string | undefined): void => {
      if (kind !== undefined) list.add(fileSeen(kind, entry, step));
    };
    // What the base had marked already is the base's.
    const marks = entry.marks & ~entry.baseMarks;
    if ((marks & WORLD_WRITABLE) !== 0) tell(worldWritable, 'writable by everybody');
    if ((entry.marks & DIRECTORY) !== 0) continue;
    if ((marks & SET_ID) !== 0) tell(setuid, 'setuid or setgid');
    const cache = cacheOf(entry.path);
    if (cache !== undefined) addTo(caches, cache, entry.sizeBytes);
    else tell(leftovers, leftoverOf(entry.path, step));
    tell(buildTools, buildToolOf(entry.path));
    tell(devPackages, devPackageOf(entry.path));
    if (entry.sizeBytes > (largest[MOST_LARGEST - 1]?.sizeBytes ?? 0)) {
      largest = [...largest, fileSeen('file', entry, step)]
        .sort((one, other) => other.sizeBytes - one.sizeBytes)
        .slice(0, MOST_LARGEST);
    }
  }
  return { leftovers, buildTools, devPackages, setuid, worldWritable, caches, largest };
}

function fileSeen(kind: string, { path, sizeBytes }: Entry, { line }: OwnStep): FileSeen {
  return { kind, path: `/${path.slice(0, 500)}`, sizeBytes, line };
}

function addTo(
  caches: Map<string, CacheSeen>,
  { manager, folder }: Pick<CacheSeen, 'manager' | 'folder'>,
  sizeBytes: number,
): void {
  const key = `${manager} ${folder}`;
  const known = caches.get(key) ?? { manager, folder, sizeBytes: 0, files: 0 };
  caches.set(key, { ...known, sizeBytes: known.sizeBytes + sizeBytes, files: known.files + 1 });
}

/** A virtual environment whose Python is not in the image was made on another machine. */
function lookAtEnvironments({ entry, index, layer }: Own, tree: Tree, leftovers: Growing): void {
  for (const { path, home } of layer.environments) {
    if (tree.layerOf(path) !== index || tree.has(home.replace(/^\/+/, ''))) continue;
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    leftovers.add({
      kind: 'a virtual environment of another machine',
      path: `/${folder}`,
      sizeBytes: 0,
      line: entry.step.line,
    });
  }
}
