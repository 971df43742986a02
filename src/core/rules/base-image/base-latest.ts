/** Rule: a base image with a tag that is made to move: `latest`, or one that names no version at all. */
import type { ImageReference } from '../../dockerfile/types.ts';
import { externalBases } from '../ask.ts';
import { officialName } from '../base-images.ts';
import { defineRule } from '../rule.ts';
import type { Trouble } from '../rule.ts';

/** Images whose versions have names: `debian:bookworm-slim` says which release it is. */
const NAMED_RELEASES = new Set(['debian', 'ubuntu', 'buildpack-deps']);
/** Tags of those that name no release but the way to the next one. */
const MOVING_RELEASE = /^(?:stable|oldstable|testing|unstable|sid|experimental|rolling|devel|curl|scm)(?:-|$)/;
/** Tags that teams give to a line of development; what stands behind them changes by design. */
const MOVING_LINE = /^(?:stable|edge|main|master|trunk|nightly|dev|develop|canary|next|snapshot|current|lts|rolling)$/;

export default defineRule({
  id: 'base-latest',
  item: 'base-image-pinned',
  severity: 'error',
  title: 'Base image tagged `latest`, or without a version',
  why: '`latest` is moved with every release, and so is a tag such as `alpine` or `slim` that names no version. The next build may be another release of the language, and nobody can say which one runs.',
  fix: 'Name the version, at least major and minor: `FROM python:3.12-slim`.',
  source: 'Lessons, "The base image": tags that move without warning.',
  aliases: ['DL3007', 'DS-0001', 'CKV_DOCKER_7'],
  examples: {
    bad: 'ARG TAG=latest\nFROM python:${TAG}\n',
    good: 'ARG TAG=3.12-slim\nFROM python:${TAG}\n',
  },
  *check(subject) {
    for (const { from, base } of externalBases(subject)) {
      if (base.kind === 'image') yield* troubleWith(base.reference, from.image.span);
    }
  },
});

function* troubleWith(reference: ImageReference, at: Trouble['at']): Generator<Trouble> {
  const { name, tag, digest } = reference;
  if (tag === undefined || digest !== undefined) return;
  if (tag === 'latest' || (/(?:^|-)latest(?:-|$)/.test(tag) && !/\d/.test(tag))) {
    yield { at, message: `${name}:${tag} moves with every release of ${name}.` };
  } else if (namesNoVersion(reference, tag)) {
    yield { at, message: `${name}:${tag} names no version: it moves like \`latest\`.` };
  } else if (/(?:^|-)latest(?:-|$)/.test(tag)) {
    yield { at, severity: 'warning', message: `${name}:${tag} pins a part, and moves with every release of the rest.` };
  } else if (officialName(reference) === undefined && MOVING_LINE.test(tag)) {
    yield {
      at,
      severity: 'warning',
      confidence: 'medium',
      message: `${name}:${tag} names a line of development, not a version.`,
    };
  }
}

/** Only of official images is it known how they are tagged. */
function namesNoVersion(reference: ImageReference, tag: string): boolean {
  const name = officialName(reference);
  if (name === undefined) return false;
  return NAMED_RELEASES.has(name) ? MOVING_RELEASE.test(tag) : !/\d/.test(tag.replace(/alpine[\d.]+/, ''));
}
