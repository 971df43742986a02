/** Twins of services that are not alone: what they need beside them, what lies outside, and who waits for their answer. */
import { image, server } from './twin.ts';
import type { Twin } from './twin.ts';

/** Echoes what it is sent, as a database would answer a ping. */
const db = {
  image: 'node:24-bookworm-slim',
  command: ['node', '-e', `require('node:net').createServer((socket) => socket.pipe(socket)).listen(5432)`],
  port: 5432,
};

/** A server that looks for its database at start; `health` is the body of a function that answers a promise of whether all is well. */
const withDatabase = (health: string): string => `
  const net = require('node:net');
  const ping = (host = process.env.DB_HOST) => new Promise((resolve) => {
    const socket = net.connect(5432, host, () => socket.write('ping'));
    socket.setTimeout(1000);
    const end = (isUp) => () => { socket.destroy(); resolve(isUp); };
    socket.on('data', end(true)).on('timeout', end(false)).on('error', end(false));
  });
  const isWell = async () => { ${health} };
  const server = require('node:http').createServer(async (request, reply) => {
    reply.statusCode = request.url === '/health' ? ((await isWell()) ? 200 : 503) : 404;
    reply.end();
  });
  process.on('SIGTERM', () => process.exit(0));
  ping().then((isUp) => {
    if (!isUp) { console.error('no database at DB_HOST'); process.exit(1); }
    server.listen(8000, () => console.log('listening'));
  });
`;

/** A database that ends when it is told to. */
const mortalDb = {
  ...db,
  command: [
    'node',
    '-e',
    `require('node:net').createServer((socket) => socket.on('data', (word) => (word == 'quit' ? process.exit(4) : socket.write(word)))).listen(5432)`,
  ],
};
/** Ends the database, waits until it is gone, and does what comes then. */
const takesItAlong = (then: string): string => `
  const last = require('node:net').connect(5432, process.env.DB_HOST, () => last.write('quit'));
  last.on('error', () => undefined).on('close', () => setTimeout(() => { ${then} }, 300));
`;

/** Answers /slow after a second; `stop` is what it does when it is told to. */
const slow = (stop: string): string =>
  server()
    .replace(`'/health' ?`, `'/health' || request.url === '/slow' ?`)
    .replace('reply.end();', `setTimeout(() => reply.end(), request.url === '/slow' ? 1200 : 0);`)
    .replace('process.exit(0)', stop);

const route = `
  const hasWayOut = require('node:fs').readFileSync('/proc/net/route', 'utf8').split('\\n').some((line) => line.split('\\t')[1] === '00000000');
  console.log(hasWayOut ? 'a way out' : 'no way out');
`;

