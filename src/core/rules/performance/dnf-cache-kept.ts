/** Rule: dnf, yum or microdnf leaves its cache in the layer. */
import { shippedInstalls } from '../questions/installs.ts';
import { cacheLeftBy } from '../questions/leftovers.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'dnf-cache-kept',
  item: 'no-package-cache',
  severity: 'warning',
  title: 'dnf keeps its cache in the layer',
  why: 'dnf, yum and microdnf keep the metadata of every repository under /var/cache: tens to hundreds of megabytes that nothing in the image reads again.',
  fix: 'Empty it in the same RUN: `dnf install -y curl && dnf clean all`, or keep it out: `RUN --mount=type=cache,target=/var/cache/dnf dnf install -y curl`.',
  source: 'dnf docs, Command Reference: clean.',
  aliases: ['DL3032', 'DL3040', 'DS-0015', 'DS-0019', 'DS-0027'],
  examples: {
    bad: 'FROM fedora:42\nRUN dnf install -y curl\n',
    good: 'FROM fedora:42\nRUN dnf install -y curl && dnf clean all\n',
  },
  *check(subject) {
    for (const install of shippedInstalls(subject, 'dnf')) yield* cacheLeftBy(subject, install);
  },
});
