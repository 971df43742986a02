/**
 * One table of servers: how each is called, how host and port are given, what they are when nobody says, and what makes it a
 * server for development. Rules ask listening.ts, which reads command lines with this table; a new server is one more row.
 * Source: the command-line reference of each.
 */

/** One server. */
export interface Server {
  readonly name: string;
  /** The ways to call it, as leading words; launchers (`uv run`, `python -m`, `bundle exec`) are taken off before. */
  readonly calls: readonly (readonly string[])[];
  /** Options whose value is a host, a port, or both (`0.0.0.0:8000`). */
  readonly host: readonly string[];
  readonly port: readonly string[];
  readonly address: readonly string[];
  /** Variables that do the same. */
  readonly hostVariables: readonly string[];
  readonly portVariables: readonly string[];
  /** Words that are an address or a port without any option: `runserver 0.0.0.0:8000`. */
  readonly positional?: true;
  /** A host option without a value means all interfaces: `vite --host`. */
  readonly bareHost?: true;
  readonly defaultHost: 'loopback' | 'all' | 'unknown';
  readonly defaultPort: number | undefined;
  /** Options, variables and files that may say it too: with one of them nothing is known. */
  readonly configOptions: readonly string[];
  readonly configVariables: readonly string[];
  readonly configFiles: readonly string[];
  /** Why it is for development: always, or with one of these options. */
  readonly development: 'always' | readonly string[];
  readonly language: 'python' | 'node' | 'ruby' | 'php' | 'jvm' | 'other';
}

const nothing = {
  host: ['--host'],
  port: ['--port'],
  address: [],
  hostVariables: [],
  portVariables: [],
  defaultHost: 'unknown',
  defaultPort: undefined,
  configOptions: [],
  configVariables: [],
  configFiles: [],
  development: [],
} as const;
const python = { ...nothing, language: 'python' } as const;
const node = { ...nothing, language: 'node' } as const;
const other = { ...nothing, language: 'other' } as const;

