/**
 * The environment -> one frozen Config. The only reader of process.env; everything else gets its settings as arguments.
 * docs/configuration.md is generated from the descriptions here.
 */
import { z } from 'zod';
import { ConfigError } from './use-cases/errors.ts';

const MiB = 1024 * 1024;
const seconds = z.coerce.number().int().min(1).max(86_400);
const proxy = z
  .string()
  .max(2000)
  .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), 'an address such as http://proxy.example:3128')
  .optional();
/** A URL that paths can be put behind: without a slash at its end. */
const publicUrl = z
  .string()
  .max(2000)
  .refine((text) => {
    const url = URL.parse(text);
    return url !== null && /^https?:$/.test(url.protocol) && url.username + url.password + url.search + url.hash === '';
  }, 'an address such as https://drydock.example')
  .transform((text) => new URL(text).href.replace(/\/+$/, ''))
  .optional();
const bytes = z.coerce.number().int().min(1024);

/** Every variable that Drydock reads, with its default. */
export const Environment = z.object({
  DRYDOCK_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address to listen on. Beyond loopback a token file is needed.'),
  DRYDOCK_PORT: z.coerce.number().int().min(0).max(65_535).default(8080).describe('Port to listen on.'),
  DRYDOCK_DATA_DIR: z.string().min(1).default('./data').describe('Folder of the database, the uploads and the key.'),
  DRYDOCK_TOKENS_FILE: z
    .string()
    .optional()
    .describe(
      'File with one `name token` per line, and `scopes=` and `projects=` behind them; requests then need `Authorization: Bearer <token>`. It may change while the service runs; see access.md.',
    ),
  DRYDOCK_RATE_LIMIT: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(1200)
    .describe('Requests that a token, or beyond loopback an address, may send within a minute.'),
  DRYDOCK_KEY_FILE: z
    .string()
    .optional()
    .describe('Key that seals build arguments and secrets. Default: made in the data folder.'),
  DRYDOCK_POLICY_FILE: z
    .string()
    .optional()
    .describe('Policy of whoever runs the service, as YAML or JSON; neither request nor repository can loosen it.'),
  DRYDOCK_REGISTRIES_FILE: z
    .string()
    .optional()
    .describe(
      "Logins of registries in the form of the docker command's config.json (`auths`); every build may pull with them.",
    ),
  DRYDOCK_BUILD_HTTP_PROXY: proxy.describe(
    'Proxy of RUN steps for http, given to each build as the build argument `HTTP_PROXY`, unless the request gives one.',
  ),
  DRYDOCK_BUILD_HTTPS_PROXY: proxy.describe('The same for https (`HTTPS_PROXY`).'),
  DRYDOCK_BUILD_NO_PROXY: z
    .string()
    .max(2000)
    .optional()
    .describe('Hosts that RUN steps reach without a proxy, separated by commas (`NO_PROXY`).'),
  DRYDOCK_BUILD_CA_FILE: z
    .string()
    .optional()
    .describe('Certificates (PEM) that a RUN step may mount as the secret `extra_ca`; see builds.md.'),
  DRYDOCK_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('What is logged.'),
  DRYDOCK_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(2).describe('Builds that run at the same time.'),
  DRYDOCK_QUEUE_LIMIT: z.coerce.number().int().min(1).max(100_000).default(100).describe('Builds that may wait.'),
  DRYDOCK_QUEUE_BYTES: bytes
    .default(10 * 1024 * MiB)
    .describe('Most that the contexts of all builds that wait or run may have together.'),
  DRYDOCK_BUILD_TIMEOUT_SECONDS: seconds.default(15 * 60).describe('Deadline of one image build.'),
  DRYDOCK_VERIFICATION_TIMEOUT_SECONDS: seconds.default(25 * 60).describe('Deadline of one whole verification.'),
  DRYDOCK_ANALYSIS_TIMEOUT_SECONDS: seconds.default(20).describe('Deadline of one static analysis.'),
  DRYDOCK_MAX_DOCKERFILE_BYTES: bytes.default(MiB).describe('Largest Dockerfile that is read.'),
  DRYDOCK_MAX_UPLOAD_BYTES: bytes.default(256 * MiB).describe('Largest upload, as sent.'),
  DRYDOCK_MAX_EXPANDED_BYTES: bytes.default(1024 * MiB).describe('Largest upload, unpacked.'),
  DRYDOCK_MAX_ENTRIES: z.coerce.number().int().min(1).default(50_000).describe('Most entries of an upload.'),
  DRYDOCK_MAX_CONTAINER_BYTES: bytes
    .default(1024 * MiB)
    .describe('Most that a container under test may write into its own layer and its volumes; more ends it.'),
  DRYDOCK_KEEP_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(36_500)
    .default(90)
    .describe('Ended builds and analyses that are older are removed, with their reports and logs.'),
  DRYDOCK_KEEP_BUILDS: z.coerce.number().int().min(1).default(10_000).describe('How many ended builds are kept.'),
  DRYDOCK_KEEP_ANALYSES: z.coerce.number().int().min(1).default(50_000).describe('How many analyses are kept.'),
  DRYDOCK_KEEP_BYTES: bytes
    .default(10 * 1024 * MiB)
    .describe('Most that the database and the logs may have; the oldest builds and analyses go first.'),
  DRYDOCK_MAX_LOG_BYTES: bytes
    .default(16 * MiB)
    .describe('Most that is kept of what one build and its container print.'),
  DRYDOCK_PUBLIC_URL: publicUrl.describe(
    'Address by which others reach the service: it stands before the links of webhooks. Default: these are paths.',
  ),
  DRYDOCK_WEBHOOK_ALLOW: z
    .string()
    .max(4000)
    .default('')
    .describe(
      'Hosts, addresses and networks (CIDR), separated by commas, to which webhooks may be sent although they are not public; see webhooks.md.',
    ),
  DOCKER_HOST: z.string().optional().describe('The engine, as for the docker command. Default: /var/run/docker.sock.'),
  DOCKER_TLS_VERIFY: z.string().optional().describe('As for the docker command.'),
  DOCKER_CERT_PATH: z.string().optional().describe('As for the docker command.'),
});
/** The environment as read: every variable with its value or default. */
export type Config = Readonly<z.infer<typeof Environment>>;

