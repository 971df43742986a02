/** Runs the scripts of integrations/ as a pipeline does: a shell, an environment of its own, a folder for temporary files. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';

/** How a script ended. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A script that runs. */
export interface Running {
  readonly process: ChildProcess;
  /** What it has said so far. */
  readonly stderr: () => string;
  readonly ended: Promise<Ran>;
}

/** What stands around a script. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Path of a file in integrations/. */
export const inIntegrations = (name: string): string => join(resolve('integrations'), name);

/** Starts a command. It sees no variable but PATH and those given. */
export function start(command: string, args: readonly string[], { env = {}, cwd = '.' }: Surroundings = {}): Running {
  const child = spawn(command, [...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
  return { process: child, stderr: () => stderr, ended };
}

/** Runs integrations/drydock.sh with dash where there is one, as the strictest of the shells that are called sh. */
export async function drydock(args: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  return await startDrydock(args, surroundings).ended;
}

/** Starts integrations/drydock.sh. */
export function startDrydock(args: readonly string[], surroundings: Surroundings = {}): Running {
  return start(process.env['CLIENT_SHELL'] ?? 'sh', [inIntegrations('drydock.sh'), ...args], surroundings);
}
