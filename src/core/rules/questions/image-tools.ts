/**
 * Which small tools a final image has: what well-known bases bring and lack, what is installed or copied upon them. Only what is
 * certain is said.
 * Source: the Dockerfiles of the images named; looked up in the images themselves where they differ by variant.
 */
import type { ImageReference } from '../../dockerfile/types.ts';
import { commandsOf, finalBase, runsOf, shippedStages } from './ask.ts';
import { officialName } from '../tables/base-images.ts';
import { effectiveWords, installs } from './installs.ts';
import { isShipped } from './ask.ts';
import { programOf } from '../../dockerfile/shell/starters.ts';
import { question } from './question.ts';
import type { Subject } from '../rule.ts';

/** A tool that is asked about. */
export type Tool = 'curl' | 'wget' | 'nc' | 'sh';

/** What a base lacks for certain. */
interface Lack {
  readonly tools: readonly Tool[];
  /** What it is, for the message. */
  readonly kind: string;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Official images on Debian or Ubuntu whose slim variant has neither curl nor wget. */
const SLIM = words('debian python node ruby rust golang openjdk perl pypy');
/** Official images on Alpine whose wget and nc come from busybox, and that have no curl. */
const BUSYBOX = words('alpine python node golang ruby rust eclipse-temurin openjdk amazoncorretto redis caddy traefik');

/** What the base of the final image lacks for certain; `undefined` when nothing is known of it. */
const lackOf = question((subject): Lack | undefined => {
  const base = finalBase(subject);
  if (base?.kind === 'scratch') return { tools: ['curl', 'wget', 'nc', 'sh'], kind: 'scratch' };
  return base?.kind === 'image' ? lackOfImage(base.reference) : undefined;
});

function lackOfImage(reference: ImageReference): Lack | undefined {
  const { registry, repository, tag = '' } = reference;
  const path = `${registry}/${repository}`;
  if (path.startsWith('gcr.io/distroless/')) {
    return /debug/.test(tag) ? undefined : { tools: ['curl', 'wget', 'nc', 'sh'], kind: 'distroless' };
  }
  if (/^mcr\.microsoft\.com\/dotnet\/(?:aspnet|runtime|runtime-deps)$/.test(path)) {
    if (/chiseled|distroless/.test(tag)) return { tools: ['curl', 'wget', 'nc', 'sh'], kind: 'chiseled' };
    if (/alpine/.test(tag)) return { tools: ['curl'], kind: 'Alpine' };
    return /nanoserver|windows|mariner|azurelinux/.test(tag)
      ? undefined
      : { tools: ['curl', 'wget'], kind: 'the .NET runtime' };
  }
  if (path === 'ghcr.io/astral-sh/uv')
    return tag.endsWith('-slim') ? { tools: ['curl', 'wget', 'nc'], kind: 'slim' } : undefined;
  const name = officialName(reference);
  if (name === undefined) return undefined;
  if (name === 'alpine' || (BUSYBOX.has(name) && /(?:^|-)alpine/.test(tag))) return { tools: ['curl'], kind: 'Alpine' };
  if (name === 'debian' || name === 'ubuntu') return { tools: ['curl', 'wget', 'nc'], kind: name };
  return SLIM.has(name) && /(?:^|-)slim/.test(tag) ? { tools: ['curl', 'wget', 'nc'], kind: 'slim' } : undefined;
}

/** Packages that bring a tool, by themselves or because they need it. */
const BRINGS: Readonly<Record<Tool, RegExp>> = {
  curl: /^(?:curl(?:-minimal)?|devscripts|google-chrome|texlive|r-base)(?:$|[-=<>~@.:])/,
  wget: /^(?:wget2?|busybox|devscripts|google-chrome|texlive|r-base)(?:$|[-=<>~@.:])/,
  nc: /^(?:netcat|nc|ncat|nmap|busybox)(?:$|[-=<>~@.:])/,
  sh: /^(?:bash|dash|busybox)(?:$|[-=<>~@.:])/,
};

/**
 * Why the final image has not the tool, as the name of what lacks it; `undefined` when it has, or when that is not known: an
 * unknown base, an install from a list, a script that may install anything.
 */
export function lacks(subject: Subject, tool: Tool): string | undefined {
  const lack = lackOf(subject);
  if (lack === undefined || !lack.tools.includes(tool)) return undefined;
  return mayBring(subject, tool) ? undefined : lack.kind;
}

function mayBring(subject: Subject, tool: Tool): boolean {
  const isInstalled = installs(subject).some(
    ({ manager, stage, packages, manifests }) =>
      manager.kind === 'system' &&
      isShipped(subject, stage) &&
      (manifests.length > 0 || packages.some((name) => name === undefined || BRINGS[tool].test(name))),
  );
  return isInstalled || toolsMentioned(subject).has(tool) || runsUnknown(subject) || copiesPrograms(subject, tool);
}

/** Tools that some RUN uses, makes or links: it would not, if they were not there. */
const toolsMentioned = question(
  (subject): ReadonlySet<string> =>
    new Set(
      runsOf(shippedStages(subject)).flatMap((run) =>
        commandsOf(run).flatMap((command) => {
          const [program, ...args] = effectiveWords(command);
          // What is removed by name was there, and what comes after is not followed.
          return [program, ...args].map((word) => programOf(word) ?? '');
        }),
      ),
    ),
);

/** Scripts and installers of which nobody knows what they bring. */
const runsUnknown = question((subject): boolean =>
  runsOf(shippedStages(subject)).some((run) =>
    commandsOf(run).some((command) => {
      const [program, first] = effectiveWords(command);
      const isScript =
        program === undefined || /\.(?:sh|bash|py)$/.test(program) || /^\.{0,2}\//.test(command.name ?? '');
      const readsScript = /^(?:ba|da|a)?sh$/.test(program ?? '') && first !== undefined && first !== '-c';
      const pipes = command.joinedBy === '|' && /^(?:ba|da|a)?sh$|^xargs$/.test(program ?? '');
      return (
        isScript ||
        readsScript ||
        pipes ||
        /^(?:make|ansible.*|install_packages|nix.*|brew|microdnf|tdnf)$/.test(program ?? '')
      );
    }),
  ),
);

/** A COPY of the tool itself, or of folders in which programs are. */
function copiesPrograms(subject: Subject, tool: Tool): boolean {
  for (const stage of shippedStages(subject)) {
    for (const one of stage.instructions) {
      if (one.keyword !== 'COPY' && one.keyword !== 'ADD') continue;
      const target = one.destination?.value;
      if (target === undefined) return true;
      const names = [...one.sources.map(({ value }) => value), target].map((path) =>
        programOf(path?.replace(/\/+$/, '')),
      );
      if (names.some((name) => name === undefined || name.startsWith(tool) || name === 'busybox')) return true;
      const isProgramFolder = /^\/(?:usr\/|usr\/local\/)?(?:s?bin\/?)?$/.test(target);
      const takesFolder = one.sources.some(
        ({ value }) => value === undefined || /(?:^|\/)(?:s?bin|busybox|usr|local|\*|\.)?\/?$/.test(value),
      );
      if (isProgramFolder && takesFolder) return true;
    }
  }
  return false;
}
