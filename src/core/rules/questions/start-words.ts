/** What the image starts, as text to look for the name of a program in. */
import { topCommands } from '../../dockerfile/shell/shell.ts';
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
    .flatMap((one) => [...topCommands(one)])
    .flatMap(({ name, args }) => [name ?? '$', ...args.map(({ value, raw }) => value ?? raw)])
    .join(' ');
});

/** `app.main:app`, `app/main.py`, `-m app` */
const STARTED_FROM = [
  /(?:^|\s)([A-Za-z_]\w*)(?:\.\w+)+:\w+/g,
  /(?:^|\s)(?:\.\/)?([\w-]+)\/[\w./-]+\.(?:py|[cm]?js|ts|rb|php)(?=\s|$)/g,
  /(?:^|\s)-m\s+([A-Za-z_]\w*)/g,
];
/** What a build makes is no source. */
const MADE = new Set(['dist', 'build', 'out', 'node_modules', 'vendor', 'public']);

/** Folders beside the manifest that hold what is started, as far as the command names them: the source of the program. */
export const startedFolders = question((subject): ReadonlySet<string> => {
  // A command is a line; what is longer was made to be.
  const text = (startedText(subject) ?? '').slice(0, 10_000);
  const names = STARTED_FROM.flatMap((form) => [...text.matchAll(form)].map(([, name = '']) => name));
  return new Set(names.filter((name) => name !== '' && !MADE.has(name)));
});

function isOfficialServer(subject: Subject): boolean {
  const base = finalBase(subject);
  return (
    base?.kind === 'image' && officialName(base.reference) !== undefined && knownFinalBase(subject)?.command === true
  );
}