/** The twins. */
export const companions: readonly Twin[] = [
  {
    name: 'it needs a database, and says when it is gone',
    dockerfile: image(),
    files: { 'server.js': withDatabase('return await ping();') },
    options: { services: { db }, env: { DB_HOST: 'db' }, requiredEnv: ['DB_HOST'] },
    state: 'passed',
    proven: { 'builds-and-starts': 'pass', healthcheck: 'pass', hardened: 'pass', 'fails-fast': 'pass' },
    says: { healthcheck: /With db paused, the health endpoint answered 503/ },
  },
  {
    name: 'it needs a database, and its health endpoint knows nothing of it',
    dockerfile: image(),
    files: { 'server.js': withDatabase('return true;') },
    options: { services: { db }, env: { DB_HOST: 'db' } },
    state: 'passed',
    proven: { healthcheck: 'warn' },
    says: { healthcheck: /With db paused, the health endpoint still answered 200/ },
  },
  {
    name: 'it needs two services, and says when either is gone',
    dockerfile: image(),
    files: { 'server.js': withDatabase(`return (await ping()) && (await ping('cache'));`) },
    options: { services: { db, cache: db }, env: { DB_HOST: 'db' } },
    state: 'passed',
    proven: { 'builds-and-starts': 'pass', healthcheck: 'pass', 'signal-handling': 'pass' },
    says: { healthcheck: /With db paused, [^.]+ answered 503 after .* With cache paused, [^.]+ answered 503 after / },
  },
  {
    name: 'it needs two services, and says only when the first is gone',
    dockerfile: image(),
    files: { 'server.js': withDatabase('return await ping();') },
    options: { services: { db, cache: db }, env: { DB_HOST: 'db' } },
    state: 'passed',
    proven: { healthcheck: 'warn' },
    says: { healthcheck: /With cache paused, the health endpoint still answered 200/ },
    shows: { healthcheck: /"paused service","value":"db".*"HTTP 503".*"value":"cache".*"HTTP 200"/ },
  },
  {
    name: 'it ends when its database is gone, instead of waiting for it',
    dockerfile: image(),
    files: { 'server.js': withDatabase('if (!(await ping())) process.exit(5); return true;') },
    options: { services: { db, cache: db }, env: { DB_HOST: 'db' } },
    proven: { 'builds-and-starts': 'warn', healthcheck: 'warn', 'signal-handling': 'unknown' },
    says: { 'builds-and-starts': /s after its start, with exit code 5, while db was paused/ },
  },
  {
    name: 'it needs a database, and nobody gives it one',
    dockerfile: image(),
    files: { 'server.js': withDatabase('return await ping();') },
    options: { env: { DB_HOST: 'db' } },
    state: 'failed',
    proven: { 'builds-and-starts': 'fail' },
  },
  {
    name: 'what it needs does not come up',
    dockerfile: image(),
    files: { 'server.js': server() },
    options: { services: { db: { image: 'busybox:1.37', command: ['sh', '-c', 'echo no licence; exit 3'] } } },
    state: 'failed',
    proven: { 'builds-and-starts': 'unknown', healthcheck: 'unknown', 'signal-handling': 'unknown' },
    says: { 'builds-and-starts': /the service db ended with exit code 3; its last words: no licence/ },
  },
  {
    name: 'what it needs ends by itself in the middle of it all',
    dockerfile: image(),
    files: { 'server.js': server() },
    options: {
      services: {
        db: {
          ...db,
          command: [
            'node',
            '-e',
            `require('node:net').createServer(() => setTimeout(() => process.exit(), 1000)).listen(5432)`,
          ],
        },
      },
    },
    state: 'passed',
    proven: { 'builds-and-starts': 'pass', healthcheck: 'pass' },
  },
  {
    name: 'what it needs is gone when it is run again',
    dockerfile: image(),
    files: {
      // A root that it cannot write to is one of the conditions under which it is run again.
      'server.js': `try { require('node:fs').writeFileSync('/app/data/up', ''); } catch { ${takesItAlong('')} }
        ${withDatabase('return await ping();')}`,
      'data/.keep': '',
    },
    options: { services: { db: mortalDb }, env: { DB_HOST: 'db' }, requiredEnv: ['DB_HOST'] },
    state: 'passed',
    proven: { 'builds-and-starts': 'pass', 'signal-handling': 'pass', hardened: 'unknown', 'fails-fast': 'unknown' },
    says: { hardened: /the service db ended with exit code 4/ },
  },
  {
    name: 'what it needs is gone when it is told to stop',
    dockerfile: image(),
    files: {
      'server.js': withDatabase('return true;').replace(
        '() => process.exit(0));',
        `() => { ${takesItAlong('process.exit(1)')} });`,
      ),
    },
    options: { services: { db: mortalDb }, env: { DB_HOST: 'db' } },
    state: 'failed',
    proven: { 'builds-and-starts': 'pass', 'signal-handling': 'unknown' },
    says: { 'signal-handling': /the service db ended/ },
  },
  {
    name: 'what it needs is gone, and it with it',
    dockerfile: image(),
    files: { 'server.js': takesItAlong('process.exit(1)') },
    options: { services: { db: mortalDb }, env: { DB_HOST: 'db' } },
    state: 'failed',
    proven: { 'builds-and-starts': 'unknown', healthcheck: 'unknown', 'signal-handling': 'unknown' },
    says: { 'builds-and-starts': /the service db ended with exit code 4/ },
  },
  {
    name: 'what it needs accepts no connection',
    dockerfile: image(),
    files: { 'server.js': server() },
    options: {
      services: { db: { image: 'busybox:1.37', command: ['sleep', '60'], port: 5432 } },
      startTimeoutSeconds: 2,
    },
    state: 'failed',
    proven: { 'builds-and-starts': 'unknown' },
    says: { 'builds-and-starts': /the service db accepted no connection on port 5432 within 2 s/ },
  },
  {
    name: 'it finishes the request that it is serving',
    dockerfile: image(),
    files: { 'server.js': slow('server.close(() => process.exit(0))') },
    options: { slowPath: '/slow' },
    state: 'passed',
    proven: { 'signal-handling': 'pass' },
    says: { 'signal-handling': /\/slow that was in flight was answered with 200/ },
  },
  {
    name: 'it drops the request that it is serving',
    dockerfile: image(),
    files: { 'server.js': slow('process.exit(0)') },
    options: { slowPath: '/slow' },
    state: 'passed',
    proven: { 'signal-handling': 'warn' },
    says: { 'signal-handling': /\/slow was in flight when the signal came, and was cut off/ },
  },
  {
    name: 'there is no way out of its network',
    dockerfile: image(),
    files: { 'server.js': server(`${route} if (hasWayOut) process.exit(1);`) },
    proven: { 'builds-and-starts': 'pass' },
  },
  {
    name: 'a way out was asked for',
    dockerfile: image(),
    files: { 'server.js': server(`${route} if (!hasWayOut) process.exit(1);`) },
    options: { egress: true },
    proven: { 'builds-and-starts': 'pass' },
  },
];