const names: readonly string[] = Object.keys(Environment.shape);

/**
 * Reads the environment. An empty variable counts as not set.
 * Throws ConfigError that names every variable that is not as it should be (a DRYDOCK_* that is not known included), or that
 * the service would be open to others.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const unknown = Object.keys(given).filter((name) => name.startsWith('DRYDOCK_') && !names.includes(name));
  if (unknown.length > 0) {
    const hints = unknown.map((name) => `${name} is none of Drydock's variables. Did you mean ${nearest(name)}?`);
    throw new ConfigError(`The environment cannot be used. ${hints.join(' ')}`);
  }
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`The environment cannot be used. ${wrong.join('. ')}.`);
  }
  const config = Object.freeze(parsed.data);
  if (!isLoopback(config.DRYDOCK_HOST) && config.DRYDOCK_TOKENS_FILE === undefined) {
    throw new ConfigError(
      `DRYDOCK_HOST=${config.DRYDOCK_HOST} can be reached from other machines, and whoever reaches Drydock can run builds ` +
        'on its Docker engine. Set DRYDOCK_TOKENS_FILE to a file with one `name token` per line, or listen on 127.0.0.1.',
    );
  }
  return config;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** The variable that takes the fewest changed letters to write. */
function nearest(name: string): string {
  const given = name.toUpperCase();
  const [first = ''] = names.toSorted((one, other) => distance(given, one) - distance(given, other));
  return first;
}

/** How many letters must be put in, taken out or changed. Source: Wagner and Fischer, 1974. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [at, letter] of from.split('').entries()) {
    const next = [at + 1];
    for (const [index, other] of to.split('').entries()) {
      const changed = (row[index] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
