/** Rule: compilers and headers are installed in the stage that ships, and stay there. */
import type { ImageReference, RunInstruction, ShellCommand } from '../../dockerfile/types.ts';
import { commandsOf, finalBase, shippedStages } from '../questions/ask.ts';
import { officialName } from '../tables/base-images.ts';
import { callsFor, effectiveWords, shippedInstalls } from '../questions/installs.ts';
import type { Install } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';

/** Packages that build things, whatever the distribution calls them. */
const TOOL =
  /^(?:build-essential|build-base|alpine-sdk|base-devel|gcc(?:-[\d.]+)?|g\+\+(?:-[\d.]+)?|gfortran|clang(?:-\d+)?|llvm(?:-\d+)?|make|cmake|automake|autoconf|libtool|ninja-build|meson|cargo|rustc|golang(?:-\d.*)?|maven|gradle|default-jdk(?:-headless)?|openjdk-?\d+-jdk(?:-headless)?|linux-headers.*|.+-dev(?:el)?|gcc-c\+\+|@?development(?:[ -]tools)?)$/i;
/** Images that are a toolchain as a whole. */
const TOOLCHAINS = new Set(['golang', 'rust', 'gcc', 'maven', 'gradle', 'haskell', 'buildpack-deps', 'swift']);

export default defineRule({
  id: 'build-tools-shipped',
  item: 'multi-stage',
  severity: 'warning',
  title: 'Build tools in the final image',
  why: 'Compilers and headers are needed once, while the image is built. Shipped, they are hundreds of megabytes that every node pulls, and the first thing an attacker looks for.',
  fix: 'Build in an earlier stage and copy the result: `FROM python:3.12-slim AS build` … `COPY --from=build /venv /venv`.',
  source: 'Lessons, "The readiness checklist": no build tools in the final image.',
  aliases: ['DF011'],
  examples: {
    bad: 'FROM python:3.12-slim\nRUN apt-get update && apt-get install -y gcc && pip install --no-cache-dir uwsgi && rm -rf /var/lib/apt/lists/*\n',
    good: 'FROM python:3.12-slim AS build\nRUN apt-get update && apt-get install -y gcc && pip install --prefix=/out uwsgi\nFROM python:3.12-slim\nCOPY --from=build /out /usr/local\n',
  },
  *check(subject) {
    const base = finalBase(subject);
    const from = shippedStages(subject)[0]?.from;
    if (base?.kind === 'image' && from !== undefined && isToolchain(base.reference)) {
      yield { at: from.image.span, message: `The final image stands on ${base.reference.name}, which is a toolchain.` };
    }
    for (const install of shippedInstalls(subject, 'apt', 'apk', 'dnf')) {
      const tools = toolsLeftBy(install);
      if (tools.length === 0) continue;
      const more = tools.length > 5 ? ` and ${tools.length - 5} more` : '';
      yield {
        at: install.span,
        message: `The final image keeps ${tools.slice(0, 5).join(', ')}${more}, which only building needs.`,
      };
    }
  },
});

function isToolchain(reference: ImageReference): boolean {
  const { registry, repository, tag } = reference;
  if (registry === 'mcr.microsoft.com') return /^dotnet(?:\/core)?\/sdk$/.test(repository);
  const name = officialName(reference) ?? '';
  // Two have variants without a compiler; rust:slim is rust all the same.
  const isWithout =
    (name === 'swift' && /slim/.test(tag ?? '')) || (name === 'buildpack-deps' && /curl|scm/.test(tag ?? ''));
  return TOOLCHAINS.has(name) && !isWithout;
}

/** What an install brings for building, less what the same RUN removes: the layer then never held it. */
function toolsLeftBy({ packages, options, run, index }: Install): readonly string[] {
  const tools = packages.flatMap((name) => (name !== undefined && TOOL.test(bare(name)) ? [bare(name)] : []));
  const removed = removalsIn(run);
  const isRemoved = (name: string | undefined): boolean => (removed.get(name) ?? -1) > index;
  // A list in a variable was made for this: `apk del $BUILD_DEPS`.
  if (isRemoved(undefined) || isRemoved(options.get('--virtual') ?? options.get('-t') ?? '')) return [];
  return [...new Set(tools)].filter((name) => !isRemoved(name));
}

/** Where a RUN last removes a package, as the position of the command; under `undefined` packages that cannot be known. */
type Removals = ReadonlyMap<string | undefined, number>;

const removals = new WeakMap<RunInstruction, Removals>();

function removalsIn(run: RunInstruction): Removals {
  let all = removals.get(run);
  if (all === undefined) {
    all = new Map(
      commandsOf(run).flatMap((command, index) => {
        const words = effectiveWords(command);
        // The idiom of the official images: all counts as brought along, less what is named, and is purged.
        if (words.includes('apt-mark') && words.includes('auto')) return [[undefined, index] as const];
        return removes(command) ? words.slice(1).map((name) => [name && bare(name), index] as const) : [];
      }),
    );
    removals.set(run, all);
  }
  return all;
}

/** `gcc=4:12.2`, `gcc:amd64`, `gcc~12` name gcc. */
function bare(name: string): string {
  return name.split(/[=~<>:]/, 1)[0] ?? name;
}

function removes(command: ShellCommand): boolean {
  return ['apt-get', 'apt', 'aptitude', 'apk', 'dnf', 'yum', 'microdnf', 'tdnf'].some((program) =>
    callsFor(command, program, /^(?:purge|remove|autoremove|erase|del)$/),
  );
}
