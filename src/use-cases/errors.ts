/** The errors that are thrown on purpose: one for clients, which http/problems.ts turns into an answer, one for the operator. */
import type { ProblemCode } from '../schemas/problem.ts';

/**
 * Drydock could not do what was asked, for a reason with a name.
 * `message` is the `detail` a client reads: what happened here and what to do, without secrets, paths of the machine or
 * texts of inner errors. Those go into `cause`, which only the log shows.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ProblemCode;
  /** Each field that is not as it should be, as a JSON pointer (`#/options/port`) and a sentence. */
  readonly fields: readonly { readonly pointer: string; readonly detail: string }[];
  /** Seconds after which trying again makes sense. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ProblemCode,
    message: string,
    more: {
      cause?: unknown;
      fields?: readonly { readonly pointer: string; readonly detail: string }[];
      retryAfterSeconds?: number;
    } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.fields = more.fields ?? [];
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

/** The engine could not ask a registry for an image: Drydock's network, not the author's image. `message` is shown to clients. */
export class RegistryUnreachable extends AppError {
  constructor(message: string) {
    super('engine-unavailable', message);
  }
}

/** The engine answered, and said no. Callers that can make sense of a status catch it; for all others it is an AppError. */
export class EngineRefusal extends AppError {
  readonly status: number;
  /** The engine's own words. */
  readonly said: string;

  constructor(to: string, status: number, said: string, cause: unknown) {
    super('engine-unavailable', `The Docker engine was asked to ${to} and refused (HTTP ${status}).`, { cause });
    this.status = status;
    this.said = said;
  }
}

/** The database was taken away or replaced beneath the service: what is stored now, the next start would not find. `message` is shown to clients. */
export class DataGone extends AppError {
  constructor() {
    const what = 'The database was removed or replaced in the data folder beneath the service, so nothing is stored';
    const why = 'the next start would not find it';
    const remedy = 'Put the data folder back, or restart the service, which goes on with what lies there then.';
    super('storage-unavailable', `${what}: ${why}. ${remedy}`, { retryAfterSeconds: 60 });
  }
}

/** The service cannot start as it is set up. `message` is for the operator: it names the variable or file and what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
