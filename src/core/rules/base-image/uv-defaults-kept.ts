/** Rule: uv works with defaults that are made for a workstation. */
import { variableAt } from '../questions/ask.ts';
import { installs } from '../questions/installs.ts';
import type { Install } from '../questions/installs.ts';
import { isMounted } from '../questions/leftovers.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';

/** One default, and what takes its place. */
interface Default {
  readonly flags: readonly string[];
  readonly variables: readonly string[];
  readonly write: string;
  readonly means: string;
  readonly matters: (install: Install) => boolean;
}

const DEFAULTS: readonly Default[] = [
  {
    flags: ['--no-python-downloads', '--no-managed-python'],
    variables: ['UV_PYTHON_DOWNLOADS', 'UV_PYTHON_PREFERENCE', 'UV_NO_MANAGED_PYTHON', 'UV_NO_PYTHON_DOWNLOADS'],
    write: 'UV_PYTHON_DOWNLOADS=never',
    means: 'uv may fetch a Python of its own',
    matters: () => true,
  },
  {
    flags: ['--compile-bytecode', '--compile'],
    variables: ['UV_COMPILE_BYTECODE'],
    write: 'UV_COMPILE_BYTECODE=1',
    means: 'modules are compiled at each first start',
    matters: () => true,
  },
  {
    flags: ['--link-mode'],
    variables: ['UV_LINK_MODE'],
    write: 'UV_LINK_MODE=copy',
    means: 'linking from the cache mount fails and is warned of',
    matters: ({ run }) => isMounted(run, '/root/.cache/uv'),
  },
];

export default defineRule({
  id: 'uv-defaults-kept',
  item: 'reproducible',
  severity: 'info',
  title: 'uv keeps defaults that are made for a workstation',
  why: 'In an image the Python of the base is the one to use, modules are better compiled once than at each start, and a cache mount cannot be linked from.',
  fix: 'Set them for the stage that builds the environment: `ENV UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy`.',
  source: 'Lessons, "One production image, six decisions"; uv documentation, Using uv in Docker.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --frozen --no-dev\n',
    good: 'FROM python:3.12-slim\nENV UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --frozen --no-dev\n',
  },
  *check(subject) {
    const told = new Set<Install['stage']>();
    for (const install of installs(subject)) {
      // Said once a stage; and an image of its own may bring settings that nobody sees from here.
      if (install.manager.id !== 'uv' || told.has(install.stage) || !standsOnPython(install)) continue;
      const kept = DEFAULTS.filter((one) => one.matters(install) && !isSet(subject, install, one));
      if (kept.length === 0) continue;
      told.add(install.stage);
      yield {
        at: install.span,
        message: `${kept.map(({ write, means }) => `Without ${write} ${means}`).join('; ')}.`,
      };
    }
  },
});

function standsOnPython({ stage }: Install): boolean {
  let { base } = stage;
  while (base.kind === 'stage') base = base.stage.base;
  return base.kind === 'image' && base.reference.name === 'python';
}

function isSet(subject: Subject, { flags, command, stage, run }: Install, one: Default): boolean {
  return (
    flags.some((flag) => one.flags.includes(flag.split('=', 1)[0] ?? '')) ||
    one.variables.some((name) => command.assignments.has(name) || variableAt(subject, stage, run, name) !== undefined)
  );
}
