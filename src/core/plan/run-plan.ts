/** Where to knock when the image runs: from the options, else from the Dockerfile, else guessed; and what was assumed. */
import type { ProfileName } from '../../schemas/report.ts';
import type { Dockerfile, Environment, HealthcheckInstruction } from '../dockerfile/types.ts';

/** How the container under test is asked. */
export interface RunPlan {
  /** `undefined`: the image's first exposed TCP port. */
  readonly port: number | undefined;
  /** Paths to ask, in order. */
  readonly healthPaths: readonly string[];
  /** Nobody named a path: an answer other than 200 proves nothing. */
  readonly healthGuessed: boolean;
  /** What the platform would set, for the container under test; the request's own variables win. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables that the Dockerfile sets: they are there whoever leaves them out. */
  readonly imageEnv: ReadonlySet<string>;
  readonly assumptions: readonly string[];
}

/** Paths that services commonly report their health on. Not `/`: a front page that answers says nothing of the database. */
const GUESSES = ['/health', '/healthz', '/health/live', '/livez', '/up', '/ping'];

/** Source: Cloud Run, "Container runtime contract". */
const CLOUD_RUN_PORT = 8080;

/** Plans the run. Pure. */
export function planRun(
  dockerfile: Dockerfile,
  wish: {
    readonly port?: number | undefined;
    readonly health?: string | undefined;
    readonly profile: ProfileName;
    /** Variables of the request. */
    readonly env?: Readonly<Record<string, string>> | undefined;
  },
): RunPlan {
  const assumptions: string[] = [];
  const checked = whatIsChecked(dockerfile.target?.state.healthcheck);
  const imageEnv = new Set(dockerfile.target?.state.env.keys() ?? []);

  let port = wish.port;
  let env: RunPlan['env'] = {};
  if (wish.profile === 'cloud-run') {
    // The platform names a port, and asks there alone.
    port ??= portOf(wish.env?.['PORT']) ?? CLOUD_RUN_PORT;
    env = { PORT: String(port) };
    if (wish.env?.['PORT'] === undefined)
      assumptions.push(`PORT=${port} was set, as Cloud Run does; it was asked there.`);
  } else if (port === undefined) {
    port = checked.port ?? firstExposed(dockerfile);
    assumptions.push(
      port === undefined
        ? 'No port was given and none could be read from HEALTHCHECK or EXPOSE; the first port the image exposes is used.'
        : `No port was given; ${port} is taken from ${checked.port === undefined ? 'EXPOSE' : 'HEALTHCHECK'}.`,
    );
  }
  const found = { port, env, imageEnv, assumptions };
  if (wish.health !== undefined) return { ...found, healthPaths: [wish.health], healthGuessed: false };
  if (checked.path !== undefined) {
    assumptions.push(`No health path was given; ${checked.path.slice(0, 500)} is taken from HEALTHCHECK.`);
    return { ...found, healthPaths: [checked.path], healthGuessed: false };
  }
  assumptions.push(`No health path was given and HEALTHCHECK names none; tried: ${GUESSES.join(', ')}.`);
  return { ...found, healthPaths: GUESSES, healthGuessed: true };
}

/** Port and path of this very container, as far as a HEALTHCHECK names them. */
export interface Checked {
  readonly port?: number | undefined;
  readonly path?: string | undefined;
}

/** Longer checks are scripts; what they ask is not read out of them. */
const MOST_READ = 4096;

const OWN_HOST = String.raw`(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|\$HOSTNAME)`;
const REST = String.raw`(?::(\d{1,5}|\$\w+))?((?:\/|\$)(?:[^\s"'\`)\\;|&<>]|&(?!&))*)?`;
const URL_OF_ITS_OWN = new RegExp(String.raw`\bhttp:\/\/${OWN_HOST}${REST}`);
/** curl and wget take an address without its scheme; without port or path it is only a name. */
const ADDRESS_OF_ITS_OWN = new RegExp(String.raw`\b(?:curl|wget)\b.*?(?<!\/\/)\b${OWN_HOST}(?=[:/])${REST}`);

/** What a HEALTHCHECK asks of this very container, whatever the tool: curl, wget, node, python, nc. */
export function whatIsChecked(healthcheck: HealthcheckInstruction | undefined): Checked {
  const command = healthcheck?.command;
  if (command === undefined) return {};
  const written = command.form === 'exec' ? command.args.map((word) => word.value ?? word.raw).join(' ') : command.text;
  const text = withVariables(written.slice(0, MOST_READ), command.env).slice(0, MOST_READ);
  const url = URL_OF_ITS_OWN.exec(text) ?? ADDRESS_OF_ITS_OWN.exec(text);
  if (url !== null) {
    // `localhost:%s`: a port, written in a way that is not read here.
    if (url[1] === undefined && text[url.index + url[0].length] === ':') return {};
    const path = url[2] ?? '/';
    // What a variable holds that is left here is known only to the container.
    return { port: url[1] === undefined ? 80 : portOf(url[1]), path: path.includes('$') ? undefined : path };
  }
  // http.get({ host: 'localhost', port: 3000, path: '/health' })
  if (/\bhttp['")]*\.(?:get|request)\(/.test(text)) {
    return {
      port: portOf(/\bport:\s*(\d{1,5})/.exec(text)?.[1]),
      path: /\bpath:\s*["'](\/[^"'$]*)["']/.exec(text)?.[1],
    };
  }
  return { port: portOf(new RegExp(String.raw`\bnc\b.*?${OWN_HOST}\s+(\d{1,5})`).exec(text)?.[1]) };
}

/** `$NAME` and `${NAME:-8000}` as far as the image's own ENV tells; what stays unknown is left as `$NAME`. */
function withVariables(text: string, env: Environment): string {
  return text.replace(
    /\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})/g,
    (_, plain?: string, braced?: string, otherwise?: string) => {
      const name = plain ?? braced ?? '';
      return env.get(name) ?? otherwise ?? `$${name}`;
    },
  );
}

function firstExposed(dockerfile: Dockerfile): number | undefined {
  for (const word of dockerfile.target?.state.exposed ?? []) {
    const port = portOf(/^(\d{1,5})(?:\/(?:tcp)?)?$/i.exec(word.value ?? '')?.[1]);
    if (port !== undefined) return port;
  }
  return undefined;
}

function portOf(digits: string | undefined): number | undefined {
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? port : undefined;
}
