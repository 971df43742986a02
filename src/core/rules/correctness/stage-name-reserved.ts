/** Rule: a stage that is called like something that the builder has already. */
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'stage-name-reserved',
  item: 'builds-and-starts',
  severity: 'warning',
  title: 'Stage with a reserved name',
  why: '`scratch` is the empty image and `context` the build context: what names them may not mean this stage.',
  fix: 'Give the stage another name.',
  source: 'BuildKit, build check ReservedStageName.',
  aliases: ['ReservedStageName'],
  examples: {
    bad: 'FROM golang:1.24 AS context\nRUN go build -o /service .\n',
    good: 'FROM golang:1.24 AS build-context\nRUN go build -o /service .\n',
  },
  *check({ dockerfile }) {
    for (const { name, from } of dockerfile.stages) {
      if (name === 'scratch' || name === 'context')
        yield { at: from.span, message: `${name} is a word of the builder's own.` };
    }
  },
});
