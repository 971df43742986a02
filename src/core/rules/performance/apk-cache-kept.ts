/** Rule: apk leaves its index in the layer. */
import type { RunInstruction, ShellCommand } from '../../dockerfile/types.ts';
import { behind } from '../edits.ts';
import { commandsOf, runsOf, shippedStages } from '../questions/ask.ts';
import { callsFor, effectiveWords, shippedInstalls } from '../questions/installs.ts';
import { cacheLeftBy, lastNotKept } from '../questions/leftovers.ts';
import { defineRule } from '../rule.ts';
import { packageManagers } from '../tables/package-managers.ts';
import type { Edit } from '../../../schemas/finding.ts';

export default defineRule({
  id: 'apk-cache-kept',
  item: 'no-package-cache',
  severity: 'warning',
  title: 'apk keeps its index in the layer',
  why: 'apk stores the package index under /var/cache/apk. Nothing in the image reads it again.',
  fix: 'Let apk fetch it for this call only: `apk add --no-cache curl`. It needs no `apk update` before it.',
  source: 'Alpine wiki, Alpine Package Keeper.',
  aliases: ['DL3019', 'DS-0025', 'DKL-DI-0004'],
  examples: {
    bad: 'FROM alpine:3.20\nRUN apk update && apk add curl\n',
    good: 'FROM alpine:3.20\nRUN apk add --no-cache curl\n',
  },
  *check(subject) {
    const installs = Map.groupBy(shippedInstalls(subject, 'apk'), ({ run }) => run);
    for (const run of runsOf(shippedStages(subject))) {
      const fetches = keptFetches(run);
      const mends = fetches.length > MOST ? undefined : fetches.flatMap(withoutCache);
      const told = (installs.get(run) ?? []).flatMap((install) => [...cacheLeftBy(subject, install)]);
      for (const { edits, ...one } of told) {
        // One without the other would leave the index all the same.
        yield edits === undefined || mends === undefined ? one : { ...one, edits: [...mends, ...edits] };
      }
      const [fetch] = fetches;
      if (told.length > 0 || fetch === undefined) continue;
      const canEdit = run.command.form === 'shell' && !run.mounts.some(({ type }) => type === 'cache');
      yield {
        at: fetch.span,
        message: 'The package index that this fetches stays in the layer.',
        ...(canEdit && mends !== undefined ? { edits: mends } : {}),
      };
    }
  },
});

/** Nobody fetches it more often in one step. */
const MOST = 20;
const cache = packageManagers.find(({ id }) => id === 'apk')?.cache;

/** The calls of a RUN that fetch the index and leave it: `apk update`, `apk upgrade -U`. */
function keptFetches(run: RunInstruction): readonly ShellCommand[] {
  const gone = cache === undefined ? Number.POSITIVE_INFINITY : lastNotKept(run, cache);
  return commandsOf(run).filter((command, index) => index > gone && fetchesIndex(command));
}

function fetchesIndex(command: ShellCommand): boolean {
  const words = effectiveWords(command);
  if (words[0] !== 'apk' || words.includes('--no-cache')) return false;
  const isTold = words.some((word) => word === '-U' || word === '--update' || word === '--update-cache');
  return callsFor(command, 'apk', 'update') || (isTold && callsFor(command, 'apk', 'upgrade'));
}

function withoutCache({ args }: ShellCommand): readonly Edit[] {
  const verb = args.find(({ raw }) => raw === 'update' || raw === 'upgrade');
  return verb === undefined ? [] : [behind(verb.span, ' --no-cache')];
}
