/**
 * Which variables well-known images set. What is not listed here is unknown.
 * Source: the Dockerfiles of the Docker official images, present and former.
 */
import type { ImageReference } from '../../dockerfile/types.ts';
import { knownImage, officialName } from './base-images.ts';

const PATH_ALONE = /^PATH$/;

/** The names that each image sets. */
const NAMES: ReadonlyMap<string, RegExp> = new Map([
  ...['alpine', 'busybox', 'debian', 'ubuntu', 'almalinux', 'rockylinux'].map((name) => [name, PATH_ALONE] as const),
  ['node', /^(?:PATH|NODE_\w+|NPM_\w+|YARN_\w+)$/],
  ['python', /^(?:PATH|LANG|LC_\w+|GPG_KEY|PYTHON\w*|\w*PIP\w*|SETUPTOOLS\w*)$/],
  ['golang', /^(?:PATH|GO\w*)$/],
]);

/** True when an image sets no variable of that name; false when it does, or nobody knows. */
export function leavesUnset(reference: ImageReference, variable: string): boolean {
  const names = NAMES.get(officialName(reference) ?? '');
  // Images with triggers may do anything with what they are given; on Windows the system has variables of its own.
  const isPlain = names !== undefined && knownImage(reference) !== undefined && !/onbuild/.test(reference.tag ?? '');
  return isPlain && !names.test(variable);
}
