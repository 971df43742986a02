/**
 * Use case, inner part of run-build.ts: values that are followed through the build. What was given in confidence is searched in
 * the image; an argument that is named like a secret and has no value gets one made up, so that its traces can be seen.
 */
import { randomBytes } from 'node:crypto';
import type { Dockerfile } from '../core/dockerfile/types.ts';
import type { DeclaredPackages } from '../core/image/declared.ts';
import { isWorthSearching } from '../core/image/needles.ts';
import type { Canary } from '../core/image/needles.ts';
import { ownSteps } from '../core/image/own-steps.ts';
import type { ImageBox } from '../core/probes/box.ts';
import { secretName } from '../core/rules/tables/secrets.ts';
import type { Built } from './build-image.ts';
import type { Engine } from './engine-port.ts';
import type { SealedInputs } from './store-port.ts';

/** A value for each build argument that is named like a secret and has neither a default nor a value. */
export function makeUpValues(
  dockerfile: Dockerfile,
  given: SealedInputs['buildArgs'],
): Readonly<Record<string, string>> {
  const declared = dockerfile.stages.filter(({ isReachable }) => isReachable).flatMap((one) => one.instructions);
  // Those above the first FROM hand their default on to the stages.
  const global = dockerfile.instructions.slice(
    0,
    dockerfile.instructions.findIndex(({ keyword }) => keyword === 'FROM'),
  );
  const isValued = new Set<string>(Object.keys(given ?? {}));
  const open = new Set<string>();
  for (const instruction of [...global, ...declared]) {
    if (instruction.keyword !== 'ARG') continue;
    for (const { key, value } of instruction.pairs) {
      if (key.value === undefined || secretName(key.value) !== 'strong') continue;
      if (value === undefined || value.value === '') open.add(key.value);
      else isValued.add(key.value);
    }
  }
  // Letters and digits only, so that no program has to quote it.
  return Object.fromEntries(
    [...open].filter((name) => !isValued.has(name)).map((name) => [name, `canary${randomBytes(16).toString('hex')}`]),
  );
}

/** True when the build did not work with made-up values, so that it has to be tried without. */
export function needsRealValues(built: Built, made: Readonly<Record<string, string>>): boolean {
  // What took too long would do so again.
  return built.failure !== undefined && built.failure.cause !== 'deadline' && Object.keys(made).length > 0;
}

/** Looks into the image for everything that the build was given in confidence. Throws like `Engine.scan`. */
export async function lookInto(
  engine: Pick<Engine, 'scan'>,
  about: {
    readonly imageId: string;
    readonly dockerfile: Dockerfile;
    readonly declared: DeclaredPackages;
    readonly sealed: Pick<SealedInputs, 'buildArgs' | 'secrets'>;
    /** Build arguments that somebody marked as secrets. */
    readonly marked: readonly string[];
    readonly made: Readonly<Record<string, string>>;
    readonly untried: readonly string[];
    /** Given with the request, and not by the Dockerfile. */
    readonly labels: readonly string[];
  },
  signal: AbortSignal,
): Promise<ImageBox> {
  const { imageId, dockerfile, declared, sealed, marked, made, untried, labels } = about;
  const args = Object.entries(sealed.buildArgs ?? {}).filter(
    ([name]) => marked.includes(name) || secretName(name) === 'strong',
  );
  const secrets = Object.entries(sealed.secrets ?? {});
  const canaries = [...args, ...secrets, ...Object.entries(made)].map(([name, value]): Canary => {
    const isGivenAsSecret = marked.includes(name) || secrets.some(([own]) => own === name);
    return { name, value, isGivenAsSecret };
  });
  const unsearched = canaries
    .filter((one) => one.isGivenAsSecret === true && !isWorthSearching(one))
    .map(({ name }) => name);
  const image = await engine.scan({ imageId, steps: ownSteps(dockerfile), canaries, declared }, signal);
  return image.seen === 'unseen'
    ? image
    : { ...image, untried, unsearched, labels: [...new Set([...image.labels, ...labels])] };
}
