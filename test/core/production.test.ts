/** The block `production`: what an image stands on, where secrets come in, who PID 1 was and how it stopped. */
import t from 'tap';
import { identified, imagesOf } from '../../src/core/report/base-images.ts';
import type { ImageIdentity } from '../../src/core/report/base-images.ts';
import { parseDockerfile } from '../../src/core/dockerfile/parse.ts';
import { productionPart } from '../../src/core/report/production.ts';
import type { ProductionFacts } from '../../src/core/report/production.ts';
import { maskReport, maskOf } from '../../src/core/secrets/mask.ts';
import { Production } from '../../src/schemas/production.ts';
import type { BaseImage } from '../../src/schemas/production.ts';
import type { BuildStep } from '../../src/schemas/report.ts';
import { verification } from '../formats/reports.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const BUILT = digest('f');

function step(name: string, line: number): BuildStep {
  return { name, line, command: null, cached: false, startedMs: 0, endedMs: 1, durationMs: 1, error: null, log: '' };
}

function identity(id: string, layers: readonly string[], repoDigests: readonly string[] = []): ImageIdentity {
  return { id, layers, repoDigests };
}

/** The images of a Dockerfile, given what builder and engine say. */
function images(
  text: string,
  steps: readonly BuildStep[],
  known: Readonly<Record<string, ImageIdentity>> = {},
  buildArgs: Readonly<Record<string, string>> = {},
): readonly BaseImage[] {
  const identities = new Map(Object.entries({ [BUILT]: identity(BUILT, ['one', 'two', 'three']), ...known }));
  return identified(imagesOf(parseDockerfile(text, { buildArgs }), steps), identities, BUILT);
}

t.test('a base from a registry has the digest that the builder names, with its tag as written', async (t) => {
  const steps = [step(`[1/2] FROM docker.io/library/python:3.12-slim@${digest('a')}`, 2)];
  const [base, ...more] = images('ARG V=3.12\nFROM python:${V}-slim\nRUN true\n', steps);
  t.match(base, {
    role: 'base',
    written: 'python:${V}-slim',
    line: 2,
    reference: 'docker.io/library/python:3.12-slim',
    digest: digest('a'),
    imageId: null,
    note: /fetched it for itself/,
  });
  t.same(more, []);
});

t.test('a base that the engine holds has its id, and a digest where a registry gave one', async (t) => {
  const text = 'FROM python:3.12-slim\nRUN true\n';
  const steps = [step('[1/2] FROM docker.io/library/python:3.12-slim', 1)];
  const name = 'docker.io/library/python:3.12-slim';
  const local = identity(digest('b'), ['one', 'two']);
  t.match(images(text, steps, { [name]: local }), [
    { digest: null, imageId: digest('b'), note: /did not come from a registry/ },
  ]);
  const pulled = { ...local, repoDigests: [`mirror.example/python@${digest('c')}`, `python@${digest('d')}`] };
  t.match(images(text, steps, { [name]: pulled }), [{ digest: digest('d'), imageId: digest('b'), note: null }]);
  t.match(images(text, steps), [{ digest: null, imageId: null, note: /Neither/ }]);
});

t.test('a name that has come to mean another image in the meantime tells nothing', async (t) => {
  const name = 'docker.io/library/python:3.12-slim';
  const other = { [name]: identity(digest('b'), ['one', 'other'], [`python@${digest('d')}`]) };
  t.match(images('FROM python:3.12-slim\n', [], other), [
    { digest: null, imageId: null, note: /not what .* built on/ },
  ]);
});

t.test('a digest that is written counts, and the engine is asked for that and not for the tag', async (t) => {
  const text = `FROM python:3.12-slim@${digest('a')}\n`;
  const byTag = { 'docker.io/library/python:3.12-slim': identity(digest('b'), ['one']) };
  t.match(images(text, [], byTag), [{ digest: digest('a'), imageId: null }]);
  const byDigest = { [`docker.io/library/python@${digest('a')}`]: identity(digest('c'), ['one']) };
  t.match(images(text, [], byDigest), [{ digest: digest('a'), imageId: digest('c'), note: null }]);
});

t.test('the base of the final stage comes first, then those of build stages and those that lend files', async (t) => {
  const text = `FROM golang:1.25 AS build
RUN --mount=type=bind,from=busybox:1.37,target=/b true
FROM debian:12 AS unused
FROM alpine:3.22 AS runtime
FROM runtime
COPY --from=build /a /a
COPY --from=ghcr.io/astral-sh/uv:0.9.12 /uv /bin/
COPY --from=ghcr.io/astral-sh/uv:0.9.12 /uvx /bin/
`;
  t.same(
    images(text, []).map(({ role, written, line }) => [role, written, line]),
    [
      ['base', 'alpine:3.22', 4],
      ['build', 'golang:1.25', 1],
      ['files', 'busybox:1.37', 2],
      ['files', 'ghcr.io/astral-sh/uv:0.9.12', 7],
    ],
  );
  t.match(images('FROM scratch\nCOPY a /a\n', []), [{ written: 'scratch', reference: null, note: /It is empty/ }]);
});

