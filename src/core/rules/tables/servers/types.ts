/** What a row of the table of servers (servers.ts) says. */

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

/** A server that takes nothing but --host and --port, and of whose defaults nothing is known. */
export const nothing = {
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
