/** Layers, history and configuration, joined: what is in the image above its base. Pure; bounded by `most`. */
import { canariesInConfig, maskedCommand, ownEntries, secretsInHistory } from './config.ts';
import type { ImageConfig, OwnEntry } from './config.ts';
import type { DeclaredPackages } from './declared.ts';
import type { LayerRead } from './layer.ts';
import { layerTree, nodesEach } from './layer-tree.ts';
import type { Needle } from './needles.ts';
import type { OwnStep } from './own-steps.ts';
import type { ImageSeen, OwnLayer, Place } from './seen.ts';
import { sortFiles } from './sorted-files.ts';
import type { Growing } from './sorted-files.ts';
import { makeTree } from './tree.ts';
import type { Tree } from './tree.ts';

/** Everything that one pass has read. */
export interface ImageRead {
  /** From the lowest to the topmost; the same object may come twice. */
  readonly layers: readonly LayerRead[];
  readonly config: ImageConfig;
  readonly steps: readonly OwnStep[];
  readonly needles: readonly Needle[];
  readonly declared: DeclaredPackages;
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
export function joinImage(read: ImageRead): ImageSeen {
  const { layers, config, steps, needles, declared, allSorted, cutOff, most } = read;
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
  const files = sortFiles(tree, {
    stepOf: new Map(own.map(({ index, entry }) => [index, entry.step])),
    records: new Map(own.flatMap(({ layer }) => layer.records).map((one) => [one.path, one.needs])),
    declared,
    most,
  });
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
    layers: own.slice(0, MOST_LAYERS).map((one) => ownLayer(one, nodesEach(own.length), needles)),
    wastedBytes: tree.wastedBytes(),
    largest: files.largest,
    secrets: { first: secrets.slice(0, most), total: secrets.length + unlisted },
    searched: [...searched],
    canaries: { first: canaries.slice(0, most), total: canaries.length },
    leftovers: files.leftovers.told(),
    buildTools: files.buildTools.told(),
    devPackages: files.devPackages.told(),
    shipped: files.shipped,
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

function ownLayer({ entry, index, layer }: Own, nodes: number, needles: readonly Needle[]): OwnLayer {
  const { sizeBytes, files } = layer;
  const { line } = entry.step;
  return {
    number: index + 1,
    line,
    command: maskedCommand(entry.text, needles),
    sizeBytes,
    files,
    tree: layerTree(layer, nodes),
  };
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
      layer: index + 1,
    });
  }
}
