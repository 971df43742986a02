/**
 * Which images a build stood on, and by what each is known: its digest at a registry, its id on the engine. The builder says what it
 * resolved in the names of its steps (`[1/4] FROM docker.io/library/python:3.12-slim@sha256:…`); an image that the engine had
 * already has no digest there, and one that the builder fetched for itself has no id on the engine.
 */
import type { BaseImage } from '../../schemas/production.ts';
import type { BuildStep } from '../../schemas/report.ts';
import { parseImageReference } from '../dockerfile/image-reference.ts';
import type { Base, Dockerfile, ImageReference, Stage } from '../dockerfile/types.ts';

/** How an engine knows an image. */
export interface ImageIdentity {
  readonly id: string;
  /** `python@sha256:…`, for each registry that it came from or went to. */
  readonly repoDigests: readonly string[];
  /** From the lowest on. */
  readonly layers: readonly string[];
}

/** An image by the names that it has in the file, and at the builder. */
export type NamedImage = Pick<BaseImage, 'role' | 'written' | 'line' | 'reference'> & {
  readonly digest: string | undefined;
  /** What to ask the engine for; `null`: nothing. */
  readonly askedAs: string | null;
};

const MOST = 50;

/** The images that the build needed, that of the final stage first, and what the builder resolved each to. Pure; bounded. */
export function imagesOf(dockerfile: Dockerfile, steps: readonly BuildStep[]): readonly NamedImage[] {
  const shipped = new Set<Stage>();
  for (let stage = dockerfile.target; stage !== undefined && !shipped.has(stage); stage = below(stage))
    shipped.add(stage);
  const resolved = steps.flatMap(resolvedIn);
  const found: NamedImage[] = [];
  const add = (role: BaseImage['role'], base: Base | undefined, written: string, line: number): void => {
    if (base === undefined || base.kind === 'stage') return;
    const reference = base.kind === 'image' ? base.reference : resolved.find((one) => one.line === line)?.reference;
    const name = reference === undefined ? null : nameOf(reference);
    if (found.some((one) => one.role === role && one.reference === name && one.written === written)) return;
    const digest = reference?.digest ?? resolved.find((one) => nameOf(one.reference) === name)?.reference.digest;
    // A tag beside a written digest is ornament: the builder takes the digest.
    const askedAs =
      reference?.digest === undefined ? name : `${reference.registry}/${reference.repository}@${reference.digest}`;
    found.push({ role, written: written.slice(0, 1000), line, reference: name, digest, askedAs });
  };
  for (const stage of dockerfile.stages.filter(({ isReachable }) => isReachable)) {
    const { from, base } = stage;
    add(shipped.has(stage) ? 'base' : 'build', base, from.image.raw, from.span.start.line);
    for (const one of stage.instructions) {
      if (one.keyword === 'COPY' || one.keyword === 'ADD')
        add('files', one.source, one.from?.raw ?? '', one.span.start.line);
      if (one.keyword !== 'RUN') continue;
      for (const { source, options } of one.mounts)
        add('files', source, options.get('from') ?? '', one.span.start.line);
    }
  }
  const order = ['base', 'build', 'files'] as const;
  return order.flatMap((role) => found.filter((one) => one.role === role)).slice(0, MOST);
}

/**
 * The same with what the engine said of them. Pure.
 * @param identities  by `askedAs`, and the built image under its own id
 */
export function identified(
  images: readonly NamedImage[],
  identities: ReadonlyMap<string, ImageIdentity>,
  builtId: string,
): readonly BaseImage[] {
  return images.map(({ digest: resolved, askedAs, ...image }) => {
    if (image.written === 'scratch' && image.reference === null) {
      return {
        ...image,
        digest: null,
        imageId: null,
        note: 'It is empty: there is nothing that could be known of it.',
      };
    }
    const seen = askedAs === null ? undefined : identities.get(askedAs);
    const built = identities.get(builtId);
    // The name may have come to mean another image since; of one that only lends files nothing is left to compare.
    const isOther = image.role === 'base' && seen !== undefined && built !== undefined && !liesBelow(seen, built);
    const digest = resolved ?? (seen === undefined || isOther ? null : (digestOf(seen, image.reference) ?? null));
    const imageId = seen === undefined || isOther ? null : seen.id;
    return { ...image, digest, imageId, note: noteOn(digest, imageId, isOther) };
  });
}

function noteOn(digest: string | null, imageId: string | null, isOther: boolean): string | null {
  if (isOther) return 'What the engine has under this name now is not what the image was built on.';
  if (digest === null && imageId === null) return 'Neither the builder nor the engine said which image this was.';
  if (digest === null) return 'The engine has no digest for it, as for every image that did not come from a registry.';
  return imageId === null ? 'The builder fetched it for itself; the engine keeps no image of this name.' : null;
}

function below({ base }: Stage): Stage | undefined {
  return base.kind === 'stage' ? base.stage : undefined;
}

function liesBelow(lower: ImageIdentity, whole: ImageIdentity): boolean {
  return lower.layers.every((layer, index) => whole.layers[index] === layer);
}

/** Without digest: `docker.io/library/python:3.12-slim`. */
function nameOf({ registry, repository, tag, digest }: ImageReference): string {
  const name = `${registry}/${repository}`;
  if (tag !== undefined) return `${name}:${tag}`;
  return digest === undefined ? `${name}:latest` : name;
}

/** The digest under which a registry knows it; of several that of the repository it was named by. */
function digestOf({ repoDigests }: ImageIdentity, reference: string | null): string | undefined {
  const known = repoDigests.flatMap((text) => parseImageReference(text) ?? []);
  const own = known.find((one) => reference?.startsWith(`${one.registry}/${one.repository}`) === true);
  return (own ?? known[0])?.digest;
}

const STEP = /^(?:\[[^\]]*\] )?FROM (\S+)$/;

function resolvedIn({ name, line }: BuildStep): readonly { reference: ImageReference; line: number | null }[] {
  const reference = parseImageReference(STEP.exec(name)?.[1] ?? '');
  return reference === undefined ? [] : [{ reference, line }];
}
