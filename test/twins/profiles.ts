/** Twins of what does not stay up: jobs, commands, and images that others build on. */
import type { Twin } from './twin.ts';

const job = (command: string, user = 'USER 1001:1001'): string =>
  `FROM alpine:3.22\nRUN echo app:x:1001:1001::/tmp:/bin/sh >>/etc/passwd && mkdir /app && chown 1001 /app\n${user}\nCMD ["sh", "-c", "${command}"]\n`;
const cli = (...words: readonly string[]): string => `FROM busybox:1.37
COPY --chmod=755 tool /bin/tool
USER 65532:65532
ENTRYPOINT ["tool"]
CMD ${JSON.stringify(words)}
`;
const tool = `#!/bin/sh
case $1 in
  --help) echo 'usage: tool --help | FILE'; exit 0 ;;
  '') echo 'usage: tool --help | FILE' >&2; exit 2 ;;
  *) echo "cannot open $1" >&2; exit 1 ;;
esac
`;

/** The twins. */
export const profiles: readonly Twin[] = [
  {
    name: 'a job that does its work',
    dockerfile: job('sleep 2; echo 3 rows written'),
    options: { profile: 'job' },
    state: 'passed',
    proven: {
      'builds-and-starts': 'pass',
      'non-root-user': 'pass',
      'signal-handling': 'not-applicable',
      'logs-to-stdout': 'pass',
      hardened: 'pass',
    },
    says: { 'non-root-user': /uid 1001/, 'builds-and-starts': /to its end/ },
  },
  {
    name: 'a job that is over before anybody can look, with its user by name',
    dockerfile: job('true', 'USER app'),
    options: { profile: 'job' },
    state: 'passed',
    proven: { 'builds-and-starts': 'pass' },
  },
  {
    name: 'a job that runs as root',
    dockerfile: job('sleep 2; echo done', ''),
    options: { profile: 'job' },
    state: 'failed',
    proven: { 'builds-and-starts': 'pass', 'non-root-user': 'fail' },
  },
  {
    name: 'a job that fails',
    dockerfile: job('echo no rows; exit 1'),
    options: { profile: 'job' },
    state: 'failed',
    proven: { 'builds-and-starts': 'fail', 'signal-handling': 'unknown' },
    says: { 'builds-and-starts': /exit code 1/ },
  },
  {
    name: 'a job that does not end',
    dockerfile: job('sleep 600'),
    options: { profile: 'job', startTimeoutSeconds: 3, stopTimeoutSeconds: 1 },
    state: 'failed',
    proven: { 'builds-and-starts': 'fail', 'non-root-user': 'pass' },
    says: { 'builds-and-starts': /still running after [34]/ },
  },
  {
    name: 'a job that writes where it may not under tighter conditions',
    dockerfile: job('sleep 1; echo state > /app/state'),
    options: { profile: 'job' },
    proven: { 'builds-and-starts': 'pass', hardened: 'warn' },
  },
  {
    name: 'a command that prints its help, of which nobody said that it is one',
    dockerfile: cli('--help'),
    files: { tool },
    state: 'passed',
    proven: { 'builds-and-starts': 'pass' },
  },
  {
    name: 'a command that says how it is used, as an error',
    dockerfile: cli(),
    files: { tool },
    options: { profile: 'cli' },
    state: 'passed',
    proven: { 'builds-and-starts': 'warn' },
  },
  {
    name: 'a command that fails',
    dockerfile: cli('absent.txt'),
    files: { tool },
    options: { profile: 'cli' },
    state: 'failed',
    proven: { 'builds-and-starts': 'fail' },
  },
  {
    name: 'a base image is built, and not run',
    dockerfile: 'FROM alpine:3.22\nRUN echo app:x:1001:1001::/tmp:/bin/sh >>/etc/passwd\n',
    state: 'passed',
    proven: { 'builds-and-starts': 'pass', hardened: 'pass' },
  },
  {
    name: 'a base image that cannot be built',
    dockerfile: 'FROM alpine:3.22\nRUN false\n',
    options: { profile: 'base-image' },
    state: 'failed',
    proven: { 'builds-and-starts': 'fail' },
  },
];
