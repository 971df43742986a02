/** Rule: a repository is cloned as its default branch stands that day. */
import type { ShellCommand } from '../../dockerfile/types.ts';
import { builtStages, commandsOf, runsOf } from '../questions/ask.ts';
import { effectiveWords } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';

/** Names of branches that go on. */
const BRANCH = /^(?:origin\/)?(?:main|master|trunk|develop|dev|HEAD)$/;

export default defineRule({
  id: 'git-clone-unpinned',
  item: 'reproducible',
  severity: 'warning',
  title: 'Repository cloned without a tag or a commit',
  why: 'The clone is whatever was pushed last, on the day on which the layer is built; later builds take it from the cache, others take another one. Nobody can say which source is in the image.',
  fix: 'Name the tag, or check out a commit: `git clone --depth 1 --branch v1.2.3 https://github.com/owner/name.git`.',
  source: 'git-clone manual, "--branch"; Docker docs, "Building best practices": pin what is fetched.',
  aliases: [],
  examples: {
    bad: 'FROM debian:trixie-slim\nRUN git clone https://github.com/example/tool.git && make -C tool\n',
    good: 'FROM debian:trixie-slim\nRUN git clone --branch v1.2.3 https://github.com/example/tool.git && make -C tool\n',
  },
  *check(subject) {
    for (const stage of builtStages(subject)) {
      const commands = runsOf([stage]).flatMap(commandsOf);
      // Where a revision is chosen later on, which clone it is chosen in is not worked out.
      const lastChoice = commands.findLastIndex(choosesRevision);
      for (const command of commands.slice(lastChoice + 1)) {
        const branch = clonedBranch(command);
        if (branch === undefined || (branch !== '' && !BRANCH.test(branch))) continue;
        yield {
          at: command.span,
          message: `This clone takes ${branch === '' ? 'the default branch' : branch} as it stands that day.`,
        };
      }
    }
  },
});

/** The branch that `git clone` names, empty where it names none; `undefined`: no clone from the net, or one that cannot be read. */
function clonedBranch(command: ShellCommand): string | undefined {
  const words = effectiveWords(command);
  if (words[0] !== 'git' || !words.includes('clone') || words.includes(undefined)) return undefined;
  if (!words.some((word) => /^(?:https?|git|ssh):\/\/|^[\w.-]+@[\w.-]+:/.test(word ?? ''))) return undefined;
  const at = words.findIndex((word) => word === '-b' || word === '--branch' || word === '--revision');
  const attached = words.find((word) => /^(?:--branch|--revision)=|^-b./.test(word ?? ''));
  return at === -1 ? (attached?.replace(/^(?:--\w+=|-b)/, '') ?? '') : words[at + 1];
}

function choosesRevision(command: ShellCommand): boolean {
  const words = effectiveWords(command);
  return (
    words[0] === 'git' && words.some((word) => /^(?:checkout|reset|switch|rev-parse|verify-tag)$/.test(word ?? ''))
  );
}
