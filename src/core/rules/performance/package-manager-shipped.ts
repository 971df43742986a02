/** Rule: the tool that installs the project's dependencies is left behind in the image. */
import type { ShellCommand, Span } from '../../dockerfile/types.ts';
import { commandsOf, isShipped, runsOf, shippedStages } from '../questions/ask.ts';
import { callsFor, installs } from '../questions/installs.ts';
import { question } from '../questions/question.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';
import { startedText } from '../questions/start-words.ts';

const TOOLS = new Set(['poetry', 'pipenv', 'pdm', 'uv', 'hatch']);
/** Scripts that install one, by a part of their address. */
const SCRIPTS: readonly (readonly [string, string])[] = [
  ['install.python-poetry.org', 'poetry'],
  ['get-poetry.py', 'poetry'],
  ['astral.sh/uv/', 'uv'],
  ['pdm-project.org/install', 'pdm'],
];

export default defineRule({
  id: 'package-manager-shipped',
  item: 'multi-stage',
  severity: 'warning',
  title: 'The package manager is left in the image',
  why: 'Once the dependencies are installed nothing calls it again. Poetry and its like bring dozens of packages of their own, often into the environment of the application; each of them is scanned and patched for nothing.',
  fix: 'Install in an earlier stage and copy the environment: `COPY --from=build /app/.venv /app/.venv`. Or mount it for the one step: `RUN --mount=from=ghcr.io/astral-sh/uv:0.9.8,source=/uv,target=/bin/uv uv sync --locked`.',
  source: 'Lessons, "One production image", 2: the runtime holds no uv; uv docs, Using uv in Docker.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nRUN pip install --no-cache-dir poetry==2.1.3\nCOPY pyproject.toml poetry.lock ./\nRUN poetry install --only main\nCMD ["uvicorn", "app:app"]\n',
    good: 'FROM python:3.12-slim AS build\nRUN pip install --no-cache-dir poetry==2.1.3\nCOPY pyproject.toml poetry.lock ./\nRUN poetry install --only main\nFROM python:3.12-slim\nCOPY --from=build /app /app\nCMD ["uvicorn", "app:app"]\n',
  },
  *check(subject) {
    const started = startedText(subject);
    // A script may call anything.
    if (started === undefined || /\.sh\b|entrypoint|\$|(?:^|\s)\S*\/(?:start|run)\S*/.test(started)) return;
    for (const { tool, at } of arrivals(subject)) {
      if (started.split(/[\s/]+/).includes(tool)) continue;
      // uv is one file; the others are environments.
      yield {
        at,
        ...(tool === 'uv' ? { severity: 'info' as const } : {}),
        message: `The image keeps ${tool}, and what it starts does not need it.`,
      };
    }
  },
});

interface Arrival {
  readonly tool: string;
  readonly at: Span;
}

/** Where each tool first comes into the image, less what is uninstalled again. */
const arrivals = question((subject): readonly Arrival[] => {
  const all = [...installedByName(subject), ...copiedOrFetched(subject)];
  const first = new Map<string, Arrival>();
  for (const one of all.toSorted((a, b) => a.at.start.offset - b.at.start.offset)) {
    if (!first.has(one.tool)) first.set(one.tool, one);
  }
  const gone = new Set(runsOf(shippedStages(subject)).flatMap((run) => commandsOf(run).flatMap(uninstalled)));
  return [...first.values()].filter(({ tool }) => !gone.has(tool));
});

function* installedByName(subject: Subject): Generator<Arrival> {
  for (const { manager, packages, stage, span } of installs(subject)) {
    if ((manager.id !== 'pip' && manager.id !== 'uv pip') || !isShipped(subject, stage)) continue;
    for (const name of packages) {
      const tool = name?.split(/[[=<>~!@;]/, 1)[0] ?? '';
      if (TOOLS.has(tool)) yield { tool, at: span };
    }
  }
}

function* copiedOrFetched(subject: Subject): Generator<Arrival> {
  for (const one of shippedStages(subject).flatMap((stage) => stage.instructions)) {
    if (one.keyword === 'COPY' && one.source?.kind === 'image' && one.source.reference.name === 'astral-sh/uv') {
      yield { tool: 'uv', at: one.span };
    }
    if (one.keyword !== 'RUN') continue;
    for (const { name, args, span } of commandsOf(one)) {
      if (name !== 'curl' && name !== 'wget') continue;
      const script = SCRIPTS.find(([address]) => args.some(({ value }) => value?.includes(address) === true));
      if (script !== undefined) yield { tool: script[1], at: span };
    }
  }
}

function uninstalled(command: ShellCommand): readonly string[] {
  const isRemoval =
    callsFor(command, /^pip3?$/, 'uninstall') ||
    callsFor(command, /^python3?$/, 'pip', 'uninstall') ||
    command.name === 'rm';
  return isRemoval
    ? command.args.flatMap(({ value }) => (value === undefined ? [] : [value.slice(value.lastIndexOf('/') + 1)]))
    : [];
}
