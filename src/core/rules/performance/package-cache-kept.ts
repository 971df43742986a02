/** Rule: a package manager that has no rule of its own for it leaves its download cache in the image. */
import { mayBeSkipped, shippedInstalls } from '../questions/installs.ts';
import type { Install } from '../questions/installs.ts';
import { cacheLeftBy, variableSeenBy } from '../questions/leftovers.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';

export default defineRule({
  id: 'package-cache-kept',
  item: 'no-package-cache',
  severity: 'warning',
  title: 'A package manager keeps its cache in the layer',
  why: 'uv, Poetry, Pipenv, conda, Composer and pacman keep what they download, beside the packages that they install from it. Nothing in the image reads it again.',
  fix: 'Switch it off (`uv sync --no-cache`, `poetry install --no-cache`, `composer install --no-cache`), empty it in the same RUN (`conda clean -afy`, `rm -rf /var/cache/pacman/pkg`), or keep it out of the layer: `RUN --mount=type=cache,target=/root/.cache/uv uv sync --locked`.',
  source: 'uv docs, Using uv in Docker: Caching; Poetry docs, Configuration: cache-dir; conda docs, conda clean.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nCOPY pyproject.toml poetry.lock ./\nRUN poetry install --only main --no-root\n',
    good: 'FROM python:3.12-slim\nCOPY pyproject.toml poetry.lock ./\nRUN poetry install --only main --no-root --no-cache\n',
  },
  *check(subject) {
    const managers = ['uv', 'uv pip', 'poetry', 'pipenv', 'conda', 'composer', 'pacman'];
    for (const install of shippedInstalls(subject, ...managers)) {
      if (mayBeSkipped(install)) continue;
      const severity = install.manager.id.startsWith('uv') && !isCopied(subject, install) ? 'info' : undefined;
      for (const trouble of cacheLeftBy(subject, install)) yield severity ? { ...trouble, severity } : trouble;
    }
  },
});

/** uv links packages out of its cache where it can, and a linked file is in the layer once; only copies double it. */
function isCopied(subject: Subject, install: Install): boolean {
  return (install.options.get('--link-mode') ?? variableSeenBy(subject, install, 'UV_LINK_MODE')?.value) === 'copy';
}
