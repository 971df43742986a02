/** Rule: ADD fetches from the net without saying what it must get. */
import type { CopyInstruction, RunInstruction, ShellCommand, Word } from '../../dockerfile/types.ts';
import { builtStages, commandsOf, runsOf } from '../questions/ask.ts';
import { pinOf } from '../questions/downloads.ts';
import { effectiveWords } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';
import type { Trouble } from '../rule.ts';

export default defineRule({
  id: 'add-url-unchecked',
  item: 'reproducible',
  severity: 'warning',
  title: 'ADD from the net without a checksum or a revision',
  why: 'What the address holds that day goes into the image. Nobody sees when the file behind it is replaced, and the next build of the same source is another image.',
  fix: 'Say what it must be: `ADD --checksum=sha256:… https://example.com/tool-1.2.3.tar.gz /tmp/`; of a repository the commit or the tag: `ADD https://github.com/owner/name.git#v1.2.3 /src`.',
  source: 'Dockerfile reference, "ADD --checksum" and "Adding files from a Git repository".',
  aliases: [],
  examples: {
    bad: 'FROM debian:trixie-slim\nADD https://example.com/latest/tool.tar.gz /tmp/\n',
    good: 'FROM debian:trixie-slim\nADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/latest/tool.tar.gz /tmp/\n',
  },
  *check(subject) {
    let looks = 0;
    for (const stage of builtStages(subject)) {
      if (!stage.instructions.some(({ keyword }) => keyword === 'ADD')) continue;
      const checkingRuns = runsOf([stage]).filter((run) => commandsOf(run).some(checks));
      for (const one of stage.instructions) {
        if (one.keyword !== 'ADD' || one.flags.some(({ name }) => name === 'checksum')) continue;
        const later = checkingRuns.filter((run) => run.span.start.offset > one.span.start.offset);
        for (const source of one.sources) {
          // More than these nobody wrote by hand.
          if ((looks += later.length) > 1000) return;
          if (!later.some((run) => mayLookAt(run, source, one))) yield* troubleOf(source);
        }
      }
    }
  },
});

/** A command that looks at sums or signatures. */
function checks(command: ShellCommand): boolean {
  const [program = '', ...args] = effectiveWords(command);
  return (
    /^(?:sha\d*sum|md5sum|shasum|b2sum|gpgv|minisign|cosign|signify)$/.test(program) ||
    (program === 'gpg' && args.includes('--verify'))
  );
}

/** True for a checking RUN that names the file, or what it checks stands in a list or fits a pattern. */
function mayLookAt(run: RunInstruction, source: Word, { destination }: CopyInstruction): boolean {
  const names = [source, destination].flatMap((word) => {
    const name =
      (word?.value ?? word?.raw ?? '')
        .replace(/[?#].*$/s, '')
        .split('/')
        .at(-1) ?? '';
    return name === '' ? [] : [name];
  });
  if (names.some((name) => name.includes('$') || run.command.text.includes(name))) return true;
  return commandsOf(run).some((one) => {
    const [program = '', ...args] = checks(one) ? effectiveWords(one) : [];
    // Of what is not known any word may be the one.
    if (args.some((word) => word === undefined || word.includes('*'))) return true;
    const isList = program.endsWith('sum') && args.some((word) => /^-\w*c\w*$|^--check$/.test(word ?? ''));
    return isList && args.some((word) => !/^-|^\/dev\//.test(word ?? ''));
  });
}

function* troubleOf(source: Word): Generator<Trouble> {
  const url = addressOf(source);
  if (url === undefined) return;
  if (isRepository(url)) {
    const revision = revisionOf(url);
    if (revision === undefined || /^(?:refs\/heads\/)?(?:main|master|HEAD|trunk|develop|dev)$/.test(revision)) {
      yield { at: source.span, message: `ADD takes ${revision ?? 'the default branch'} of a repository, which moves.` };
    }
    return;
  }
  const pin = pinOf(url);
  if (pin === 'content') return;
  yield pin === 'version'
    ? { at: source.span, severity: 'info', message: 'ADD fetches a release, and takes it as it comes: no checksum.' }
    : {
        at: source.span,
        message: 'ADD takes whatever this address holds that day: no version in it, and no checksum.',
      };
}

/** The address that ADD fetches; of one with an unknown variable what is written. */
function addressOf({ value, raw }: Word): string | undefined {
  const text = value ?? raw.replace(/^["']|["']$/g, '');
  return /^(?:https?|git|ssh):\/\/|^git@[\w.-]+:/i.test(text) ? text : undefined;
}

function isRepository(url: string): boolean {
  return /^(?:git|ssh):\/\/|^git@/i.test(url) || /\.git(?:[#?]|$)/.test(url);
}

/** Behind `#`, up to a folder, or in the query. */
function revisionOf(url: string): string | undefined {
  const inQuery = /[?&](?:ref|tag|branch|commit|checksum)=([^&#]+)/.exec(url)?.[1];
  const inFragment = /#([^:]+)/.exec(url)?.[1];
  return inQuery ?? inFragment;
}
