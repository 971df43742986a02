/** Rule: a tagged base image without a digest. Information: pinning by digest is a choice that needs a bot to keep it fresh. */
import { externalBases } from '../questions/ask.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'base-no-digest',
  item: 'base-image-pinned',
  severity: 'info',
  title: 'Base image without a digest',
  why: 'Even a full version tag is pushed again when its packages are patched. Only a digest says which bytes were built on; it then has to be moved by hand or by a bot to get those patches.',
  fix: 'Add the digest to the tag: `FROM python:3.12-slim@sha256:…`.',
  source: 'Lessons, "The base image": production asks which digest is deployed.',
  aliases: ['S7023'],
  examples: {
    bad: 'FROM python:3.12-slim\n',
    good: 'FROM python:3.12-slim@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n',
  },
  *check(subject) {
    for (const { from, base } of externalBases(subject)) {
      if (base.kind !== 'image' || base.reference.digest !== undefined || base.reference.tag === undefined) continue;
      yield { at: from.image.span, message: `${base.reference.name}:${base.reference.tag} names no digest.` };
    }
  },
});
