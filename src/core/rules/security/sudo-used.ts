/** Rule: RUN calls sudo. */
import { builtStages, commandsOf, runsOf } from '../questions/ask.ts';
import { defineRule } from '../rule.ts';
import { acting } from '../questions/users.ts';

export default defineRule({
  id: 'sudo-used',
  item: 'hardened',
  severity: 'info',
  title: 'RUN calls sudo',
  why: 'USER says who a step runs as, so sudo is never needed: as root it does nothing, and for anybody else it means that sudo is in the image and that this user may become root without a password.',
  fix: 'Do the step as root: `USER root`, `RUN apt-get update …`, then `USER 1001` again.',
  source: 'Dockerfile best practices, USER: avoid installing or using sudo.',
  aliases: ['DL3004', 'DS-0010', 'CKV2_DOCKER_1', 'DKL-DI-0001'],
  examples: {
    bad: 'FROM example/devbox:1\nUSER dev\nRUN sudo apt-get update\n',
    good: 'FROM example/devbox:1\nUSER root\nRUN apt-get update\nUSER dev\n',
  },
  *check(subject) {
    for (const run of runsOf(builtStages(subject))) {
      const command = commandsOf(run).find(({ name }) => name === 'sudo' || name === '/usr/bin/sudo');
      if (command === undefined) continue;
      const givesUp = command.args.some(({ raw }) => /^(?:-u|--user)/.test(raw));
      const isRootAlready = acting(subject).get(run)?.as === 'root';
      yield {
        at: command.span,
        message: givesUp
          ? 'USER, or setpriv for a single command, does the same without sudo in the image.'
          : isRootAlready
            ? 'The step runs as root already; sudo adds nothing.'
            : 'sudo makes this user root; USER root for this step does the same without sudo in the image.',
      };
    }
  },
});
