/** Rule: something is deleted that an earlier layer brought, so that it is hidden and not gone. */
import type { RunInstruction } from '../../dockerfile/types.ts';
import { commandsOf, runsOf, shippedStages } from '../questions/ask.ts';
import { arrivals, isBelow } from '../questions/layers.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';
import { absolute, acting } from '../questions/users.ts';

export default defineRule({
  id: 'removed-in-later-layer',
  item: 'image-size',
  severity: 'warning',
  title: 'Deleted in a later layer',
  why: 'A layer cannot take anything out of the ones below it: what is deleted here is hidden, and every node still pulls it. Anybody can unpack the layer and read it.',
  fix: 'Bring and delete it in one RUN, mount it for the step (`RUN --mount=type=bind,source=setup,target=/setup …`), or use it in an earlier stage and copy the result.',
  source: 'Docker, Building best practices: minimize layers; OCI image spec, Layer: whiteouts.',
  aliases: [],
  examples: {
    bad: 'FROM debian:bookworm-slim\nCOPY tides.tar.gz /tmp/\nRUN tar -xzf /tmp/tides.tar.gz -C /opt && rm /tmp/tides.tar.gz\n',
    good: 'FROM debian:bookworm-slim\nRUN --mount=type=bind,source=tides.tar.gz,target=/tmp/tides.tar.gz tar -xzf /tmp/tides.tar.gz -C /opt\n',
  },
  *check(subject) {
    // More than these nobody wrote by hand.
    const removals = runsOf(shippedStages(subject))
      .flatMap((run) => removedBy(subject, run))
      .slice(0, 200);
    for (const { path, span, run } of removals) {
      const arrival = arrivals(subject).find(
        (one) => one.step.span.start.offset < run.span.start.offset && isBelow(one.path, path),
      );
      if (arrival === undefined) continue;
      const { keyword, span: place } = arrival.step;
      yield {
        at: span,
        confidence: arrival.sizeBytes === undefined ? 'medium' : 'high',
        message: `${arrival.path} stays in the layer of ${keyword} in line ${place.start.line}; deleting it here only hides it.`,
      };
    }
  },
});

function removedBy(subject: Subject, run: RunInstruction) {
  const commands = commandsOf(run);
  if (!commands.some(({ name }) => name === 'rm')) return [];
  const workdir = acting(subject).get(run)?.workdir;
  const moves = commands.findIndex(({ name }) => name === 'cd' || name === 'pushd');
  return commands.flatMap(({ name, args, span }, index) => {
    if (name !== 'rm') return [];
    return args.flatMap(({ value }) => {
      if (value === undefined || value.startsWith('-')) return [];
      // Behind `cd` a relative path is not known.
      const from = moves !== -1 && moves < index ? undefined : workdir;
      const path = absolute(value.replace(/\/\*$/, ''), from);
      return path === undefined || path === '/' ? [] : [{ path, span, run }];
    });
  });
}
