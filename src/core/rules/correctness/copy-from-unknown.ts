/** Rule: `--from` something that is neither a stage nor likely an image. */
import type { Base, Span } from '../../dockerfile/types.ts';
import { builtStages } from '../questions/ask.ts';
import { isOfficialName } from '../tables/official-images.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'copy-from-unknown',
  item: 'builds-and-starts',
  severity: 'warning',
  title: 'COPY --from a stage that is not there',
  why: 'What is no stage is looked for as an image: the builder asks a registry for one of that name, and the build stops, or takes files from a stranger.',
  fix: 'Name one of the stages of this file, or an image with its registry and tag.',
  source: 'Dockerfile reference, "COPY --from".',
  aliases: ['DL3022'],
  provenBy: 'builds',
  examples: {
    bad: 'FROM golang:1.24 AS build\nRUN go build -o /service .\nFROM debian:bookworm-slim\nCOPY --from=builder /service /service\n',
    good: 'FROM golang:1.24 AS build\nRUN go build -o /service .\nFROM debian:bookworm-slim\nCOPY --from=build /service /service\n',
  },
  *check(subject) {
    const { stages } = subject.dockerfile;
    const names = stages.flatMap(({ name }) => (name === undefined ? [] : [name]));
    const known = names.length === 0 ? 'none has a name' : `there are ${[...new Set(names)].slice(0, 5).join(', ')}`;
    for (const { name, span } of references(subject))
      yield { at: span, message: `No stage is called ${name} (${known}), and no official image is.` };
  },
});

function* references(
  subject: Parameters<typeof builtStages>[0],
): Iterable<{ readonly name: string; readonly span: Span }> {
  for (const { instructions } of builtStages(subject)) {
    for (const one of instructions) {
      if (one.keyword === 'COPY' && one.from !== undefined && isStranger(one.source)) {
        yield { name: one.from.value ?? one.from.raw, span: one.from.span };
      } else if (one.keyword === 'RUN') {
        for (const mount of one.mounts)
          if (isStranger(mount.source)) yield { name: mount.options.get('from') ?? '', span: mount.span };
      }
    }
  }
}

/** One word, without registry, tag and digest, that no official image is called by. */
function isStranger(source: Base | undefined): boolean {
  if (source?.kind !== 'image') return false;
  const { registry, repository, name, tag, digest } = source.reference;
  return (
    registry === 'docker.io' &&
    repository === `library/${name}` &&
    tag === undefined &&
    digest === undefined &&
    !isOfficialName(name)
  );
}
