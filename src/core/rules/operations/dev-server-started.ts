/** Rule: the container starts a server for development. */
import { finalStage, knownFinalBase, shippedStages } from '../questions/ask.ts';
import { listeners } from '../questions/listening.ts';
import { packageScriptName } from '../questions/package-scripts.ts';
import { placeOf, startedCommands } from '../questions/start-commands.ts';
import { defineRule } from '../rule.ts';
import type { Subject, Trouble } from '../rule.ts';

export default defineRule({
  id: 'dev-server-started',
  item: 'no-dev-dependencies',
  severity: 'error',
  title: 'Server for development',
  why: 'Development servers answer one request after the other, watch the file system and restart by themselves, show stack traces and consoles to strangers, and need compilers and development packages in the image.',
  fix: 'Start the server for production: `uvicorn` without `--reload`, `gunicorn` for Flask and Django, `next start`, a compiled program for Go and Rust, static files behind nginx for what vite builds.',
  source:
    'Lessons, "One production image"; Flask and Django documentation, "Do not use this server in a production environment"; uvicorn documentation, --reload.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--reload"]\n',
    good: 'FROM python:3.12-slim\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0"]\n',
  },
  *check(subject) {
    const listener = listeners(subject).find(
      ({ development, started }) => development !== undefined && !started.isConditional,
    );
    if (listener?.development !== undefined) {
      const { server, development, started } = listener;
      const isFlag = development.startsWith('-') && development !== '-S';
      yield {
        ...placeOf(started),
        ...(COMPILES.has(server.name) ? { severity: 'warning' as const } : {}),
        message: isFlag
          ? `${server.name} with ${development} is for development.`
          : COMPILES.has(server.name)
            ? `${server.name} compiles at each start, and needs the compiler in the image.`
            : `${server.name} is a server for development.`,
      };
    } else yield* scriptByName(subject);
    yield* railsByDefault(subject);
    yield* settings(subject);
  },
});

/** What teams call the script that starts their server for development. */
const DEVELOPMENT_SCRIPT = /^(?:dev|develop|dev:[\w:-]+|(?:start|serve):dev|watch)$/;

/** `npm run dev` where package.json is not at hand: scripts of such names start one. What can be read was read instead. */
function* scriptByName(subject: Subject): Generator<Trouble> {
  for (const started of startedCommands(subject)) {
    const values = started.words.map(({ value }) => value);
    const name = packageScriptName(values);
    if (name === undefined || !DEVELOPMENT_SCRIPT.test(name) || started.isConditional) continue;
    yield {
      ...placeOf(started),
      severity: 'warning',
      confidence: 'medium',
      message: `By its name the script \`${name.slice(0, 40)}\` of package.json starts a server for development.`,
    };
    return;
  }
}

/** `rails server` takes the environment from its options and from two variables; without them it is `development`. */
function* railsByDefault(subject: Subject): Generator<Trouble> {
  // A base that nobody knows may set it.
  if (knownFinalBase(subject) === undefined) return;
  const env = finalStage(subject)?.state.env;
  const rails = listeners(subject).find(({ server }) => server.name === 'rails server')?.started;
  if (rails === undefined || rails.isConditional) return;
  if (['RAILS_ENV', 'RACK_ENV'].some((name) => rails.assignments.has(name) || env?.has(name) === true)) return;
  // A word that cannot be known may be the option.
  if (rails.words.some(({ value }) => value === undefined || /^(?:-e|--environment|--help|-h)/.test(value))) return;
  yield {
    ...placeOf(rails),
    severity: 'warning',
    confidence: 'medium',
    message: 'rails server starts in development: neither it nor the image names an environment.',
  };
}

/** What builds and runs in one go. */
const COMPILES = new Set(['go run', 'cargo run', 'dotnet run', 'spring-boot:run']);

/** Variables that switch frameworks to development, and the values that do. */
const SETTINGS: readonly { readonly name: string; readonly value: RegExp }[] = [
  { name: 'FLASK_DEBUG', value: /^(?:1|true|yes|on)$/i },
  { name: 'FLASK_ENV', value: /^dev/i },
  { name: 'DJANGO_DEBUG', value: /^(?:1|true|yes|on)$/i },
  { name: 'RAILS_ENV', value: /^dev/i },
  { name: 'RACK_ENV', value: /^dev/i },
  { name: 'APP_DEBUG', value: /^(?:1|true)$/i },
  { name: 'ASPNETCORE_ENVIRONMENT', value: /^dev/i },
  { name: 'DOTNET_ENVIRONMENT', value: /^dev/i },
  { name: 'NODE_ENV', value: /^dev/i },
  { name: 'MIX_ENV', value: /^dev/i },
];

function* settings(subject: Subject): Generator<Trouble> {
  const stage = finalStage(subject);
  for (const { name, value: wanted } of SETTINGS) {
    const value = stage?.state.env.get(name);
    if (value === undefined || !wanted.test(value)) continue;
    const pair = shippedStages(subject)
      .flatMap(({ instructions }) => instructions)
      .flatMap((one) => (one.keyword === 'ENV' ? one.pairs : []))
      .findLast(({ key }) => key.value === name);
    yield {
      at: pair?.span,
      severity: 'warning',
      message: `${name}=${value.slice(0, 40)} switches the image to development.`,
    };
  }
}
