/** Rule: a tool of development is installed by its name into the image that ships. */
import { commandsOf, isShipped, runsOf, shippedStages } from '../questions/ask.ts';
import { callsFor, installs, mayBeSkipped } from '../questions/installs.ts';
import type { Install } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';
import { question } from '../questions/question.ts';
import { startedText } from '../questions/start-words.ts';
import { isDevelopmentRequirements } from '../tables/development-files.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const PYTHON = words(
  'pytest pytest-cov pytest-asyncio pytest-xdist pytest-mock pytest-django tox nox coverage hypothesis black ruff flake8 ' +
    'pylint mypy pyright isort autopep8 pre-commit bandit ipdb debugpy pudb jupyter jupyterlab notebook twine',
);
const NODE = words(
  'nodemon ts-node-dev eslint prettier jest mocha vitest cypress karma karma-cli jasmine nyc @angular/cli @vue/cli standard',
);
const RUBY = words('rspec rubocop pry pry-byebug byebug guard minitest');
const TOOLS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['pip', PYTHON],
  ['uv pip', PYTHON],
  ['npm', NODE],
  ['yarn', NODE],
  ['pnpm', NODE],
  ['bun', NODE],
  ['gem', RUBY],
]);

export default defineRule({
  id: 'dev-tools-installed',
  item: 'no-dev-dependencies',
  severity: 'warning',
  title: 'A development tool in the final image',
  why: 'Test runners, linters, notebooks and debuggers are never called by the service. They bring dozens of packages of their own, to be pulled, scanned and patched.',
  fix: 'Leave it out, or install it in a stage for tests that the final image does not come from: `FROM base AS test`, `RUN pip install pytest`.',
  source: 'Lessons, "One production image", 6: development packages are absent; "Patterns": notebooks, test artefacts.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nRUN pip install --no-cache-dir fastapi==0.115.0 pytest==8.3.0\nCMD ["fastapi", "run"]\n',
    good: 'FROM python:3.12-slim\nRUN pip install --no-cache-dir fastapi==0.115.0\nCMD ["fastapi", "run"]\n',
  },
  *check(subject) {
    const started = startedText(subject);
    // An image without a command of its own is a box of tools.
    if (started === undefined) return;
    for (const install of installs(subject)) {
      const tools = TOOLS.get(install.manager.id);
      if (tools === undefined || !isShipped(subject, install.stage) || mayBeSkipped(install)) continue;
      const found = install.packages.flatMap((name) => (name === undefined ? [] : [bare(name)]));
      const told = [...new Set(found)].filter((name) => tools.has(name) && !startsIt(started, name));
      if (told.length > 0)
        yield { at: install.span, message: `The image keeps ${told.join(', ')}, which only development needs.` };
      for (const [file, names] of listed(subject, install)) {
        const asked = names.filter((name) => !told.includes(name) && !startsIt(started, name)).slice(0, 10);
        if (asked.length === 0) continue;
        yield {
          at: install.span,
          message: `${file} asks for ${asked.join(', ')}, which only development needs: list that in a file of its own.`,
        };
      }
    }
    if (started.includes('xdebug')) return;
    for (const run of runsOf(shippedStages(subject))) {
      const command = commandsOf(run).find(
        (one) => callsFor(one, 'pecl', 'install', /^xdebug/) || callsFor(one, 'docker-php-ext-enable', /^xdebug$/),
      );
      if (command !== undefined) {
        yield { at: command.span, message: 'The image keeps Xdebug, a debugger that slows every request down.' };
      }
    }
  },
});

/** Tools that a program may call while it serves: formatters of what it writes, notebooks that it runs. */
const MAY_SERVE = words('black isort coverage jupyter jupyterlab notebook debugpy');

/** The tools that the requirements files of an install ask for, by file. */
function listed(subject: Subject, { manager, manifests }: Install): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, readonly string[]>();
  if (manager.id !== 'pip' && manager.id !== 'uv pip') return all;
  for (const path of manifests) {
    const name = path?.slice(path.lastIndexOf('/') + 1) ?? '';
    const tools = toolsByName(subject).get(name);
    // A file that says what it is for is told by another rule.
    if (tools !== undefined && path !== undefined && !isDevelopmentRequirements(path)) all.set(name, tools);
  }
  return all;
}

/** What the requirements files of the context ask for, where only one has that name: where COPY put it is not followed. */
const toolsByName = question((subject): ReadonlyMap<string, readonly string[]> => {
  const files = subject.context.sent.filter(({ path }) =>
    /(?:^|\/)[^/]*requirements[^/]*(?:\/[^/]+)?\.(?:txt|in)$/.test(path),
  );
  const byName = Map.groupBy(files, ({ path }) => path.slice(path.lastIndexOf('/') + 1));
  return new Map(
    [...byName].flatMap(([name, [file, ...others]]) =>
      file?.content === undefined || others.length > 0 ? [] : [[name, toolsIn(file.content)] as const],
    ),
  );
});

function toolsIn(requirements: string): readonly string[] {
  const names = requirements
    .split('\n')
    .flatMap((line) => /^\s*([A-Za-z\d][\w.-]*)/.exec(line)?.[1]?.toLowerCase().replaceAll('_', '-') ?? []);
  return [...new Set(names)].filter((name) => PYTHON.has(name) && !MAY_SERVE.has(name));
}

/** What the command of a package is called, where not like the package. */
const PROGRAMS: ReadonlyMap<string, string> = new Map([
  ['@angular/cli', 'ng'],
  ['@vue/cli', 'vue'],
  ['jupyterlab', 'jupyter'],
]);

function startsIt(started: string, name: string): boolean {
  return started.split(/[\s;&|]+/).some((word) => word.includes(name) || word === PROGRAMS.get(name));
}

/** `pytest==8.3`, `pytest[testing]`, `nodemon@3`, `@angular/cli@19` without version and extras. */
function bare(name: string): string {
  return name.replace(/(?<=.)[[=<>~!@;].*$/s, '').trim();
}
