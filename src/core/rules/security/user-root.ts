/** Rule: the last USER is root. */
import { finalStage, givesUpRoot, isRoot, userName } from '../questions/ask.ts';
import { defineRule } from '../rule.ts';

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
      yield { cannotTell: `Which user \`USER ${user.raw}\` names: its variable has no value here.` };
    } else if (isRoot(name)) {
      const givesUp = givesUpRoot(subject) && subject.profile !== 'kubernetes';
      yield {
        at: user.span,
        ...(givesUp ? { severity: 'info' as const } : {}),
        message: givesUp
          ? `USER ${user.raw} is root; the entrypoint of the base image gives that up by itself.`
          : `The last USER is ${user.value ?? user.raw}: the command runs as root.`,
      };
    }
  },
});
