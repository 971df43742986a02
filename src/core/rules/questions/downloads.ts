/** What RUN fetches from the net and hands to an interpreter, and what an address says of the version behind it. */
import type { RunInstruction, ShellCommand, Word } from '../../dockerfile/types.ts';
import { commandsOf } from './ask.ts';
import { effectiveWords } from './installs.ts';

/** A download that is executed as it comes in. */
export interface PipedDownload {
  /** The command that fetches. */
  readonly fetch: ShellCommand;
  /** The program that reads it: `bash`. */
  readonly interpreter: string;
  /** As far as it is known, variables as written. */
  readonly url: string;
}

const FETCHES = new Set(['curl', 'wget', 'aria2c', 'fetch', 'http']);
const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh']);
const INTERPRETERS = /^(?:python[\d.]*|perl|ruby|node|nodejs|php[\d.]*)$/;

/** What a RUN downloads straight into an interpreter: through a pipe, `<(…)` or `-c "$(…)"`. In order; linear. */
export function pipedDownloads(run: RunInstruction): readonly PipedDownload[] {
  const found: PipedDownload[] = [];
  for (const { own, inner } of groupsOf(commandsOf(run))) {
    const fetched = inner.find(isFetch);
    const program = programOf(own);
    if (fetched !== undefined && program !== undefined && runsSubstitution(own, program)) {
      found.push({ fetch: fetched, interpreter: program, url: urlOf(fetched) });
    }
    found.push(...pipesIn(inner));
  }
  found.push(...pipesIn(groupsOf(commandsOf(run)).map(({ own }) => own)));
  return found.toSorted((a, b) => a.fetch.span.start.offset - b.fetch.span.start.offset);
}

/** Commands with those that stand inside their words; the inner ones come before their host in the list of a RUN. */
function groupsOf(commands: readonly ShellCommand[]): readonly { own: ShellCommand; inner: readonly ShellCommand[] }[] {
  const groups: { own: ShellCommand; inner: ShellCommand[] }[] = [];
  for (const command of commands.toReversed()) {
    const host = groups.at(-1);
    const isInside = host !== undefined && command.span.start.offset >= host.own.span.start.offset;
    if (isInside) host.inner.push(command);
    else groups.push({ own: command, inner: [] });
  }
  return groups.map(({ own, inner }) => ({ own, inner: inner.toReversed() })).toReversed();
}

function pipesIn(commands: readonly ShellCommand[]): readonly PipedDownload[] {
  const found: PipedDownload[] = [];
  let fetch: ShellCommand | undefined;
  for (const command of commands) {
    if (command.joinedBy !== '|') fetch = undefined;
    const program = programOf(command);
    if (fetch !== undefined && program !== undefined && readsStandardInput(command, program)) {
      found.push({ fetch, interpreter: program, url: urlOf(fetch) });
      fetch = undefined;
    } else if (isFetch(command)) fetch = command;
  }
  return found;
}

function programOf(command: ShellCommand): string | undefined {
  return effectiveWords(command)[0];
}

function isFetch(command: ShellCommand): boolean {
  return FETCHES.has(programOf(command) ?? '');
}

/** `bash`, `sh -s -- -y`, `python3 -`, `php -- --install-dir=/bin`; not `python -m json.tool`, `bash install.sh`. */
function readsStandardInput(command: ShellCommand, program: string): boolean {
  const args = effectiveWords(command).slice(1);
  const [first] = args;
  if (args.length === 0 || first === '-' || first === '--' || first === '/dev/stdin') return true;
  if (INTERPRETERS.test(program)) return false;
  if (!SHELLS.has(program) || args.some((word) => word !== undefined && /^-[a-z]*c$/.test(word))) return false;
  for (const word of args) {
    if (word === undefined) return false;
    if (word === '-' || word === '/dev/stdin' || /^-[a-z]*s[a-z]*$/.test(word)) return true;
    if (!/^[-+]/.test(word)) return false;
  }
  return true;
}

/** `bash <(curl …)`, `sh -c "$(curl …)"`, `eval "$(curl …)"`, `. <(curl …)`. */
function runsSubstitution(command: ShellCommand, program: string): boolean {
  const { args } = command;
  if (program === 'eval') return args.some(({ raw }) => holdsFetch(raw));
  const script = args.find(({ raw }) => !/^[-+]/.test(raw) && raw !== program);
  const isProcess = script !== undefined && /^<\(\s*(?:curl|wget)\b/.test(script.raw);
  if (isProcess && (program === 'source' || program === '.' || SHELLS.has(program) || INTERPRETERS.test(program)))
    return true;
  const at = args.findIndex(({ raw }) => /^-[a-z]*c$/.test(raw));
  return SHELLS.has(program) && at !== -1 && holdsFetch(args[at + 1]?.raw ?? '');
}

/** The whole word is what was fetched, not a text that mentions a fetch. */
function holdsFetch(raw: string): boolean {
  return /^"?(?:\$\(|`)\s*(?:curl|wget)\b/.test(raw);
}

function urlOf({ args }: ShellCommand): string {
  const text = (word: Word): string => word.value ?? word.raw.replace(/^["']|["']$/g, '');
  const urls = args.map(text).filter((word) => !word.startsWith('-'));
  return urls.find((word) => word.includes('://')) ?? urls.findLast((word) => /[./$]/.test(word)) ?? '';
}

/** How firmly an address says what stands behind it: `content` by a hash, `version` by a release, `nothing`. */
export function pinOf(url: string): 'content' | 'version' | 'nothing' {
  if (/(?:^|[^0-9a-f])(?:[0-9a-f]{40}|[0-9a-f]{64})(?:[^0-9a-f]|$)/i.test(url)) return 'content';
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, '');
  return /\d+\.\d+|\$\{?\w*(?:VERSION|_VER|RELEASE|TAG|COMMIT|SHA)\b/i.test(path) ? 'version' : 'nothing';
}
