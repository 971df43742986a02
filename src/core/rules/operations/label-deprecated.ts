/** Rule: metadata in a form that has been given up. */
import type { Edit } from '../../../schemas/finding.ts';
import type { WordsInstruction } from '../../dockerfile/types.ts';
import { shippedStages } from '../questions/ask.ts';
import { replacing } from '../edits.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'label-deprecated',
  item: 'labels',
  severity: 'info',
  title: 'Metadata in a form that was given up',
  why: 'MAINTAINER cannot be read by tools that look at labels, and org.label-schema.org was closed in favour of the OCI annotations: registries and scanners show neither.',
  fix: 'Write it as a label of the OCI: `LABEL org.opencontainers.image.authors="shop@example.com"`.',
  source:
    'Dockerfile reference, MAINTAINER (deprecated); label-schema.org: "deprecated in favor of OCI image spec annotations".',
  aliases: ['DL4000', 'MaintainerDeprecated', 'DS-0022', 'CKV_DOCKER_6'],
  examples: {
    bad: 'FROM python:3.12-slim\nMAINTAINER shop@example.com\n',
    good: 'FROM python:3.12-slim\nLABEL org.opencontainers.image.authors="shop@example.com"\n',
  },
  *check(subject) {
    for (const stage of shippedStages(subject)) {
      for (const one of stage.instructions) {
        if (one.keyword === 'MAINTAINER') {
          const edit = asLabel(one, subject.dockerfile.text);
          yield {
            at: one.span,
            message: 'MAINTAINER is deprecated; a label says the same.',
            ...(edit === undefined ? {} : { edits: [edit] }),
          };
        } else if (one.keyword === 'LABEL') {
          const pair = one.pairs.find(({ key }) => key.value?.startsWith('org.label-schema.') === true);
          if (pair === undefined) continue;
          yield {
            at: pair.key.span,
            message: `${pair.key.value?.slice(0, 100)} belongs to a schema that was given up for org.opencontainers.image.*.`,
          };
        }
      }
    }
  },
});

/** One line without anything that quotes or variables would change. */
function asLabel({ span, keywordSpan }: WordsInstruction, text: string): Edit | undefined {
  const name = text
    .slice(keywordSpan.end.offset, span.end.offset)
    .trim()
    .replace(/^"([^"]*)"$/, '$1');
  return name === '' || /["'$\\`\n]/.test(name)
    ? undefined
    : replacing(span, `LABEL org.opencontainers.image.authors="${name}"`);
}
