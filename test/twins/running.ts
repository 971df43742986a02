/** Twins of what a container does while it runs: its user, its health, its port, its log. */
import { image, server } from './twin.ts';
import type { Twin } from './twin.ts';

/** What it does four seconds after it began to listen. */
const later = (then: string): string => `server.on('listening', () => setTimeout(() => { ${then} }, 4000));`;

/** The twins. */
export const running: readonly Twin[] = [
  {
    name: 'a good service',
    dockerfile: image(),
    files: { 'server.js': server() },
    state: 'passed',
    proven: {
      'builds-and-starts': 'pass',
      'non-root-user': 'pass',
      healthcheck: 'pass',
      'signal-handling': 'pass',
      'port-documented': 'pass',
      'logs-to-stdout': 'pass',
      'start-period': 'pass',
      'layer-caching': 'pass',
      hardened: 'pass',
    },
  },
  {
    name: 'it runs as root',
    dockerfile: image().replace('USER 1001\n', ''),
    files: { 'server.js': server() },
    state: 'failed',
    proven: { 'non-root-user': 'fail', 'signal-handling': 'pass' },
  },
  {
    name: 'it starts as root and gives it up by itself',
    dockerfile: image().replace('USER 1001\n', ''),
    files: { 'server.js': server(`process.setgid(1001); process.setuid(1001);`) },
    proven: { 'non-root-user': 'pass' },
  },
  {
    name: 'it starts as root and only lends it away',
    dockerfile: image().replace('USER 1001\n', ''),
    files: { 'server.js': server(`process.setegid(1001); process.seteuid(1001);`) },
    state: 'failed',
    proven: { 'non-root-user': 'fail' },
    says: { 'non-root-user': /uid 1001 and can take root back/ },
  },
  {
    name: 'it listens on loopback alone',
    dockerfile: image(),
    files: { 'server.js': server('', `server.listen(8000, '127.0.0.1', () => console.log('listening'))`) },
    options: { startTimeoutSeconds: 3 },
    proven: { 'port-documented': 'fail', healthcheck: 'fail' },
    says: { 'port-documented': /127\.0\.0\.1:8000 alone/ },
  },
  {
    name: 'it listens on another port than the one it exposes',
    dockerfile: image().replace('EXPOSE 8000', 'EXPOSE 9000'),
    files: { 'server.js': server() },
    proven: { 'port-documented': 'fail', healthcheck: 'pass' },
    says: { 'port-documented': /listens on 8000, and the image exposes 9000/ },
  },
  {
    name: 'it logs into a file',
    dockerfile: image(),
    files: {
      'server.js': server(`require('node:fs').appendFileSync('/app/logs/access.log', 'up');`),
      'logs/.keep': '',
    },
    proven: { 'builds-and-starts': 'pass', 'logs-to-stdout': 'warn' },
    says: { 'logs-to-stdout': /\/app\/logs\/access\.log/ },
  },
  {
    name: 'its health check wants a tool that is not there',
    dockerfile: image().replace(
      /^HEALTHCHECK.*$/m,
      'HEALTHCHECK --interval=5s CMD curl -f http://127.0.0.1:8000/health',
    ),
    files: { 'server.js': server() },
    options: { startTimeoutSeconds: 4 },
    state: 'failed',
    proven: { healthcheck: 'fail' },
  },
  {
    name: 'it crashes at once',
    dockerfile: image(),
    files: { 'server.js': `throw new Error('no database');` },
    state: 'failed',
    proven: { 'builds-and-starts': 'fail', 'port-documented': 'unknown' },
  },
  {
    name: 'it crashes four seconds after it began to listen',
    dockerfile: image(),
    files: { 'server.js': server(later(`console.error('the pool is broken'); process.exit(3);`)) },
    state: 'failed',
    proven: { 'builds-and-starts': 'fail', healthcheck: 'pass', 'signal-handling': 'unknown' },
    says: {
      'builds-and-starts': /^It ended by itself [4-6](?:\.\d)? s after its start, with exit code 3\./,
      'signal-handling': /it had already ended by itself/,
    },
    shows: { 'builds-and-starts': /"exit code","value":3.*the pool is broken/ },
  },
  {
    name: 'after four seconds it says something, and goes on',
    dockerfile: image(),
    files: { 'server.js': server(later(`console.error('the pool was mended');`)) },
    state: 'passed',
    proven: { 'builds-and-starts': 'pass', 'signal-handling': 'pass' },
    says: { 'builds-and-starts': /It ran for (?:[5-9]|\d\d)(?:\.\d)? s and was still up/ },
  },
  {
    name: 'it is up and never answers',
    dockerfile: image(),
    files: { 'server.js': `setInterval(() => undefined, 1000); process.on('SIGTERM', () => process.exit(0));` },
    options: { startTimeoutSeconds: 3 },
    state: 'failed',
    proven: {
      'builds-and-starts': 'pass',
      healthcheck: 'fail',
      'port-documented': 'fail',
      'logs-to-stdout': 'unknown',
    },
  },
  {
    name: 'it floods its log',
    dockerfile: image(),
    files: {
      'server.js': server(`setInterval(() => { for (let i = 0; i < 2000; i++) console.log('x'.repeat(200)); }, 10);`),
    },
    proven: { 'builds-and-starts': 'pass', 'logs-to-stdout': 'pass' },
  },
  {
    name: 'it needs more memory than it may have',
    dockerfile: image(),
    files: { 'server.js': server(`const hoard = []; for (;;) hoard.push(Buffer.alloc(1e8, 1));`) },
    state: 'failed',
    proven: { 'builds-and-starts': 'fail' },
    says: { 'builds-and-starts': /memory/ },
  },
  {
    name: 'it fills the disk',
    dockerfile: image(
      'CMD ["sh", "-c", "dd if=/dev/zero of=/tmp/fill bs=1M count=160 2>/dev/null; exec node server.js"]',
    ),
    files: { 'server.js': server() },
    state: 'failed',
    proven: { 'builds-and-starts': 'fail' },
    says: { 'builds-and-starts': /it wrote 1\d\d MiB .* of 64 MiB that it may/ },
  },
  {
    name: 'it writes a little',
    dockerfile: image(
      'CMD ["sh", "-c", "dd if=/dev/zero of=/tmp/fill bs=1M count=8 2>/dev/null; exec node server.js"]',
    ),
    files: { 'server.js': server() },
    state: 'passed',
    proven: { 'builds-and-starts': 'pass' },
  },
  {
    name: 'it forks without end',
    dockerfile: image('CMD ["sh", "-c", "f() { f | f & }; f; node server.js"]'),
    files: { 'server.js': server() },
    options: { startTimeoutSeconds: 4, stopTimeoutSeconds: 2 },
    state: 'failed',
    proven: {},
  },
  {
    name: 'a binary on scratch',
    dockerfile: `FROM busybox:1.37 AS base
FROM scratch
COPY --from=base /bin/busybox /httpd
COPY www /www
USER 65532:65532
EXPOSE 8000
CMD ["/httpd", "httpd", "-f", "-v", "-p", "8000", "-h", "/www"]
`,
    files: { 'www/health': 'ok' },
    options: { health: '/health', stopTimeoutSeconds: 2 },
    proven: {
      'builds-and-starts': 'pass',
      'non-root-user': 'pass',
      'port-documented': 'pass',
      'signal-handling': 'fail',
    },
  },
];
