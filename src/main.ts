/** The process: what it was told, and what it says when it cannot start. */
import { readConfig } from './config.ts';
import { AppError, ConfigError } from './use-cases/errors.ts';

try {
  const config = readConfig();
  // Late: what is missing is told at once, and not after the whole program has been read.
  const { serve } = await import('./serve.ts');
  await serve(config);
} catch (error) {
  process.stderr.write(`drydock: ${lastWords(error)}\n`);
  process.exitCode = 1;
}

/** What the operator can mend is told as a sentence, with the reason below it; everything else with its stack. */
function lastWords(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof AppError) {
    return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
