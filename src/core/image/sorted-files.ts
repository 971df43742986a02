/** Every file of the finished image, under what its path and its mode say it is. Judges what lies above the base; of the base it tells. */
import type { DeclaredPackages } from './declared.ts';
import { developmentPackages } from './dev-packages.ts';
import { DIRECTORY, SET_ID, WORLD_WRITABLE } from './layer.ts';
import type { OwnStep } from './own-steps.ts';
import { isKnownForDevelopment, packageName, packageOf } from './packages.ts';
import { buildToolOf, cacheOf, isForEverybody, leftoverOf } from './paths.ts';
import type { CacheSeen, FileSeen, ImageContents, Some } from './seen.ts';
import type { Entry, Tree } from './tree.ts';

/** A list that keeps the first few and counts the rest. */
export interface Growing<T = FileSeen> {
  add(one: T): void;
  told(): Some<T>;
}

function growing<T = FileSeen>(most: number): Growing<T> {
  const first: T[] = [];
  let total = 0;
  return {
    add: (one) => {
      total += 1;
      if (first.length < most) first.push(one);
    },
    told: () => ({ first, total }),
  };
}

/** The files of an image. */
export interface SortedFiles {
  readonly leftovers: Growing;
  readonly buildTools: Growing;
  readonly devPackages: Growing;
  readonly setuid: Growing;
  readonly worldWritable: Growing;
  readonly caches: ReadonlyMap<string, CacheSeen>;
  readonly largest: readonly FileSeen[];
  readonly shipped: ImageContents['shipped'];
}

/** What is known beside the paths. */
export interface SortedBy {
  /** By the index of the layer; one without a step is the base's. */
  readonly stepOf: ReadonlyMap<number, OwnStep>;
  /** What installed packages need, by the path of their record. */
  readonly records: ReadonlyMap<string, readonly string[]>;
  readonly declared: DeclaredPackages;
  readonly most: number;
}

const MOST_LARGEST = 20;

/** Sorts. Pure. */
export function sortFiles(tree: Tree, by: SortedBy): SortedFiles {
  const list = (): Growing => growing(by.most);
  const leftovers = list();
  const buildTools = list();
  const setuid = list();
  const worldWritable = list();
  const base = { buildTools: growing<string>(by.most), devPackages: growing<string>(by.most) };
  const packages: Installed[] = [];
  const caches = new Map<string, CacheSeen>();
  const asked = new Set(by.declared.development.map(({ key }) => key));
  let largest: FileSeen[] = [];
  for (const entry of tree.entries()) {
    const step = by.stepOf.get(entry.layer);
    const isFolder = (entry.marks & DIRECTORY) !== 0;
    if (step === undefined) {
      if (!isFolder) tellOfBase(entry, base, (key) => asked.has(key) || isKnownForDevelopment(key));
      continue;
    }
    const tell = (list: Growing, kind: string | undefined): void => {
      if (kind !== undefined) list.add(fileSeen(kind, entry, step));
    };
    // What the base had marked already is the base's.
    const marks = entry.marks & ~entry.baseMarks;
    if ((marks & WORLD_WRITABLE) !== 0 && !isForEverybody(entry.path)) tell(worldWritable, 'writable by everybody');
    if (isFolder) continue;
    if ((marks & SET_ID) !== 0) tell(setuid, 'setuid or setgid');
    const cache = cacheOf(entry.path);
    if (cache !== undefined) addTo(caches, cache, entry.sizeBytes);
    else tell(leftovers, leftoverOf(entry.path, step));
    tell(buildTools, buildToolOf(entry.path));
    const key = packageOf(entry.path);
    if (key !== undefined) packages.push({ key, entry, step });
    if (entry.sizeBytes > (largest[MOST_LARGEST - 1]?.sizeBytes ?? 0)) {
      largest = [...largest, fileSeen('file', entry, step)]
        .sort((one, other) => other.sizeBytes - one.sizeBytes)
        .slice(0, MOST_LARGEST);
    }
  }
  const shipped = { buildTools: base.buildTools.told(), devPackages: base.devPackages.told() };
  const devPackages = forDevelopment(packages, by);
  return { leftovers, buildTools, devPackages, setuid, worldWritable, caches, largest, shipped };
}

/** An installed package, by its record. */
interface Installed {
  readonly key: string;
  readonly entry: Entry;
  readonly step: OwnStep;
}

function forDevelopment(packages: readonly Installed[], { records, declared, most }: SortedBy): Growing {
  const needs = new Map<string, string[]>();
  for (const { key, entry } of packages) {
    const needed = records.get(entry.path) ?? [];
    const known = needs.get(key);
    if (known === undefined) needs.set(key, [...needed]);
    else known.push(...needed);
  }
  const development = developmentPackages(new Set(needs.keys()), needs, declared);
  const told = growing(most);
  for (const { key, entry, step } of packages) {
    if (!development.has(key)) continue;
    const from = development.get(key);
    told.add(fileSeen(from === undefined ? packageName(key) : `${packageName(key)} (${from})`, entry, step));
  }
  return told;
}

function tellOfBase(
  { path }: Entry,
  base: { readonly buildTools: Growing<string>; readonly devPackages: Growing<string> },
  isDevelopment: (key: string) => boolean,
): void {
  const place = `at /${path.slice(0, 500)}`;
  const tool = buildToolOf(path);
  if (tool !== undefined) base.buildTools.add(`${tool} ${place}`);
  const key = packageOf(path);
  if (key !== undefined && isDevelopment(key)) base.devPackages.add(`${packageName(key)} ${place}`);
}

function fileSeen(kind: string, { path, sizeBytes, layer }: Entry, { line }: OwnStep): FileSeen {
  return { kind, path: `/${path.slice(0, 500)}`, sizeBytes, line, layer: layer + 1 };
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
