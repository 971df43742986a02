/** Rule: the name of a stage with capital letters. */
import { replacing } from '../edits.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'stage-name-casing',
  item: 'builds-and-starts',
  severity: 'style',
  title: 'Stage name with capital letters',
  why: 'Stage names are lower case to the builder: `FROM Build` below it does not find a stage that is written `Build`, and asks a registry for an image.',
  fix: 'Write the name in lower case: `FROM golang:1.24 AS build`.',
  source: 'BuildKit, build check StageNameCasing.',
  aliases: ['StageNameCasing'],
  examples: {
    bad: 'FROM golang:1.24 AS Build\nRUN go build -o /service .\n',
    good: 'FROM golang:1.24 AS build\nRUN go build -o /service .\n',
  },
  *check({ dockerfile }) {
    for (const { from } of dockerfile.stages) {
      if (from.alias === undefined) continue;
      const { raw, span } = from.alias;
      const lower = raw.toLowerCase();
      if (raw !== lower)
        yield { at: span, message: `The stage is called ${lower}, not ${raw}.`, edits: [replacing(span, lower)] };
    }
  },
});
