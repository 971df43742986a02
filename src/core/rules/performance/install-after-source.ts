/** Rule: the dependencies are installed after the source was copied, so that every source change installs them again. */
import type { Instruction } from '../../dockerfile/types.ts';
import { contextCopies, takesWholeContext } from '../ask.ts';
import { installs, installsFromManifest } from '../installs.ts';
import type { Install } from '../installs.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'install-after-source',
  item: 'layer-caching',
  severity: 'error',
  title: 'Dependencies installed after the source is copied',
  why: 'A layer is rebuilt when anything copied before it has changed. With the whole source above the install, every edited line installs every dependency again: minutes instead of seconds, on every build.',
  fix: 'Copy the manifest alone, install, then copy the rest: `COPY requirements.txt .`, `RUN pip install …`, `COPY . .`.',
  source: 'Lessons, "Six mistakes": one COPY before the install.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nCOPY . .\nRUN pip install --no-cache-dir -r requirements.txt\n',
    good: 'FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\n',
  },
  *check(subject) {
    const all = installs(subject).filter(installsFromManifest);
    for (const install of all) {
      const copy = contextCopies(install.stage).find((one) => takesWholeContext(one) && stands(one, install.run));
      if (copy === undefined) continue;
      // The dependencies are there already; what is installed here is the project itself.
      if (
        all.some((other) => isSameEcosystem(other, install) && other.stage === install.stage && stands(other.run, copy))
      )
        continue;
      yield {
        at: install.span,
        message: `The whole source is copied in line ${copy.span.start.line}, before this install: every source change repeats it.`,
      };
    }
  },
});

function stands(one: Instruction, before: Instruction): boolean {
  return one.span.start.offset < before.span.start.offset;
}

function isSameEcosystem(one: Install, other: Install): boolean {
  return one.manager.manifests.some((manifest) => other.manager.manifests.includes(manifest));
}
