/** Rule: Python packages on Alpine that pip finds no wheel for, so that it compiles them, or has nothing to install. */
import type { ImageReference, Stage } from '../../dockerfile/types.ts';
import { chainOf, variableAt } from '../questions/ask.ts';
import { officialName } from '../tables/base-images.ts';
import { installs } from '../questions/installs.ts';
import type { Install } from '../questions/installs.ts';
import { OTHER_INDEX, askedAmong, askedByFile, wheelGap } from '../questions/python-wheels.ts';
import type { Asked, WheelGap } from '../questions/python-wheels.ts';
import { question } from '../questions/question.ts';
import { defineRule } from '../rule.ts';
import type { Subject, Trouble } from '../rule.ts';

const MANAGERS = new Set(['pip', 'uv pip', 'uv', 'poetry', 'pipenv']);
const COMPILERS = /^(?:build-base|alpine-sdk|gcc|g\+\+|clang\d*|musl-dev)(?:[<>=~].*)?$/;
const INDEX_VARIABLES = ['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_FIND_LINKS', 'UV_INDEX', 'UV_DEFAULT_INDEX'];

export default defineRule({
  id: 'alpine-compiles-wheels',
  item: 'base-image-fits',
  severity: 'warning',
  title: 'Python packages without wheels for Alpine',
  why: 'Wheels are built for glibc, and Alpine has musl. Where a package brings no wheel for musl, pip compiles it: minutes instead of seconds on every build, compilers and headers to install first. Where it brings no source either, the build stops.',
  fix: 'Take the slim image, which the wheels are built for: `FROM python:3.12-slim`; or the version of the package that has wheels for musl: `numpy>=1.25`, `psycopg2-binary`.',
  source: 'Lessons, "The base image": musl and C extensions; the files of each package on PyPI; PEP 656.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-alpine\nRUN pip install --no-cache-dir torch\n',
    good: 'FROM python:3.12-alpine\nRUN pip install --no-cache-dir numpy pandas\n',
  },
  *check(subject) {
    for (const install of installs(subject)) {
      if (!MANAGERS.has(install.manager.id) || hasOtherIndex(subject, install)) continue;
      const base = alpines(subject).get(install.stage);
      if (base === undefined) continue;
      const asked = askedBy(subject, install);
      // Nothing of the table is asked for: the usual case, and no reason to look at what apk brings.
      if (asked.length > 0) yield* troubleOf(subject, install, asked, pythonOf(base));
    }
  },
});

function* troubleOf(
  subject: Subject,
  install: Install,
  asked: readonly Asked[],
  python: string | undefined,
): Generator<Trouble> {
  const system = chainOf(install.stage).map((stage) => apkOf(subject).get(stage));
  // apk has some of them ready-made: py3-numpy.
  const gaps = asked
    .filter(({ name }) => !system.some((one) => one?.names.has(`py3-${name}`)))
    .map((one) => wheelGap(one, python))
    .filter((gap) => gap !== undefined);
  const of = (kind: WheelGap['kind']): readonly WheelGap[] => gaps.filter((gap) => gap.kind === kind);
  const [nothing, source, older] = [of('nothing'), of('source'), of('older')];
  if (nothing.length > 0) {
    yield {
      at: install.span,
      severity: 'error',
      message: `${named(nothing)}: neither a wheel for musl nor source on PyPI, so there is nothing to install on Alpine.`,
    };
  }
  if (older.length > 0) {
    yield {
      at: install.span,
      message: `${named(older)}: no wheel for musl in ${python === undefined ? 'this version' : `this version or for Python ${python}`}, so it is compiled. Has wheels: ${older.map(({ instead }) => instead).join(', ')}.`,
    };
  }
  const mayHaveCompiler = system.some((one) => one !== undefined && (one.isUnclear || one.hasCompiler));
  if (source.length > 0 && !mayHaveCompiler) {
    yield {
      at: install.span,
      message: `${named(source)}: source alone on PyPI, and apk installs no compiler here. Has wheels: ${source.map(({ instead }) => instead).join(', ')}.`,
    };
  }
}

function named(gaps: readonly WheelGap[]): string {
  return gaps.map(({ name }) => name).join(', ');
}

/** What an install asks for of the table: by name, by file, or by the project's own manifest. */
function askedBy(subject: Subject, { manager, packages, manifests }: Install): readonly Asked[] {
  const files = filesByName(subject);
  const readsProject = manager.readsManifest ? packages.length === 0 : packages.some((name) => name?.startsWith('.'));
  const paths = [...manifests, ...(readsProject ? ['pyproject.toml'] : [])];
  return [
    ...askedAmong(packages),
    ...paths.flatMap((path) => {
      const name = path?.slice(path.lastIndexOf('/') + 1);
      return (name === undefined ? undefined : files.get(name)) ?? [];
    }),
  ];
}

/** By the last part of the path, where only one file has that name: where COPY put it is not followed. */
const filesByName = question((subject): ReadonlyMap<string, readonly Asked[]> => {
  const byName = new Map<string, readonly Asked[] | undefined>();
  for (const [path, asked] of askedByFile(subject)) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    byName.set(name, byName.has(name) ? undefined : asked);
  }
  return new Map([...byName].flatMap(([name, asked]) => (asked === undefined ? [] : [[name, asked] as const])));
});

interface ApkSeen {
  readonly names: Set<string>;
  hasCompiler: boolean;
  isUnclear: boolean;
}

/** What apk installs in each stage. */
const apkOf = question((subject): ReadonlyMap<Stage, ApkSeen> => {
  const seen = new Map<Stage, ApkSeen>();
  for (const { manager, stage, packages } of installs(subject)) {
    if (manager.id !== 'apk') continue;
    const stageSeen = seen.get(stage) ?? { names: new Set<string>(), hasCompiler: false, isUnclear: false };
    seen.set(stage, stageSeen);
    for (const name of packages) {
      if (name === undefined) stageSeen.isUnclear = true;
      else {
        stageSeen.names.add(name.replace(/[<>=~].*$/, ''));
        if (COMPILERS.test(name)) stageSeen.hasCompiler = true;
      }
    }
  }
  return seen;
});

function hasOtherIndex(subject: Subject, { options, flags, stage, run }: Install): boolean {
  const isOption = OTHER_INDEX.some(
    (option) => options.has(option) || flags.some((flag) => flag.startsWith(`${option}=`)),
  );
  return isOption || INDEX_VARIABLES.some((name) => variableAt(subject, stage, run, name) !== undefined);
}

/** The Alpine image that each stage stands on in the end, where it stands on one. */
const alpines = question((subject): ReadonlyMap<Stage, ImageReference> => {
  const found = new Map<Stage, ImageReference>();
  for (const stage of subject.dockerfile.stages) {
    const { base } = stage;
    // A stage stands below those that are FROM it.
    const below = base.kind === 'stage' ? found.get(base.stage) : base.kind === 'image' ? base.reference : undefined;
    if (below !== undefined && (base.kind === 'stage' || isAlpine(below))) found.set(stage, below);
  }
  return found;
});

function isAlpine(reference: ImageReference): boolean {
  return officialName(reference) === 'alpine' || /(?:^|-)alpine[\d.]*(?:-|$)/.test(reference.tag ?? '');
}

/** `3.8` of `python:3.8.2-alpine`. */
function pythonOf(reference: ImageReference): string | undefined {
  return officialName(reference) === 'python' ? /^(\d+\.\d+)/.exec(reference.tag ?? '')?.[1] : undefined;
}
