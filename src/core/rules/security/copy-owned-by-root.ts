/** Rule: files that COPY leaves to root, and that a later step changes as somebody else. */
import type { CopyInstruction, ShellCommand } from '../../dockerfile/types.ts';
import { builtStages, commandsOf } from '../questions/ask.ts';
import { before } from '../edits.ts';
import { effectiveWords } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';
import { absolute, acting, changesRights } from '../questions/users.ts';
import type { Acting } from '../questions/users.ts';

export default defineRule({
  id: 'copy-owned-by-root',
  item: 'non-root-user',
  severity: 'error',
  title: 'Files of root are changed by another user',
  why: 'USER does not change whose files COPY makes: they belong to root. chmod and chown by anybody else fail with "Operation not permitted", and so does the build.',
  fix: "Say the mode or the owner with the copy: `COPY --chmod=755 start.sh ./`, `COPY --chown=app:app data ./data`. What is only read may stay root's.",
  source:
    'Lessons, "Non-root": COPY without --chown. Measured with BuildKit: chmod of such a file fails, `sed -i` in a folder of the user\'s own does not.',
  aliases: ['tally/copy-after-user-without-chown'],
  examples: {
    bad: 'FROM node:24-slim\nUSER node\nWORKDIR /app\nCOPY start.sh ./\nRUN chmod +x start.sh\n',
    good: 'FROM node:24-slim\nUSER node\nWORKDIR /app\nCOPY --chmod=755 start.sh ./\nRUN node --version\n',
  },
  *check(subject) {
    for (const stage of builtStages(subject)) {
      /** Where files of root lie, by path; a folder's path for what is copied into it. */
      const owned = new Map<string, CopyInstruction>();
      for (const one of stage.instructions) {
        const now = acting(subject).get(one);
        if (now === undefined) continue;
        if (one.keyword === 'COPY' || one.keyword === 'ADD') note(one, now, owned);
        if (one.keyword !== 'RUN' || owned.size === 0) continue;
        if (now.as !== 'non-root') {
          // Root, or nobody knows who, may have given them away.
          owned.clear();
          continue;
        }
        const found = refused(commandsOf(one), now, owned);
        if (found === undefined) continue;
        const { copy, command, path } = found;
        owned.delete(path);
        yield {
          at: copy.span,
          message: `${path} belongs to root, and line ${command.span.start.line} (${effectiveWords(command)[0]}) may not change it as ${now.name ?? 'this user'}.`,
          ...chownEdit(copy, now),
        };
      }
    }
  },
});

function note(copy: CopyInstruction, now: Acting, owned: Map<string, CopyInstruction>): void {
  if (copy.chown !== undefined || now.as !== 'non-root' || now.by === undefined) return;
  const destination = absolute(copy.destination?.value, now.workdir);
  if (destination === undefined) return;
  const isFolder =
    /(?:^|\/)\.{0,2}$/.test(copy.destination?.value ?? '') || copy.sources.length > 1 || destination === now.workdir;
  for (const { value } of copy.sources) {
    const name = value?.replace(/\/+$/, '').split('/').at(-1) ?? '';
    // A pattern, and a folder, of which only the contents are copied: no name is known of what lies there.
    if (name === '' || name === '.' || /[*?[]/.test(name)) continue;
    if (!isFolder) owned.set(destination, copy);
    // A name with an ending is a file's.
    else if (/.\.\w+$/.test(name)) owned.set(absolute(name, destination) ?? destination, copy);
  }
}

function refused(
  commands: readonly ShellCommand[],
  now: Acting,
  owned: ReadonlyMap<string, CopyInstruction>,
): { readonly copy: CopyInstruction; readonly command: ShellCommand; readonly path: string } | undefined {
  let { workdir } = now;
  for (const [index, command] of commands.entries()) {
    const [program, ...rest] = effectiveWords(command);
    if (program === 'cd') workdir = absolute(rest[0], workdir);
    // Its own copy takes the place of root's.
    if (program === undefined || /^(?:mv|cp|rm|sed|dos2unix|tar|unzip)$/.test(program)) return undefined;
    if (changesRights(command) || (program !== 'chmod' && program !== 'chown')) continue;
    if (commands[index + 1]?.joinedBy === '||' || rest.includes('-f')) continue;
    const paths = rest.filter((word) => word?.startsWith('-') !== true).slice(1);
    for (const word of paths) {
      const path = absolute(word, workdir);
      const copy = path === undefined ? undefined : owned.get(path);
      if (copy !== undefined && path !== undefined) return { copy, command, path };
    }
  }
  return undefined;
}

function chownEdit(copy: CopyInstruction, { name }: Acting): { readonly edits?: readonly ReturnType<typeof before>[] } {
  const first = copy.sources[0];
  if (first === undefined || name === undefined) return {};
  const at = copy.flags[0]?.span ?? first.span;
  // The JSON form begins with its bracket.
  return /^["']/.test(first.raw) && copy.flags.length === 0 ? {} : { edits: [before(at, `--chown=${name} `)] };
}
