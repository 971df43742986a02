/** What answers look like. Texts are made by what makes the real ones. */
import { formats } from '../../formats/index.ts';
import type { Build, BuildList } from '../../schemas/build.ts';
import type { Health, Liveness } from '../../schemas/health.ts';
import { problems } from '../../schemas/problem.ts';
import type { ProblemHelp } from '../../schemas/problem.ts';
import type { HistoryEntry, ProjectHistory, ProjectList } from '../../schemas/project.ts';
import type { Report } from '../../schemas/report.ts';
import type { WorkerList } from '../../schemas/worker.ts';
import { badgeOf } from '../badge.ts';
import { eventText, retryText } from '../following.ts';
import { statuses } from '../problems.ts';
import type { Example, Examples } from './example.ts';
import { analysis, catalogue, comparison, probe, rule, verification } from './generated.ts';

const { id, createdAt } = verification;
const self = `/build-verify/${id}`;

const queued: Build = {
  ...{ id, state: 'queued', attempt: 1, project: 'shop/api' },
  ...{ createdAt, startedAt: null, finishedAt: null },
  progress: null,
  links: { self, report: `${self}/report`, events: `${self}/events`, log: `${self}/log` },
};
const building: Build = {
  ...queued,
  ...{ state: 'building', startedAt: '2026-11-21T06:04:01.000Z' },
  progress: { phase: 'build', step: '[4/5] RUN pip install --no-cache-dir -r requirements.txt', done: 3, total: 5 },
};
const passed: Build = {
  ...building,
  ...{ state: 'passed', finishedAt: '2026-11-21T06:04:42.000Z', progress: null, verdict: 'ready' },
};
const cancelled: Build = { ...building, cancelRequested: true };
const builds: BuildList = { builds: [passed], next: `/build-verify?limit=1&before=${id}` };

const events =
  retryText +
  eventText({ kind: 'state', event: { seq: 1, at: createdAt, attempt: 1, state: 'queued' } }) +
  eventText({ kind: 'build', build: building });

const LOG = '#1 [1/5] FROM docker.io/library/python:3.12-slim\n#1 CACHED\n';

function entryOf({ id, kind, createdAt, verdict, score, tool }: Report): HistoryEntry {
  return { id, kind, createdAt, verdict, score, toolVersion: tool.version };
}
const latest = entryOf(verification);
const projects: ProjectList = {
  projects: [
    {
      ...{ name: 'shop/api', reports: 2, latest },
      links: { self: '/projects/shop%2Fapi', badge: '/projects/shop%2Fapi/badge.svg' },
    },
  ],
};
const history: ProjectHistory = { name: 'shop/api', reports: [latest, entryOf(analysis)], next: null };

const well = { status: 'ok', detail: '' } as const;
const ready: Health = {
  ...{ status: 'ok', version: analysis.tool.version, database: well, disk: well },
  sweep: { at: '2026-11-21T06:00:00.000Z', builds: 3, analyses: 12, logs: 0, bytes: 48_234_496 },
  engine: { ...well, version: '28.5.2' },
  queue: { queued: 0, running: 1, limit: 100, bytes: 1_204_224, bytesLimit: 10_737_418_240 },
};
const down: Health = {
  ...ready,
  ...{ status: 'down', sweep: null },
  database: { status: 'down', detail: 'The database does not answer; the log has the reason.' },
  engine: { status: 'degraded', version: null, detail: 'Not known without the database.' },
  queue: { ...ready.queue, running: 0, bytes: 0 },
};
const live: Liveness = { status: 'ok' };
const workers: WorkerList = {
  workers: [
    {
      ...{ id: 'drydock-1', state: 'alive', lastSeenAt: '2026-11-21T06:04:20.000Z' },
      ...{ engine: '28.5.2', problem: '', concurrency: 2, running: 1 },
    },
  ],
};

const METRICS = `# HELP drydock_queue_builds Builds that wait, and that run.
# TYPE drydock_queue_builds gauge
drydock_queue_builds{state="queued"} 0
drydock_queue_builds{state="running"} 1
`;

function example(summary: string, value: unknown): Example {
  return { summary, value };
}

/** A report, in every format: `analysis-json`, `verification-markdown` … */
function told(name: string, report: Report): Examples {
  return Object.fromEntries(
    formats.map((format) => {
      const text = format.render(report);
      const value: unknown = format.schema === undefined ? text : JSON.parse(text);
      return [`${name}-${format.name}`, example(`As \`format=${format.name}\` tells it`, value)];
    }),
  );
}

/** The examples of answers. Rendering the reports takes milliseconds, so it is done when they are wanted. */
export function answerExamples(): Examples {
  const code = 'body-empty';
  return {
    ...told('analysis', analysis),
    ...told('verification', verification),
    'build-queued': example('It waits', queued),
    'build-building': example('It is being built', building),
    'build-passed': example('It has ended', passed),
    'build-cancelled': example('It runs, and is to be cancelled', cancelled),
    'build-page': example('A page of one', builds),
    'build-events': example('Two events', events),
    'build-log': example('Its first lines', LOG),
    'build-log-part': example('The last ten bytes', LOG.slice(-10)),
    'project-list': example('One project', projects),
    'project-history': example('A verification, and the analysis before it', history),
    badge: example('Ready', badgeOf(latest)),
    comparison: example('After a Dockerfile was mended', comparison),
    catalogue: example('Of `alias=DL3009`', catalogue),
    rule: example('A rule', rule),
    probe: example('A probe', probe),
    workers: example('One worker', workers),
    'health-ok': example('All is well', ready),
    'health-down': example('Without the database', down),
    alive: example('It lives', live),
    metrics: example('Four of its lines', METRICS),
    'problem-help': example('Of a request without a body', {
      ...{ code, ...problems[code], status: statuses[code] },
    } satisfies ProblemHelp),
    contract: example('Its first lines', 'openapi: 3.1.0\ninfo:\n  title: Drydock\n'),
    page: example('Its first lines', '<!doctype html>\n<html lang="en">\n'),
  };
}