/** Every server that is known. The longest call wins. */
export const servers: readonly Server[] = [
  {
    ...python,
    name: 'uvicorn',
    calls: [['uvicorn']],
    hostVariables: ['UVICORN_HOST'],
    portVariables: ['UVICORN_PORT'],
    defaultHost: 'loopback',
    defaultPort: 8000,
    configOptions: ['--uds', '--fd'],
    development: ['--reload'],
  },
  {
    ...python,
    name: 'gunicorn',
    calls: [['gunicorn']],
    host: [],
    port: [],
    address: ['-b', '--bind'],
    defaultHost: 'loopback',
    defaultPort: 8000,
    configOptions: ['-c', '--config', '--paste', '--paster'],
    // With PORT it listens on all interfaces of that port.
    configVariables: ['GUNICORN_CMD_ARGS', 'PORT'],
    configFiles: ['gunicorn.conf.py'],
    development: ['--reload'],
  },
  {
    ...python,
    name: 'hypercorn',
    calls: [['hypercorn']],
    host: [],
    port: [],
    address: ['-b', '--bind'],
    defaultHost: 'loopback',
    defaultPort: 8000,
    configOptions: ['-c', '--config'],
    development: ['--reload', '--debug'],
  },
  {
    ...python,
    name: 'daphne',
    calls: [['daphne']],
    host: ['-b', '--bind'],
    port: ['-p', '--port'],
    defaultHost: 'loopback',
    defaultPort: 8000,
    configOptions: ['-u', '--unix-socket', '-e', '--endpoint', '--fd'],
  },
  {
    ...python,
    name: 'granian',
    calls: [['granian']],
    hostVariables: ['GRANIAN_HOST'],
    portVariables: ['GRANIAN_PORT'],
    defaultHost: 'loopback',
    defaultPort: 8000,
    configOptions: ['--uds'],
    development: ['--reload'],
  },
  {
    ...python,
    name: 'waitress',
    calls: [['waitress-serve']],
    address: ['--listen'],
    defaultHost: 'all',
    defaultPort: 8080,
    configOptions: ['--unix-socket'],
  },
  {
    ...python,
    name: 'flask run',
    calls: [['flask', 'run']],
    host: ['-h', '--host'],
    port: ['-p', '--port'],
    hostVariables: ['FLASK_RUN_HOST'],
    portVariables: ['FLASK_RUN_PORT'],
    defaultHost: 'loopback',
    defaultPort: 5000,
    configOptions: ['-e', '--env-file'],
    configFiles: ['.flaskenv', '.env'],
    development: 'always',
  },
  {
    ...python,
    name: 'runserver',
    calls: [
      ['manage.py', 'runserver'],
      ['django-admin', 'runserver'],
      ['manage.py', 'runserver_plus'],
    ],
    host: [],
    port: [],
    positional: true,
    defaultHost: 'loopback',
    defaultPort: 8000,
    development: 'always',
  },
  {
    ...python,
    name: 'fastapi run',
    calls: [['fastapi', 'run']],
    portVariables: ['PORT'],
    defaultHost: 'all',
    defaultPort: 8000,
    development: ['--reload'],
  },
  {
    ...python,
    name: 'fastapi dev',
    calls: [['fastapi', 'dev']],
    portVariables: ['PORT'],
    defaultHost: 'loopback',
    defaultPort: 8000,
    development: 'always',
  },
  {
    ...python,
    name: 'litestar run',
    calls: [['litestar', 'run']],
    host: ['-H', '--host'],
    port: ['-p', '--port'],
    hostVariables: ['LITESTAR_HOST'],
    portVariables: ['LITESTAR_PORT'],
    defaultHost: 'loopback',
    defaultPort: 8000,
    configOptions: ['--uds', '-U', '--fd', '-F'],
    development: ['--reload', '-r', '--debug', '-d'],
  },
  {
    ...python,
    name: 'streamlit',
    calls: [['streamlit', 'run']],
    host: ['--server.address'],
    port: ['--server.port'],
    hostVariables: ['STREAMLIT_SERVER_ADDRESS'],
    portVariables: ['STREAMLIT_SERVER_PORT'],
    defaultHost: 'all',
    defaultPort: 8501,
    configFiles: ['.streamlit/config.toml'],
  },
  {
    ...python,
    name: 'mlflow',
    calls: [
      ['mlflow', 'server'],
      ['mlflow', 'ui'],
    ],
    host: ['-h', '--host'],
    port: ['-p', '--port'],
    hostVariables: ['MLFLOW_HOST'],
    portVariables: ['MLFLOW_PORT'],
    defaultHost: 'loopback',
    defaultPort: 5000,
  },
  {
    ...python,
    name: 'jupyter',
    calls: [['jupyter', 'lab'], ['jupyter', 'notebook'], ['jupyter', 'server'], ['jupyter-lab'], ['jupyter-notebook']],
    host: ['--ip', '--ServerApp.ip', '--NotebookApp.ip'],
    port: ['--port', '--ServerApp.port', '--NotebookApp.port'],
    // Images for notebooks bring a configuration.
    configOptions: ['--config'],
  },
  { ...python, name: 'celery', calls: [['celery']], host: [], port: [] },
  { ...python, name: 'python', calls: [['python']], host: [], port: [] },
  {
    ...node,
    name: 'next start',
    calls: [['next', 'start']],
    host: ['-H', '--hostname'],
    port: ['-p', '--port'],
    portVariables: ['PORT'],
    defaultHost: 'all',
    defaultPort: 3000,
  },
  {
    ...node,
    name: 'next dev',
    calls: [['next', 'dev']],
    host: ['-H', '--hostname'],
    port: ['-p', '--port'],
    portVariables: ['PORT'],
    defaultHost: 'all',
    defaultPort: 3000,
    development: 'always',
  },
  {
    ...node,
    name: 'vite',
    calls: [['vite'], ['vite', 'dev'], ['vite', 'serve']],
    bareHost: true,
    configFiles: ['vite.config.js', 'vite.config.ts', 'vite.config.mjs', 'vite.config.mts'],
    defaultPort: 5173,
    development: 'always',
  },
  {
    ...node,
    name: 'vite preview',
    calls: [['vite', 'preview']],
    bareHost: true,
    configFiles: ['vite.config.js', 'vite.config.ts', 'vite.config.mjs', 'vite.config.mts'],
    defaultPort: 4173,
    development: 'always',
  },
  {
    ...node,
    name: 'webpack-dev-server',
    calls: [['webpack-dev-server'], ['webpack', 'serve'], ['webpack-cli', 'serve']],
    development: 'always',
  },
  {
    ...node,
    name: 'react-scripts start',
    calls: [
      ['react-scripts', 'start'],
      ['craco', 'start'],
    ],
    host: [],
    port: [],
    portVariables: ['PORT'],
    defaultPort: 3000,
    development: 'always',
  },
  { ...node, name: 'vue-cli-service serve', calls: [['vue-cli-service', 'serve']], development: 'always' },
  {
    ...node,
    name: 'ng serve',
    calls: [['ng', 'serve']],
    defaultHost: 'loopback',
    defaultPort: 4200,
    configFiles: ['angular.json'],
    development: 'always',
  },
  { ...node, name: 'gatsby develop', calls: [['gatsby', 'develop']], development: 'always' },
  {
    ...node,
    name: 'nuxt dev',
    calls: [
      ['nuxt', 'dev'],
      ['nuxi', 'dev'],
    ],
    development: 'always',
  },
  { ...node, name: 'astro dev', calls: [['astro', 'dev']], development: 'always' },
  {
    ...node,
    name: 'remix dev',
    calls: [
      ['remix', 'dev'],
      ['remix', 'vite:dev'],
    ],
    development: 'always',
  },
  { ...node, name: 'strapi develop', calls: [['strapi', 'develop']], development: 'always' },
  { ...node, name: 'nodemon', calls: [['nodemon']], host: [], port: [], development: 'always' },
  { ...node, name: 'ts-node-dev', calls: [['ts-node-dev'], ['tsnd']], host: [], port: [], development: 'always' },
  { ...node, name: 'tsx', calls: [['tsx']], host: [], port: [], development: ['watch', '--watch'] },
  {
    ...node,
    name: 'nest start',
    calls: [['nest', 'start']],
    host: [],
    port: [],
    development: ['--watch', '-w', '--debug', '-d'],
  },
  { ...node, name: 'node', calls: [['node'], ['nodejs']], host: [], port: [], development: ['--watch'] },
  {
    ...node,
    name: 'http-server',
    calls: [['http-server']],
    host: ['-a'],
    port: ['-p', '--port'],
    portVariables: ['PORT'],
    defaultHost: 'all',
    defaultPort: 8080,
  },
  { ...node, name: 'bun', calls: [['bun']], host: [], port: [], development: ['--watch', '--hot'] },
  { ...node, name: 'deno', calls: [['deno']], host: [], port: [], development: ['--watch'] },
  {
    ...nothing,
    language: 'ruby',
    name: 'rails server',
    calls: [
      ['rails', 'server'],
      ['rails', 's'],
    ],
    host: ['-b', '--binding'],
    port: ['-p', '--port'],
    hostVariables: ['BINDING'],
    portVariables: ['PORT'],
    // A puma.rb may say another port.
    configFiles: ['config/puma.rb'],
    defaultPort: 3000,
  },
  {
    ...nothing,
    language: 'ruby',
    name: 'puma',
    calls: [['puma']],
    host: [],
    port: ['-p', '--port'],
    address: ['-b', '--bind'],
    portVariables: ['PORT'],
    configOptions: ['-C', '--config'],
  },
  { ...nothing, language: 'ruby', name: 'rackup', calls: [['rackup']], host: ['-o', '--host'], port: ['-p', '--port'] },
  {
    ...nothing,
    language: 'php',
    name: 'php -S',
    calls: [['php']],
    host: [],
    port: [],
    address: ['-S', '--server'],
    development: ['-S', '--server'],
  },
  {
    ...nothing,
    language: 'php',
    name: 'artisan serve',
    calls: [['artisan', 'serve']],
    hostVariables: ['SERVER_HOST'],
    portVariables: ['SERVER_PORT'],
    defaultHost: 'loopback',
    defaultPort: 8000,
    development: 'always',
  },
  {
    ...nothing,
    language: 'php',
    name: 'symfony serve',
    calls: [
      ['symfony', 'serve'],
      ['symfony', 'server:start'],
    ],
    development: 'always',
  },
  {
    ...nothing,
    language: 'jvm',
    name: 'java',
    calls: [['java']],
    host: ['--server.address', '-Dserver.address'],
    port: ['--server.port', '-Dserver.port'],
    portVariables: ['SERVER_PORT'],
  },
  {
    ...nothing,
    language: 'jvm',
    name: 'spring-boot:run',
    calls: [
      ['mvn', 'spring-boot:run'],
      ['mvnw', 'spring-boot:run'],
      ['gradle', 'bootRun'],
      ['gradlew', 'bootRun'],
    ],
    host: [],
    port: [],
    development: 'always',
  },
  { ...other, name: 'go run', calls: [['go', 'run']], host: [], port: [], development: 'always' },
  { ...other, name: 'air', calls: [['air']], host: [], port: [], development: 'always' },
  {
    ...other,
    name: 'cargo run',
    calls: [
      ['cargo', 'run'],
      ['cargo', 'watch'],
    ],
    host: [],
    port: [],
    development: 'always',
  },
  {
    ...other,
    name: 'dotnet run',
    calls: [
      ['dotnet', 'run'],
      ['dotnet', 'watch'],
    ],
    host: [],
    port: [],
    development: 'always',
  },
  { ...other, name: 'dotnet', calls: [['dotnet']], host: [], port: [] },
  { ...other, name: 'nginx', calls: [['nginx'], ['nginx-debug']], host: [], port: [] },
  {
    ...other,
    name: 'httpd',
    calls: [['httpd'], ['httpd-foreground'], ['apache2'], ['apache2-foreground'], ['apachectl'], ['apache2ctl']],
    host: [],
    port: [],
  },
  { ...other, name: 'caddy', calls: [['caddy']], host: [], port: [] },
  { ...other, name: 'supervisord', calls: [['supervisord']], host: [], port: [] },
];
