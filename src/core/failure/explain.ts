/**
 * Why a build failed, in plain words: one of a closed list of causes, and what to do about it.
 *
 * Two voices tell: the builder's own last word (message.ts), and, where a command failed, what it printed
 * (output.ts). What neither explains is `command-failed` or `unknown`; a cause is never guessed from the command alone.
 */
import type { BuildFailure } from '../../schemas/report.ts';
import { ofMessage } from './message.ts';
import { ofOutput } from './output.ts';
import type { FailureScene } from './scene.ts';
import type { Explanation, FailureSeen } from './types.ts';

/** Explains a failure. Pure; never throws; foreign text is bounded. */
export function explainFailure(seen: FailureSeen, scene: FailureScene): BuildFailure {
  const said = { ...seen, message: withoutCommand(seen.message) };
  const { cause, advice } = ofMessage(said, scene) ?? ofOutput(seen, scene) ?? unexplained(seen);
  return { ...seen, cause, advice: advice.slice(0, 1000) };
}

/** The builder repeats the command that failed, and that may hold any sentence. */
function withoutCommand(message: string): string {
  return message.replace(/\bprocess "[^]*" (?=did not complete successfully)/, 'process ');
}

/** The failure of a build that was given up because its time was over. */
export function deadlineFailure(
  seconds: number,
  last: { readonly name: string; readonly line: number | null; readonly log: string } | undefined,
): BuildFailure {
  const where = last === undefined ? 'before the first step' : `at the step ${quoted(last.name)}`;
  return {
    cause: 'deadline',
    advice: `The build was given up after ${seconds} seconds, ${where}. A command that waits for something, for an answer or for a terminal, never ends; one that is slow needs a higher DRYDOCK_BUILD_TIMEOUT_SECONDS.`,
    message: `The build did not end within ${seconds} seconds.`,
    step: last?.name ?? null,
    line: last?.line ?? null,
    exitCode: null,
    log: last?.log ?? '',
  };
}

/** What a shell means by a code. Source: POSIX 2.8.2; codes from 128 on are signals. */
const CODES: Readonly<Record<number, string>> = {
  126: 'That is the code of a program that may not be executed, or is for another platform.',
  127: 'That is the code of a program that is not there. Install it in an earlier step, or mend its name.',
  132: 'The program met an instruction that this processor does not know (SIGILL): it is for another one.',
  134: 'The program gave itself up (SIGABRT).',
  139: 'The program crashed (SIGSEGV).',
  143: 'The program was told to end (SIGTERM).',
};

/** What package managers say at the end, whatever happened. */
const EMPTY_WORDS = /^npm (?:error|ERR!)$|A complete log of this run can be found|^\[notice\]/;

function unexplained({ exitCode, log, message }: FailureSeen): Explanation {
  if (exitCode === null) return { cause: 'unknown', advice: `The builder gave up and says: ${quoted(message)}.` };
  const last = log
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '' && !EMPTY_WORDS.test(line));
  return {
    cause: 'command-failed',
    advice:
      last === undefined
        ? `The command ended with exit code ${exitCode} and printed nothing. ${CODES[exitCode] ?? 'Run it by hand in a container of the step before to see why.'}`
        : `The command ended with exit code ${exitCode}. Its last lines say why: ${quoted(last)}.`,
  };
}

/** Foreign text inside a sentence. */
function quoted(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return `"${line.length > 200 ? `${line.slice(0, 199)}…` : line}"`;
}
