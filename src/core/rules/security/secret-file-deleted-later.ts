/** Rule: a file with secrets is copied, and a later step deletes it: it stays in the layer of the copy. */
import { cleanPath } from '../../context/pattern.ts';
import type { CopyInstruction, RunInstruction } from '../../dockerfile/types.ts';
import { commandsOf, contextCopies, shippedStages } from '../questions/ask.ts';
import { copiedFiles } from '../questions/copied-files.ts';
import { effectiveWords } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';
import { fileHoldsSecrets, isSecretFile } from '../tables/secrets.ts';

export default defineRule({
  id: 'secret-file-deleted-later',
  item: 'no-secrets',
  severity: 'error',
  title: 'Secret file copied and deleted later',
  why: 'A layer that is written is not changed any more: deleting the file in a later step only hides it, and whoever can pull the image reads it from the layer below.',
  fix: 'Do not copy it. Mount it for the step that needs it: `RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci`.',
  source: 'Lessons, "Secrets"; OCI image specification, layers.',
  aliases: [],
  examples: {
    bad: 'FROM node:24-slim\nCOPY .npmrc package.json ./\nRUN npm install\nRUN rm .npmrc\n',
    good: 'FROM node:24-slim\nCOPY package.json ./\nRUN --mount=type=secret,id=npmrc,target=.npmrc npm install\n',
  },
  *check(subject) {
    const copied = new Map<string, CopyInstruction>();
    for (const stage of shippedStages(subject)) {
      const fromContext = new Set(contextCopies(stage));
      for (const one of stage.instructions) {
        if ((one.keyword === 'COPY' || one.keyword === 'ADD') && fromContext.has(one)) note(subject, one, copied);
        if (one.keyword !== 'RUN' || copied.size === 0) continue;
        for (const name of removed(one)) {
          const copy = copied.get(name);
          if (copy === undefined) continue;
          copied.delete(name);
          yield {
            at: copy.span,
            message: `${name} is deleted in line ${one.span.start.line}, and stays in the layer of this copy.`,
          };
        }
      }
    }
  },
});

/** The names under which secret files lie in the image. */
function note(subject: Subject, copy: CopyInstruction, copied: Map<string, CopyInstruction>): void {
  for (const { value } of copy.sources) {
    if (value === undefined || !isSecretFile(cleanPath(`/${value}`))) continue;
    const taken =
      copiedFiles(subject)
        .get(copy)
        ?.find(({ source }) => source === value)?.files ?? [];
    // What is known to hold no secret is none.
    if (
      taken.length > 0 &&
      taken.every(({ path, content }) => content !== undefined && !fileHoldsSecrets(path, content))
    )
      continue;
    const to = copy.destination?.value ?? '';
    const isFolder = copy.sources.length > 1 || /(?:^|\/)\.{0,2}$/.test(to);
    copied.set(lastPart(isFolder || !isSecretFile(to) ? value : to), copy);
  }
}

function* removed(run: RunInstruction): Generator<string> {
  for (const command of commandsOf(run)) {
    if (!/^(?:rm|shred|unlink)$/.test(effectiveWords(command)[0] ?? '')) continue;
    for (const { raw } of command.args) if (!raw.startsWith('-')) yield lastPart(raw.replaceAll(/["']/g, ''));
  }
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
