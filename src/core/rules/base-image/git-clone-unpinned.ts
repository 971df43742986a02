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
      const runs = runsOf([stage]).map(commandsOf);
      // A step that chooses more revisions than it clones may choose those of the steps before it.
      const lastChoosing = runs.findLastIndex((run) => choicesIn(run) > run.filter(clones).length);
      for (const [at, commands] of runs.entries()) {
        if (at < lastChoosing) continue;
        // Where one is chosen further down in the step, which clone it is chosen in is not worked out.
        for (const command of commands.slice(commands.findLastIndex(choosesRevision) + 1)) {
          const branch = clonedBranch(command);
          if (branch === undefined || (branch !== '' && !BRANCH.test(branch))) continue;
          yield {
            at: command.span,
            message: `This clone takes ${branch === '' ? 'the default branch' : branch} as it stands that day.`,
          };
        }
      }
    }
  },
});

/** The words of a command of git; of one that is not known what is written, unless it is a variable alone and may be anything. */
function wordsOf(command: ShellCommand): readonly (string | undefined)[] | undefined {
  const [program, ...words] = effectiveWords(command);
  if (program !== 'git') return undefined;
  const raws = command.args.slice(-words.length).map(({ raw }) => raw.replaceAll('"', ''));
  return words.map((word, at) => word ?? (/^[\w./:@-]/.test(raws[at] ?? '') ? raws[at] : undefined));
}

function clones(command: ShellCommand): boolean {
  return wordsOf(command)?.includes('clone') === true;
}

/** The branch that `git clone` names, empty where it names none; `undefined`: no clone from the net, or one that cannot be read. */
function clonedBranch(command: ShellCommand): string | undefined {
  const words = wordsOf(command);
  if (words?.includes('clone') !== true || words.includes(undefined)) return undefined;
  if (!words.some((word) => /^(?:https?|git|ssh):\/\/|^[\w.-]+@[\w.-]+:/.test(word ?? ''))) return undefined;
  const at = words.findIndex((word) => word === '-b' || word === '--branch' || word === '--revision');
  const attached = words.find((word) => /^(?:--branch|--revision)=|^-b./.test(word ?? ''));
  return at === -1 ? (attached?.replace(/^(?:--\w+=|-b)/, '') ?? '') : words[at + 1];
}

function choicesIn(commands: readonly ShellCommand[]): number {
  return commands.filter(choosesRevision).length;
}

/** A branch that goes on is no choice: `git checkout master`. */
function choosesRevision(command: ShellCommand): boolean {
  const words = wordsOf(command) ?? [];
  const verb = words.findIndex((word) => /^(?:checkout|reset|switch|rev-parse|verify-tag)$/.test(word ?? ''));
  const isRevParse = words[verb] === 'rev-parse';
  return verb !== -1 && (isRevParse || !words.slice(verb + 1).some((word) => BRANCH.test(word ?? '')));
}
