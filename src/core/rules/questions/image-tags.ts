/**
 * What a tag pins: whether an image name says which release it means, or moves on by itself. One answer for base images and
 * for those that COPY --from and RUN --mount take files from.
 * Source: the tags of the Docker official images, of distroless and of uv.
 */
import type { ImageReference, Span } from '../../dockerfile/types.ts';
import { builtStages } from './ask.ts';
import { knownImage, officialName } from '../tables/base-images.ts';
import { question } from './question.ts';
import { RELEASES_CHECKED, releaseEnds, releaseNames } from '../tables/releases.ts';

/** How an image name moves. */
export interface Movement {
  /**
   * `untagged`; `latest`, alone or beside a variant; `no-version`: a tag of a known image that names no release; `part`: it names
   * one thing and leaves the rest to `latest`; `line`: a line of development by the usual name of one; `patches`: the release
   * stands in the name of the image, what the tag leaves open is its patches.
   */
  readonly kind: 'untagged' | 'latest' | 'no-version' | 'part' | 'line' | 'patches';
  /** One sentence. */
  readonly message: string;
}

/** Images whose versions have names: `debian:bookworm-slim` says which release it is. */
const NAMED_RELEASES = new Set(['debian', 'ubuntu', 'buildpack-deps', 'neurodebian', 'ros']);
/** Tags of those that name no release but the way to the next one. */
const MOVING_RELEASE = /^(?:stable|oldstable|testing|unstable|sid|experimental|rolling|devel|curl|scm)(?:-|$)/;
/** Tags that teams give to a line of development; what stands behind them changes by design. */
const MOVING_LINE = /^(?:stable|edge|main|master|trunk|nightly|dev|develop|canary|next|snapshot|current|lts|rolling)$/;
/** distroless has no tags for versions: the release of Debian, and of the language, stands in the name. */
const RELEASE_IN_NAME = /^gcr\.io\/distroless\/.+-debian\d+$/;

/** Official images whose minor releases add and remove what programs rely on; others (node, debian, postgres) keep still within a major. */
const MINOR_MATTERS = new Set([
  ...['python', 'golang', 'ruby', 'php', 'rust', 'perl', 'elixir', 'erlang', 'julia', 'alpine'],
  ...['mysql', 'mariadb', 'mongo'],
]);

/** How an image name moves; `undefined` when it names a release or a digest, or when nobody knows how it is tagged. */
export function movement(reference: ImageReference): Movement | undefined {
  const { registry, repository, name, tag, digest } = reference;
  if (digest !== undefined) return undefined;
  if (RELEASE_IN_NAME.test(`${registry}/${repository}`)) {
    return tag !== undefined && tag !== 'latest'
      ? undefined
      : { kind: 'patches', message: `${name} names its release; only a digest says which build of it.` };
  }
  if (tag === undefined)
    return { kind: 'untagged', message: `${name} has no tag, so every build takes whatever is \`latest\` that day.` };
  const saysLatest = /(?:^|-)latest(?:-|$)/.test(tag);
  if (saysLatest && !/\d/.test(tag))
    return { kind: 'latest', message: `${name}:${tag} moves with every release of ${name}.` };
  if (namesNoVersion(reference, tag))
    return { kind: 'no-version', message: `${name}:${tag} names no version: it moves like \`latest\`.` };
  if (saysLatest)
    return { kind: 'part', message: `${name}:${tag} pins a part, and moves with every release of the rest.` };
  if (officialName(reference) !== undefined) return undefined;
  if (`${registry}/${repository}` === 'ghcr.io/astral-sh/uv' && !/\d/.test(tag))
    return { kind: 'line', message: `${name}:${tag} names no version, of uv as little as of Python.` };
  return MOVING_LINE.test(tag)
    ? { kind: 'line', message: `${name}:${tag} names a line of development, not a version.` }
    : undefined;
}

/** True for a tag that names only a major version, of an image whose minor versions change what runs, and goes on to the next. */
export function isMajorOnly(reference: ImageReference): boolean {
  const { tag, digest } = reference;
  const [, major] = /^(\d+)(?:-|$)/.exec(tag ?? '') ?? [];
  if (digest !== undefined || major === undefined || !MINOR_MATTERS.has(officialName(reference) ?? '')) return false;
  // `python:2` has come to its last minor version.
  const isOver = releaseEnds({ ...reference, tag: major }).some(({ lastDay }) => lastDay < RELEASES_CHECKED);
  return !isOver;
}

/** Only of official images is it known how they are tagged. */
function namesNoVersion(reference: ImageReference, tag: string): boolean {
  const name = officialName(reference);
  if (name === undefined) return false;
  if (NAMED_RELEASES.has(name)) return MOVING_RELEASE.test(tag);
  const [first = ''] = tag.split('-', 1);
  return !/\d/.test(tag.replace(/alpine[\d.]+/, '')) && !releaseNames(name).has(first);
}

/** An image that files are taken from, and where the file says so. */
export interface Lender {
  readonly reference: ImageReference;
  readonly at: Span;
}

/**
 * The images that COPY --from and RUN --mount=from take files from, in the built stages. A bare word that is no well-known image
 * is left out: it may be a context that the build is given by that name.
 */
export const lenders = question((subject): readonly Lender[] =>
  builtStages(subject).flatMap(({ instructions }) =>
    instructions.flatMap((one): readonly Lender[] => {
      const given =
        one.keyword === 'RUN'
          ? one.mounts.map((mount) => ({ source: mount.source, at: mount.span }))
          : one.keyword === 'COPY' && one.from !== undefined
            ? [{ source: one.source, at: one.from.span }]
            : [];
      return given.flatMap(({ source, at }) =>
        source?.kind === 'image' && !mayBeContext(source.reference) ? [{ reference: source.reference, at }] : [],
      );
    }),
  ),
);

function mayBeContext(reference: ImageReference): boolean {
  const isBareWord = reference.name === reference.repository.replace(/^library\//, '') && !reference.name.includes('/');
  const isUnpinned = reference.tag === undefined && reference.digest === undefined;
  return isBareWord && isUnpinned && reference.registry === 'docker.io' && knownImage(reference) === undefined;
}
