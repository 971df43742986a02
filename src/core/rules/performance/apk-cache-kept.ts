/** Rule: apk leaves its index in the layer. */
import { shippedInstalls } from '../questions/installs.ts';
import { cacheLeftBy } from '../questions/leftovers.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'apk-cache-kept',
  item: 'no-package-cache',
  severity: 'warning',
  title: 'apk keeps its index in the layer',
  why: 'apk stores the package index under /var/cache/apk. Nothing in the image reads it again.',
  fix: 'Let apk fetch it for this call only: `apk add --no-cache curl`.',
  source: 'Alpine wiki, Alpine Package Keeper.',
  aliases: ['DL3019', 'DS-0025', 'DKL-DI-0004'],
  examples: {
    bad: 'FROM alpine:3.20\nRUN apk update && apk add curl\n',
    good: 'FROM alpine:3.20\nRUN apk add --no-cache curl\n',
  },
  *check(subject) {
    for (const install of shippedInstalls(subject, 'apk')) yield* cacheLeftBy(subject, install);
  },
});