t.test('a base whose name only the build knows is told as the builder resolved it', async (t) => {
  const steps = [step('[1/1] FROM docker.io/library/alpine:3.22', 2)];
  const text = 'ARG BASE\nFROM ${BASE}\n';
  t.match(images(text, steps, {}, { BASE: 'alpine:3.22' }), [{ written: '${BASE}', reference: /alpine:3.22$/ }]);
  t.match(images(text, steps), [{ written: '${BASE}', reference: 'docker.io/library/alpine:3.22' }]);
});

function part(text: string, more: Partial<ProductionFacts> = {}): Production {
  const facts = { given: {}, images: [], imageId: BUILT, processes: undefined, stop: undefined, ...more };
  return Production.parse(productionPart({ dockerfile: parseDockerfile(text), ...facts }));
}

t.test('where secrets come in: instructions, mounts and run time, by name and never by value', async (t) => {
  const text = `ARG GLOBAL_TOKEN
FROM alpine:3.22 AS unused
ARG OTHER_TOKEN
FROM alpine:3.22
ARG NPM_TOKEN=abc TOKEN_FILE=/run/x VERSION=1
ENV DB_PASSWORD=hunter2 \\
    PASSWORD_REQUIRED=true DATABASE_URL=postgres://app:h7Gt2xQz@db/app PLAIN=x
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/c true
RUN --mount=type=secret,target=/run/secrets/pip.conf true
`;
  const env = { API_KEY: 'h7Gt2xQz', LOG_LEVEL: 'debug', SESSION_SECRET: 'h7Gt2xQz' };
  const { secrets } = part(text, { given: { env, requiredEnv: ['STRIPE_SECRET', 'PORT'] } });
  t.same(
    secrets.map(({ name, through, line }) => `${name} ${through} ${line ?? '-'}`),
    [
      'GLOBAL_TOKEN ARG 1',
      'NPM_TOKEN ARG 5',
      'DB_PASSWORD ENV 6',
      'DATABASE_URL ENV 7',
      'npmrc secret mount 8',
      'pip.conf secret mount 9',
      'API_KEY run time -',
      'SESSION_SECRET run time -',
      'STRIPE_SECRET run time -',
    ],
  );
  t.notMatch(JSON.stringify(secrets), /hunter2|h7Gt2xQz/);
});

t.test('a variable that is called like what every object has', async (t) => {
  const requiredEnv = ['constructor', 'toString', 'hasOwnProperty'];
  const { secrets } = part('FROM alpine:3.22\nENV constructor=1 valueOf=x\n', {
    given: { env: { PORT: '1' }, requiredEnv },
  });
  t.same(secrets, []);
});

t.test('who PID 1 was and how it stopped; what was not seen is said, with the reason', async (t) => {
  const pid1 = { pid: 7, uid: 1001, keepsRoot: false, gid: 0, command: 'node server.js' };
  const stop = {
    signal: 'SIGTERM',
    graceSeconds: 10,
    secondsUp: 5.4,
    seconds: 0.2,
    exitCode: 0,
    killed: false,
    pid1: undefined,
    inFlight: undefined,
  };
  const seen = part('FROM alpine:3.22\n', {
    processes: { seen: 'processes', processes: [pid1, { ...pid1, uid: 5 }] },
    stop: { seen: 'stop', ...stop },
  });
  t.same(seen.pid1, { uid: 1001, gid: 0, command: 'node server.js' });
  t.same(seen.stop, { signal: 'SIGTERM', seconds: 0.2, exitCode: 0, killed: false });
  t.same(seen.unanswered, []);
  t.match(seen.vulnerabilityScan, { scanned: false, explanation: /does not look for known vulnerabilities/ });

  const job = part('FROM alpine:3.22\n', {
    processes: { seen: 'user', uid: 1001, user: 'app' },
    stop: { seen: 'done', seconds: 1 },
  });
  t.same(job.pid1, { uid: 1001, gid: null, command: null });
  t.match(job, { stop: null, unanswered: [/^How it stopped: it was done/] });

  const state = { running: false, exitCode: 3, outOfMemory: false, startError: undefined, secondsObserved: 6 };
  const crashed = part('FROM alpine:3.22\n', {
    processes: { seen: 'user', uid: 1001, user: 'app' },
    stop: { seen: 'gone', reason: 'it had already ended by itself', state: { ...state, logTail: '' } },
  });
  t.match(crashed, { stop: null, unanswered: [/^How it stopped: it had already ended by itself/] });

  const unbuilt = part('FROM alpine:3.22\n', { imageId: undefined });
  t.match(unbuilt, { imageId: null, pid1: null, stop: null, unanswered: { length: 3 } });
});

t.test('the block is masked like everything else', async (t) => {
  const secret = 'h7Gt2xQz-secret';
  const production = Production.parse({
    ...part('FROM alpine:3.22\n'),
    images: images('ARG BASE_TOKEN\nFROM reg/${BASE_TOKEN}:1\n', [], {}, { BASE_TOKEN: secret.toLowerCase() }),
    pid1: { uid: 1, gid: 1, command: `serve --token ${secret}` },
    unanswered: [`How it stopped: ${secret}.`],
  });
  const mask = maskOf({ secrets: { one: secret, other: secret.toLowerCase() } });
  t.notMatch(JSON.stringify(maskReport({ ...verification, production }, mask).production), /h7Gt2xQz|h7gt2xqz/);
});
