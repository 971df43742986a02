/** What the image starts, as text to look for the name of a program in. */
import { shellCommands } from '../../dockerfile/shell/shell.ts';
import { finalBase, finalStage, knownFinalBase } from './ask.ts';
import { officialName } from '../tables/base-images.ts';
import { question } from './question.ts';
import type { Subject } from '../rule.ts';

/**
 * The words of ENTRYPOINT and CMD, joined; `undefined` when nothing in the file says what is started, so that the image may be
 * a box of tools.
 */
export const startedText = question((subject): string | undefined => {
  const state = finalStage(subject)?.state;
  const commands = [state?.entrypoint?.command, state?.cmd?.command].filter((one) => one !== undefined);
  if (commands.length === 0) return isOfficialServer(subject) ? '' : undefined;
  return commands
    .flatMap((one) => [...shellCommands(one)])
    .flatMap(({ name, args }) => [name ?? '$', ...args.map(({ value, raw }) => value ?? raw)])
    .join(' ');
});

function isOfficialServer(subject: Subject): boolean {
  const base = finalBase(subject);
  return (
    base?.kind === 'image' && officialName(base.reference) !== undefined && knownFinalBase(subject)?.command === true
  );
}
