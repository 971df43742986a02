/** Twins of health: who is asked, over which protocol, and what counts where the platform asks itself. */
import { image, server } from './twin.ts';
import type { Twin } from './twin.ts';

/** Every path answers 500. */
const broken = server().replace(`request.url === '/health' ? 200 : 404`, '500');
const withoutCheck = image().replace(/^HEALTHCHECK.*\n/m, '');
/** A check that is content with an open port. */
const shallow = image().replace(
  /^HEALTHCHECK.*$/m,
  `HEALTHCHECK --interval=5s CMD ["node", "-e", "require('net').connect(8000).on('connect', () => process.exit(0))"]`,
);
const SECRET = 'kQ7vB2xT9mLpZr4WnYs8DfHc3GjKaE6uV1oXq5bNiMw0t';

/** The twins. */
export const health: readonly Twin[] = [
  {
    name: 'on Kubernetes it is asked itself, with no HEALTHCHECK',
    dockerfile: withoutCheck,
    files: { 'server.js': server() },
    options: { profile: 'kubernetes', health: '/health' },
    state: 'passed',
    proven: { healthcheck: 'pass' },
  },
  {
    name: 'on Kubernetes its health endpoint answers 500',
    dockerfile: withoutCheck,
    files: { 'server.js': broken },
    options: { profile: 'kubernetes', health: '/health' },
    state: 'failed',
    proven: { healthcheck: 'fail' },
  },
  {
    name: 'on Kubernetes it listens on loopback',
    dockerfile: withoutCheck,
    files: { 'server.js': server('', `server.listen(8000, '127.0.0.1')`) },
    options: { profile: 'kubernetes' },
    state: 'failed',
    proven: { healthcheck: 'fail', 'port-documented': 'fail' },
  },
  {
    name: 'on Cloud Run it listens where PORT says',
    dockerfile: withoutCheck,
    files: { 'server.js': server('', 'server.listen(Number(process.env.PORT))') },
    options: { profile: 'cloud-run', health: '/health' },
    state: 'passed',
    proven: { healthcheck: 'pass' },
    says: { healthcheck: /:8080\/health answered 200/ },
  },
  {
    name: 'on Cloud Run it knows one port only',
    dockerfile: withoutCheck,
    files: { 'server.js': server() },
    options: { profile: 'cloud-run', health: '/health' },
    state: 'failed',
    proven: { healthcheck: 'fail' },
  },
  {
    name: 'its check is content, and it answers nothing but errors',
    dockerfile: shallow,
    files: { 'server.js': broken },
    proven: { healthcheck: 'warn' },
    says: { healthcheck: /Every path that was asked was answered with an error/ },
  },
  {
    name: 'its check is content, and it has no health endpoint',
    dockerfile: shallow,
    files: { 'server.js': server().replace(`request.url === '/health' ? 200 : 404`, '404') },
    state: 'passed',
    proven: { healthcheck: 'pass' },
  },
  {
    name: 'its check never ends',
    dockerfile: image().replace(
      /^HEALTHCHECK.*$/m,
      `HEALTHCHECK --timeout=90s CMD ["node", "-e", "fetch('http://127.0.0.1:8000/health'); setTimeout(() => {}, 1e6)"]`,
    ),
    files: { 'server.js': server() },
    options: { startTimeoutSeconds: 6 },
    state: 'failed',
    proven: { healthcheck: 'unknown' },
  },
  {
    name: 'it listens for IPv6 alone',
    dockerfile: image(),
    files: { 'server.js': server('', `server.listen({ port: 8000, host: '::', ipv6Only: true })`) },
    options: { startTimeoutSeconds: 4 },
    state: 'failed',
    proven: { healthcheck: 'fail', 'port-documented': 'warn' },
    says: { 'port-documented': /for IPv6 alone/ },
  },
  {
    name: 'it ends at once, as a user with a number',
    dockerfile: image(),
    files: { 'server.js': `console.error('no settings'); process.exit(1);` },
    state: 'failed',
    proven: { 'builds-and-starts': 'fail', 'non-root-user': 'pass' },
    says: { 'non-root-user': /began as 1001/ },
  },
  {
    name: 'a variable that must not be missing is set by the image',
    dockerfile: image('CMD ["node", "server.js"]', 'ENV MODE=dev'),
    files: { 'server.js': server() },
    options: { env: { MODE: 'x' }, requiredEnv: ['MODE'] },
    proven: { 'fails-fast': 'unknown' },
    says: { 'fails-fast': /the image sets it itself/ },
  },
  {
    name: 'it logs into a volume that nobody looks into',
    dockerfile: image(
      'CMD ["node", "server.js"]',
      'RUN mkdir -p /var/log/app && chown 1001 /var/log/app\nVOLUME /var/log/app',
    ),
    files: { 'server.js': server(`require('fs').writeFileSync('/var/log/app/app.log', 'x'); console.log('start');`) },
    proven: { 'logs-to-stdout': 'unknown' },
  },
  {
    name: 'it writes more files than are listed, and a log among the last of them',
    dockerfile: image('CMD ["node", "server.js"]', 'RUN mkdir /data && chown 1001 /data /var/log'),
    files: {
      'server.js': server(
        `const fs = require('fs'); for (let n = 0; n < 900; n += 1) fs.writeFileSync('/data/' + n, ''); fs.writeFileSync('/var/log/app.log', 'x'); console.log('start');`,
      ),
    },
    proven: { 'logs-to-stdout': 'warn' },
  },
  {
    name: 'what it was told in confidence is in the last words that it cuts short',
    dockerfile: image(),
    files: {
      'server.js': `console.error('x'.repeat(150) + ' token ' + process.env.TOKEN + ' ' + 'y'.repeat(1960)); process.exit(1);`,
    },
    options: { env: { TOKEN: SECRET } },
    state: 'failed',
    proven: { 'builds-and-starts': 'fail' },
    shows: { 'builds-and-starts': /^(?!.*(?:kQ7vB2|5bNiMw0t))/ },
  },
];
