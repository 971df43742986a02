/** Two reports with everything in them, foreign text of the worst kind included: one of an analysis, one of a verification. */
import { checklist } from '../../src/core/report/checklist.ts';
import { ItemId } from '../../src/schemas/item.ts';
import type { Item } from '../../src/schemas/item.ts';
import type { Finding } from '../../src/schemas/finding.ts';
import { Report } from '../../src/schemas/report.ts';

const finding: Finding = {
  rule: 'base-latest',
  item: 'base-image-pinned',
  severity: 'error',
  confidence: 'high',
  message: 'The base image python:latest moves without warning.',
  file: 'Dockerfile',
  span: { line: 1, column: 6, endLine: 1, endColumn: 19 },
  why: 'The next build may get another Python.',
  fix: 'FROM python:3.12-slim',
  aliases: ['DL3007'],
  fingerprint: 'f1',
};

const statuses: Partial<Record<ItemId, Item['status']>> = {
  'base-image-pinned': 'fail',
  'layer-caching': 'warn',
  labels: 'pass',
  'start-period': 'not-applicable',
  'signal-handling': 'waived',
};

function items(): Item[] {
  return ItemId.options.map((id) => {
    const status = statuses[id] ?? 'unknown';
    const side = status === 'not-applicable' || status === 'waived' ? 'pass' : status;
    return { id, ...checklist[id], status, predicted: { status: side, summary: `The text says ${side}.` } };
  });
}

/** A static analysis with three findings. */
export const analysis: Report = Report.parse({
  schemaVersion: 1,
  id: '0199f0a2-7a1e-7c3b-9d53-0d6c9f6f7b11',
  kind: 'analysis',
  createdAt: '2026-11-21T06:00:00.000Z',
  durationMs: 1.25,
  verdict: 'not-ready',
  score: 42,
  grade: 'F',
  tool: { version: '0.1.0' },
  project: 'shop/api',
  profile: { name: 'service', detected: false, why: 'No profile was given; `service` is the default.' },
  items: items(),
  findings: [
    {
      ...finding,
      rule: 'install-after-source',
      item: 'layer-caching',
      severity: 'warning',
      span: { line: 3, column: 1, endLine: 3, endColumn: 9 },
      message: 'Every change of the source installs everything again.',
      fix: 'COPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .',
      edits: [
        { start: 40, end: 49, text: 'COPY requirements.txt .' },
        { start: 60, end: 60, text: '\nCOPY . .' },
      ],
      fingerprint: 'f2',
    },
    finding,
    {
      ...finding,
      rule: 'dockerignore-missing',
      item: 'context-excludes',
      severity: 'info',
      span: null,
      file: '',
      message: 'There is no .dockerignore.',
      fingerprint: 'f3',
    },
  ],
  assumptions: ['Only the Dockerfile was given.'],
});

const hostile =
  'evil`x` | <script>alert(1)</script> [a](http://b.example) @octocat\u001b[31m red\u202e #1 www.b.example **bold**';

/** A verification of an image that did not build, whose texts try to break out of whatever shows them. */
export const verification: Report = Report.parse({
  ...analysis,
  kind: 'verification',
  tool: { version: '0.1.0', engine: '28.5.1' },
  items: items().map((item) =>
    item.id === 'builds-and-starts'
      ? {
          ...item,
          status: 'fail',
          proven: { status: 'fail', summary: hostile, evidence: [{ fact: 'exit code', value: 137 }] },
        }
      : item,
  ),
  findings: [
    { ...finding, message: hostile, file: 'sub\u001b]0;x\u0007/Dockerfile', rule: 'a`b' },
    {
      ...finding,
      rule: 'shell-form-command',
      item: 'signal-handling',
      severity: 'warning',
      message: 'CMD is in shell form.',
      waived: { by: 'stops-on-sigterm', reason: 'Proven on the container: exit code 0 after 0.1 s.' },
    },
  ],
  build: {
    durationMs: 1200,
    steps: [
      {
        name: '[2/2] RUN false',
        line: 2,
        command: 'RUN false',
        cached: false,
        startedMs: 300,
        endedMs: 1200,
        durationMs: 900,
        error: 'exit code: 1',
        log: 'one\n',
      },
    ],
    failure: {
      cause: 'command-failed',
      advice: 'The command ended with exit code 1. Its last lines say why: "[link](http://b.example) <b>".',
      message: 'process "/bin/sh -c false" did not complete successfully: exit code: 1',
      step: '[2/2] RUN false',
      line: 2,
      exitCode: 1,
      log: '\ndownloading 1%\rdownloading 99%\n\u001b[1mbold\u001b[0m ```fence```\n\tindented\u0000\n\n',
    },
  },
  run: {
    firstAnswerMs: null,
    stopSignal: 'SIGTERM',
    stopSeconds: 10,
    exitCode: 137,
    memory: { bytes: 31_457_280, limitBytes: 536_870_912, pids: 11 },
    log: 'last words\n',
  },
  production: {
    images: [
      {
        role: 'base',
        written: 'python:${TAG}',
        line: 1,
        reference: 'docker.io/library/python:latest',
        digest: `sha256:${'a'.repeat(64)}`,
        imageId: null,
        note: 'The builder fetched it for itself; the engine keeps no image of this name.',
      },
      { role: 'files', written: hostile, line: 4, reference: null, digest: null, imageId: null, note: 'Nobody said.' },
    ],
    imageId: `sha256:${'b'.repeat(64)}`,
    vulnerabilityScan: { scanned: false, explanation: 'Have a scanner look at the image.' },
    secrets: [
      { name: 'NPM_TOKEN', through: 'secret mount', line: 3 },
      { name: 'DB_PASSWORD', through: 'run time', line: null },
    ],
    pid1: { uid: 0, gid: 0, command: hostile },
    stop: { signal: 'SIGTERM', seconds: 10, exitCode: 137, killed: true },
    unanswered: [`Which day it was: ${hostile}.`],
  },
});
