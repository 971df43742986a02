/** Rule: the last USER is root. */
import { finalBase, finalStage, givesUpRoot, isRoot, shippedStages, userName } from '../questions/ask.ts';
import { handsOver, toolOfImage } from '../questions/hand-over.ts';
import type { Word } from '../../dockerfile/types.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';

export default defineRule({
  id: 'user-root',
  item: 'non-root-user',
  severity: 'error',
  title: 'The last USER is root',
  why: 'The command runs as the last USER. Whoever breaks into it is root in the container: free to change its files, install tools, and one kernel bug away from the host.',
  fix: 'Do what needs root first, then end with the application user: `USER 1001`.',
  source: 'Lessons, "Non-root: what breaks, and the order that works".',
  aliases: ['DL3002', 'DS-0002', 'CKV_DOCKER_8', 'CIS-DI-0001'],
  examples: {
    bad: 'FROM python:3.12-slim\nUSER 1001\nUSER root\nRUN apt-get update\n',
    good: 'FROM python:3.12-slim\nUSER root\nRUN apt-get update\nUSER 1001\n',
  },
  provenBy: 'processes-not-root',
  *check(subject) {
    const user = finalStage(subject)?.state.user;
    if (user === undefined) return;
    const name = userName(user);
    if (name === undefined) {
      if (isNumberOfTheBase(subject, user)) return;
      yield { cannotTell: `Which user \`USER ${user.raw}\` names: its variable has no value here.` };
    } else if (isRoot(name)) {
      // A platform that looks at the image sees root, whatever becomes of it.
      const fate = subject.profile === 'kubernetes' ? 'no' : givesUpRoot(subject) ? 'by its base' : handsOver(subject);
      if (fate === 'unknown') {
        yield {
          cannotTell: `USER ${user.raw} is root; the image has ${toolOfImage(subject)}, and whether the script that is started hands over to another user with it stands in that script.`,
        };
      } else if (fate === 'no') {
        yield { at: user.span, message: `The last USER is ${user.value ?? user.raw}: the command runs as root.` };
      } else {
        yield {
          at: user.span,
          severity: 'info',
          message:
            fate === 'yes'
              ? `USER ${user.raw} is root; what is started hands over to another user by itself.`
              : `USER ${user.raw} is root; the entrypoint of the base image gives that up by itself.`,
        };
      }
    }
  },
});

/** `USER $APP_UID`: the images of .NET set it from version 8 on, to 1654. Source: dotnet/dotnet-docker, "Enable or disable non-root". */
function isNumberOfTheBase(subject: Subject, { raw }: Word): boolean {
  const base = finalBase(subject);
  if (!/^\$(?:APP_UID|\{APP_UID\})$/.test(raw) || base?.kind !== 'image') return false;
  const { registry, repository, tag = '' } = base.reference;
  const isDotnet = registry === 'mcr.microsoft.com' && /^dotnet\/(?:aspnet|runtime|runtime-deps|sdk)$/.test(repository);
  const isSetHere = shippedStages(subject).some(({ instructions }) =>
    instructions.some(
      (one) => (one.keyword === 'ENV' || one.keyword === 'ARG') && one.pairs.some(({ key }) => key.value === 'APP_UID'),
    ),
  );
  return isDotnet && Number(/^(\d+)\./.exec(tag)?.[1] ?? 0) >= 8 && !isSetHere;
}
