/** Rule: USER by name. Information, except where the platform needs a number. */
import { finalStage, isRoot, userName } from '../questions/ask.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'user-by-name',
  item: 'non-root-user',
  severity: 'info',
  title: 'USER by name, not by number',
  why: 'Kubernetes cannot tell whether a named user is root: with `runAsNonRoot: true` it refuses to start the container. A name also means another number on another base image.',
  fix: 'Write the number: `USER 1001`.',
  source: 'Lessons, "Non-root"; Kubernetes, Pod Security: runAsNonRoot.',
  aliases: ['DL3066'],
  examples: {
    bad: 'FROM python:3.12-slim\nRUN useradd --uid 1001 app\nUSER app\n',
    good: 'FROM python:3.12-slim\nRUN useradd --uid 1001 app\nUSER 1001:1001\n',
  },
  *check(subject) {
    const user = finalStage(subject)?.state.user;
    const name = user === undefined ? undefined : userName(user);
    if (user === undefined || name === undefined || isRoot(name) || /^\d*$/.test(name)) return;
    yield {
      at: user.span,
      message: `USER ${name} is a name; a platform that checks for a non-root number cannot read it.`,
      ...(subject.profile === 'kubernetes' ? { severity: 'warning' as const } : {}),
    };
  },
});
