/** Rule: an image from a registry that the organisation's policy does not trust. Without such a policy every registry is fine. */
import type { ImageReference } from '../../dockerfile/types.ts';
import { externalBases } from '../questions/ask.ts';
import { lenders } from '../questions/image-tags.ts';
import { defineRule } from '../rule.ts';

const POLICY = 'policy:\n  trustedRegistries: [registry.example.com]\n';

export default defineRule({
  id: 'base-registry-untrusted',
  // Where an image comes from is part of which image it is; and a gate that somebody has set has to hold: the row is a required one.
  item: 'base-image-pinned',
  severity: 'error',
  title: 'Image from a registry that the policy does not trust',
  why: 'The policy says which registries may be built upon, because somebody watches over those. What comes from elsewhere was looked at by nobody, and its name can be taken over by anybody who gets hold of it there.',
  fix: 'Take the image from a trusted registry, or mirror it there: `FROM registry.example.com/library/python:3.12-slim`.',
  source: 'The policy in force, `trustedRegistries`.',
  aliases: ['DL3026'],
  examples: {
    bad: { dockerfile: 'FROM python:3.12-slim\n', files: { 'drydock.yaml': POLICY } },
    good: {
      dockerfile: 'FROM registry.example.com/library/python:3.12-slim\n',
      files: { 'drydock.yaml': POLICY },
    },
  },
  *check(subject) {
    const given = subject.policy.trustedRegistries ?? [];
    if (given.length === 0) return;
    const trusted = given.map(normal);
    for (const { from, base } of externalBases(subject)) {
      if (base.kind === 'unknown')
        yield { cannotTell: `Which registry \`FROM ${from.image.raw}\` takes its image from: ${base.why}` };
      else if (base.kind === 'image' && !isTrusted(base.reference, trusted))
        yield { at: from.image.span, message: messageOf(base.reference, given) };
    }
    for (const { reference, at } of lenders(subject)) {
      if (!isTrusted(reference, trusted)) yield { at, message: messageOf(reference, given) };
    }
  },
});

/** `docker.io/library/` as rules see it: with a registry in front, a slash behind. */
function normal(entry: string): string {
  const bare = entry.trim().replace(/\/+$/, '');
  const [first = ''] = bare.split('/', 1);
  const isRegistry = /[.:]/.test(first) || first === 'localhost';
  return `${isRegistry ? bare.replace(/^(?:index|registry-1)\.docker\.io/, 'docker.io') : `docker.io/${bare}`}/`;
}

function isTrusted({ registry, repository }: ImageReference, trusted: readonly string[]): boolean {
  return trusted.some((entry) => `${registry}/${repository}/`.startsWith(entry));
}

function messageOf({ registry, repository }: ImageReference, given: readonly string[]): string {
  const more = given.length > 5 ? ` and ${given.length - 5} more` : '';
  return `${registry}/${repository} comes from none of the trusted registries: ${given.slice(0, 5).join(', ')}${more}.`;
}
