/** What somebody may do and see. Whoever serves a request is told by whom it comes; nothing is found that is not theirs. */
import { AppError } from './errors.ts';

/** Kinds of things that may be done. `admin` may all of them. */
export const scopes = ['analyze', 'build', 'read', 'admin'] as const;
/** One of them. */
export type Scope = (typeof scopes)[number];

/** Names of projects; `*` at the end stands for any rest. */
export type ProjectPatterns = readonly string[];

/** By whom a request comes. */
export interface Access {
  /** Name of the token; `null` where none is needed. */
  readonly holder: string | null;
  readonly scopes: readonly Scope[];
  /** `undefined`: all, and what belongs to none. */
  readonly projects: ProjectPatterns | undefined;
}

/** Whoever reaches a service without tokens. */
export const everybody: Access = { holder: null, scopes: ['admin'], projects: undefined };

/** True when it may be done. */
export function may(access: Access, scope: Scope): boolean {
  return access.scopes.includes('admin') || access.scopes.includes(scope);
}

/** The refusal of a token that has none of the scopes it needs. */
export function scopeMissing(needed: readonly Scope[]): AppError {
  return new AppError(
    'scope-missing',
    `This token may not do that: it needs the scope ${needed.join(' or ')}. The operator of the service gives it one (DRYDOCK_TOKENS_FILE).`,
  );
}

/** True when the things of that project are seen; `null`: things of none. */
export function sees({ projects }: Access, project: string | null): boolean {
  if (projects === undefined) return true;
  return project !== null && projects.some((pattern) => fits(pattern, project));
}

/** True when the name is meant by the pattern. */
export function fits(pattern: string, project: string): boolean {
  return pattern.endsWith('*') ? project.startsWith(pattern.slice(0, -1)) : project === pattern;
}

/** True when every name that is meant by the pattern `wish` is meant by one of `patterns`. */
export function covers(patterns: ProjectPatterns, wish: string): boolean {
  return patterns.some((pattern) =>
    wish.endsWith('*') ? pattern.endsWith('*') && fits(pattern, wish.slice(0, -1)) : fits(pattern, wish),
  );
}

/**
 * The project of something new. One that may work on a single project need not name it.
 * Throws AppError `project-forbidden` for a project that is not theirs.
 */
export function projectFor(access: Access, wish: string | undefined): string | undefined {
  const { projects } = access;
  const [only, ...others] = projects ?? [];
  const project = wish ?? (only !== undefined && others.length === 0 && !only.endsWith('*') ? only : undefined);
  if (sees(access, project ?? null)) return project;
  throw new AppError(
    'project-forbidden',
    project === undefined
      ? `This token works on ${told(projects)} alone: name the project with the option \`project\`, or in drydock.yaml.`
      : `This token works on ${told(projects)} alone, and not on ${project}.`,
  );
}

function told(projects: ProjectPatterns | undefined): string {
  return (projects ?? []).slice(0, 5).join(', ').slice(0, 300);
}
