/** Rule: chown -R over what an earlier COPY or install brought, which writes all of it into another layer. */
import type { RunInstruction, ShellCommand } from '../../dockerfile/types.ts';
import { commandsOf, runsOf, shippedStages } from '../questions/ask.ts';
import { effectiveWords } from '../questions/installs.ts';
import { arrivals, isBelow } from '../questions/layers.ts';
import { installedFolders } from '../questions/installed-folders.ts';
import { defineRule } from '../rule.ts';
import type { Subject, Trouble } from '../rule.ts';
import { absolute, acting } from '../questions/users.ts';

export default defineRule({
  id: 'chown-copies-layer',
  item: 'image-size',
  severity: 'warning',
  title: 'chown -R writes the copied files a second time',
  why: 'A change of owner is a change of the file: every file that an earlier COPY or install brought is written again, whole, into the layer of this RUN. The application is in the image twice.',
  fix: 'Give the owner while copying, and drop the `chown`: `COPY --chown=app:app . .`.',
  source: 'Docker, Dockerfile reference: COPY --chown; Lessons, "One production image", 3: files chowned while copied.',
  aliases: [],
  examples: {
    bad: 'FROM node:24-slim\nWORKDIR /app\nCOPY . .\nRUN chown -R node:node /app\nUSER node\n',
    good: 'FROM node:24-slim\nWORKDIR /app\nCOPY --chown=node:node . .\nUSER node\n',
  },
  *check(subject) {
    let looks = 0;
    for (const run of runsOf(shippedStages(subject))) {
      for (const command of commandsOf(run)) {
        if (command.name !== 'chown' && command.name !== 'chgrp') continue;
        const words = effectiveWords(command).slice(1);
        if (!words.some((word) => word !== undefined && /^-\w*R|^--recursive$/.test(word))) continue;
        // More than these nobody wrote by hand.
        if ((looks += 1) > 200) return;
        const [owner, ...targets] = words.filter((word) => word?.startsWith('-') !== true);
        const workdir = acting(subject).get(run)?.workdir;
        const paths = targets.flatMap((one) => absolute(one?.replace(/\/\*$/, ''), workdir) ?? []);
        const twice = arrivals(subject).find(
          ({ step, path }) =>
            step.keyword !== 'RUN' &&
            step.span.start.offset < run.span.start.offset &&
            paths.some((target) => isBelow(path, target)),
        );
        if (twice === undefined) {
          if (!/^(?:root|0)?(?::|$)/.test(owner ?? '')) yield* overInstalls(subject, run, command, paths);
          continue;
        }
        yield {
          at: command.span,
          confidence: twice.sizeBytes === undefined ? 'medium' : 'high',
          message: `What ${twice.step.keyword} in line ${twice.step.span.start.line} brought to ${twice.path} is written a second time here.`,
        };
      }
    }
  },
});

/** What root installed before is given away: `node_modules` is large wherever it is. */
function* overInstalls(
  subject: Subject,
  run: RunInstruction,
  command: ShellCommand,
  targets: readonly string[],
): Generator<Trouble> {
  const twice = installedFolders(subject).find(
    (one) =>
      one.as === 'root' &&
      one.run.span.start.offset < run.span.start.offset &&
      targets.some((target) => isBelow(one.path, target)),
  );
  if (twice === undefined) return;
  yield {
    at: command.span,
    confidence: 'medium',
    message: `What \`${twice.call}\` in line ${twice.run.span.start.line} installed to ${twice.path} is written a second time here.`,
  };
}
