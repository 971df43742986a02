/** Where to knock when the image runs: from the options, else from the Dockerfile, else guessed; and what was assumed. */
import type { Dockerfile, HealthcheckInstruction } from './dockerfile/types.ts';

/** How the container under test is asked. */
export interface RunPlan {
  /** `undefined`: the image's first exposed TCP port. */
  readonly port: number | undefined;
  /** Paths to ask, in order. */
  readonly healthPaths: readonly string[];
  /** Nobody named a path: an answer other than 200 proves nothing. */
  readonly healthGuessed: boolean;
  readonly assumptions: readonly string[];
}

/** Paths that services commonly report their health on. Not `/`: a front page that answers says nothing of the database. */
const GUESSES = ['/health', '/healthz', '/health/live', '/livez', '/up', '/ping'];

/** Plans the run. Pure. */
export function planRun(
  dockerfile: Dockerfile,
  wish: { readonly port?: number | undefined; readonly health?: string | undefined },
): RunPlan {
  const assumptions: string[] = [];
  const checked = dockerfile.target === undefined ? undefined : checkedUrl(dockerfile.target.state.healthcheck);

  let port = wish.port;
  if (port === undefined) {
    port = checked?.port ?? firstExposed(dockerfile);
    assumptions.push(
      port === undefined
        ? 'No port was given and none could be read from HEALTHCHECK or EXPOSE; the first port the image exposes is used.'
        : `No port was given; ${port} is taken from ${checked?.port === undefined ? 'EXPOSE' : 'HEALTHCHECK'}.`,
    );
  }
  if (wish.health !== undefined) return { port, healthPaths: [wish.health], healthGuessed: false, assumptions };
  if (checked !== undefined) {
    assumptions.push(`No health path was given; ${checked.path} is taken from HEALTHCHECK.`);
    return { port, healthPaths: [checked.path], healthGuessed: false, assumptions };
  }
  assumptions.push(`No health path was given and HEALTHCHECK names none; tried: ${GUESSES.join(', ')}.`);
  return { port, healthPaths: GUESSES, healthGuessed: true, assumptions };
}

/** The URL of this very container that a HEALTHCHECK asks, whatever the tool: curl, wget, node, python. */
function checkedUrl(healthcheck: HealthcheckInstruction | undefined): { port: number; path: string } | undefined {
  const command = healthcheck?.command;
  if (command === undefined) return undefined;
  const text = command.form === 'exec' ? command.args.map((word) => word.value ?? '').join(' ') : command.text;
  const url = /\bhttp:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d{1,5}))?(\/[^\s"'`)\\;|&<>]*)?/.exec(
    text,
  );
  if (url === null) return undefined;
  const path = url[2] ?? '/';
  // A path with a variable in it is known only to the container.
  return path.includes('$') ? undefined : { port: Number(url[1] ?? 80), path };
}

function firstExposed(dockerfile: Dockerfile): number | undefined {
  for (const word of dockerfile.target?.state.exposed ?? []) {
    const port = /^(\d{1,5})(?:\/tcp)?$/i.exec(word.value ?? '')?.[1];
    if (port !== undefined) return Number(port);
  }
  return undefined;
}
