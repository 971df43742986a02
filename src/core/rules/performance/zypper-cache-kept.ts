/** Rule: zypper leaves its cache in the layer. */
import { shippedInstalls } from '../questions/installs.ts';
import { cacheLeftBy } from '../questions/leftovers.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'zypper-cache-kept',
  item: 'no-package-cache',
  severity: 'warning',
  title: 'zypper keeps its cache in the layer',
  why: 'zypper keeps the metadata of every repository under /var/cache/zypp. Nothing in the image reads it again.',
  fix: 'Empty it in the same RUN: `zypper --non-interactive install curl && zypper clean --all`.',
  source: 'zypper manual, clean.',
  aliases: ['DL3036', 'DS-0020'],
  examples: {
    bad: 'FROM opensuse/leap:15.6\nRUN zypper --non-interactive install curl\n',
    good: 'FROM opensuse/leap:15.6\nRUN zypper --non-interactive install curl && zypper clean --all\n',
  },
  *check(subject) {
    for (const install of shippedInstalls(subject, 'zypper')) yield* cacheLeftBy(subject, install);
  },
});
