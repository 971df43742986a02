/** Rule: a variable that is set nowhere. */
import { unsetUses } from '../questions/unset-variables.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'variable-undefined',
  item: 'builds-and-starts',
  severity: 'warning',
  title: 'Variable that nothing sets',
  why: 'The builder puts nothing in its place: `COPY $SRC/app /app` becomes `COPY /app /app`. An ARG from before the first FROM holds in FROM lines alone.',
  fix: 'Set it with ARG or ENV in this stage, above the line; `ARG NAME` alone brings one from before the first FROM.',
  source: 'BuildKit, build check UndefinedVar.',
  aliases: ['UndefinedVar'],
  examples: {
    bad: 'ARG SRC=build\nFROM scratch\nCOPY $SRC/service /service\n',
    good: 'ARG SRC=build\nFROM scratch\nARG SRC\nCOPY $SRC/service /service\n',
  },
  *check(subject) {
    const { dockerfile } = subject;
    const first = dockerfile.stages[0]?.from.span.start.offset;
    if (first === undefined) return;
    const { instructions } = dockerfile;
    let next = 0;
    for (const { name, span } of dockerfile.unsetVariables.toSorted(
      (a, b) => a.span.start.offset - b.span.start.offset,
    )) {
      while ((instructions[next + 1]?.span.start.offset ?? Number.POSITIVE_INFINITY) <= span.start.offset) next += 1;
      const keyword = instructions[next]?.keyword;
      // In FROM it is refused; EXPOSE and ONBUILD say nothing when it is empty.
      if (span.start.offset < first || keyword === 'FROM' || keyword === 'EXPOSE' || keyword === 'ONBUILD') continue;
      // `${NAME:-value}`: BuildKit warns of it, and it is meant.
      const hasDefault = /\$\{\w+:?[-+?]/.test(dockerfile.text.slice(span.start.offset, span.end.offset));
      yield {
        at: span,
        message: `Nothing sets $${name}, so it is empty here.`,
        ...(hasDefault ? { severity: 'info' } : {}),
      };
    }
    for (const { name, at, outerLine, isOwn } of unsetUses(subject)) {
      yield {
        at,
        ...(isOwn ? { severity: 'info' } : {}),
        message:
          outerLine === undefined
            ? `Nothing sets $${name}, so it is empty here.`
            : `The ARG ${name} of line ${outerLine} holds in FROM lines alone, so $${name} is empty here.`,
      };
    }
  },
});
