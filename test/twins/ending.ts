/** Twins of how a service ends, what it does without its settings, under tighter conditions, and when it is built again. */
import { image, server } from './twin.ts';
import type { Twin } from './twin.ts';

const installs = (before: string): string => `FROM node:24-bookworm-slim
WORKDIR /app
${before}
USER 1001
EXPOSE 8000
HEALTHCHECK --interval=5s --start-period=5s CMD ["node", "-e", "fetch('http://127.0.0.1:8000/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server.js"]
`;
const project = {
  'package.json': '{"name":"app","version":"1.0.0"}',
  'package-lock.json':
    '{"name":"app","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"app","version":"1.0.0"}}}',
  'server.js': server(),
};
const required = `if (process.env.DATABASE_URL === undefined)`;

/** The twins. */
export const ending: readonly Twin[] = [
  {
    name: 'a shell stands in front and passes nothing on',
    dockerfile: image('CMD node server.js; true'),
    files: { 'server.js': server() },
    options: { stopTimeoutSeconds: 2 },
    state: 'failed',
    proven: { 'signal-handling': 'fail' },
    says: { 'signal-handling': /PID 1 was a shell/ },
  },
  {
    name: 'a shell that gives up its place',
    dockerfile: image('CMD exec node server.js'),
    files: { 'server.js': server() },
    state: 'passed',
    proven: { 'signal-handling': 'pass' },
  },
  {
    name: 'the request starts it in a way that the image does not',
    dockerfile: image('CMD ["node", "absent.js"]'),
    files: { 'server.js': server() },
    options: { command: ['node', 'server.js'] },
    state: 'passed',
    proven: { 'builds-and-starts': 'pass', 'signal-handling': 'pass' },
  },
  {
    name: 'a script that execs',
    dockerfile: image('ENTRYPOINT ["sh", "start.sh"]\nCMD ["node", "server.js"]'),
    files: { 'server.js': server(), 'start.sh': 'echo starting\nexec "$@"\n' },
    proven: { 'signal-handling': 'pass' },
  },
  {
    name: 'a script that does not',
    dockerfile: image('ENTRYPOINT ["sh", "start.sh"]\nCMD ["node", "server.js"]'),
    files: { 'server.js': server(), 'start.sh': 'echo starting\n"$@"\necho over\n' },
    options: { stopTimeoutSeconds: 2 },
    proven: { 'signal-handling': 'fail' },
  },
  {
    name: 'it is deaf',
    dockerfile: image(),
    files: { 'server.js': server().replace('process.exit(0)', 'undefined') },
    options: { stopTimeoutSeconds: 2 },
    state: 'failed',
    proven: { 'signal-handling': 'fail' },
  },
  {
    name: 'it takes its time and is done within the grace',
    dockerfile: image(),
    files: { 'server.js': server().replace('process.exit(0)', 'setTimeout(() => process.exit(0), 1500)') },
    options: { stopTimeoutSeconds: 5 },
    state: 'passed',
    proven: { 'signal-handling': 'pass' },
  },
  {
    name: 'without its variable it ends and names it',
    dockerfile: image(),
    files: { 'server.js': server(`${required} { console.error('DATABASE_URL is not set'); process.exit(1); }`) },
    options: { env: { DATABASE_URL: 'postgres://db/app' }, requiredEnv: ['DATABASE_URL'] },
    state: 'passed',
    proven: { 'fails-fast': 'pass' },
  },
  {
    name: 'without its variable it falls back to something',
    dockerfile: image(),
    files: { 'server.js': server(`console.log(process.env.DATABASE_URL ?? 'sqlite://memory');`) },
    options: { env: { DATABASE_URL: 'postgres://db/app' }, requiredEnv: ['DATABASE_URL'] },
    proven: { 'fails-fast': 'fail' },
    says: { 'fails-fast': /answers 200/ },
  },
  {
    name: 'it writes into its root',
    dockerfile: image(),
    files: { 'server.js': server(`require('node:fs').writeFileSync('/app/data/state.json', '{}');`), 'data/.keep': '' },
    proven: { hardened: 'warn' },
    says: { hardened: /read-only root/ },
  },
  {
    name: 'it writes below /tmp',
    dockerfile: image(),
    files: { 'server.js': server(`require('node:fs').writeFileSync('/tmp/state.json', '{}');`) },
    proven: { hardened: 'pass' },
  },
  {
    name: 'manifests first, source after: dependencies stay cached',
    dockerfile: installs(
      'COPY package.json package-lock.json ./\nRUN npm ci --omit=dev --no-audit --cache /tmp/npm && rm -rf /tmp/npm\nCOPY . .',
    ),
    files: project,
    proven: { 'layer-caching': 'pass' },
    says: { 'layer-caching': /server\.js/ },
  },
  {
    name: 'source first: dependencies are installed again',
    dockerfile: installs('COPY . .\nRUN npm ci --omit=dev --no-audit --cache /tmp/npm && rm -rf /tmp/npm'),
    files: project,
    proven: { 'layer-caching': 'fail' },
    says: { 'layer-caching': /line 4.*ends at line 3/s },
  },
];
