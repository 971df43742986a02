/** Rule: pip leaves its download cache in the image. */
import { shippedInstalls } from '../questions/installs.ts';
import { cacheLeftBy } from '../questions/leftovers.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'pip-cache-kept',
  item: 'no-package-cache',
  severity: 'error',
  title: 'pip keeps its cache in the layer',
  why: 'pip stores every wheel it downloads under ~/.cache/pip. Nothing in the image ever reads it again: tens of megabytes that every node pulls.',
  fix: 'Switch it off: `pip install --no-cache-dir …`, or keep it out of the layer: `RUN --mount=type=cache,target=/root/.cache/pip pip install …`.',
  source: 'Lessons, "Six mistakes": no --no-cache-dir.',
  aliases: ['DL3042'],
  examples: {
    bad: 'FROM python:3.12-slim\nRUN pip install -r requirements.txt\n',
    good: 'FROM python:3.12-slim\nENV PIP_NO_CACHE_DIR=1\nRUN pip install -r requirements.txt\n',
  },
  *check(subject) {
    for (const install of shippedInstalls(subject, 'pip')) yield* cacheLeftBy(subject, install);
  },
});
