/** Rule: `FROM --platform=$TARGETPLATFORM`. */
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'platform-redundant',
  item: 'builds-and-starts',
  severity: 'style',
  title: 'FROM for the platform that it is for anyway',
  why: 'Without the flag the builder takes the same image; with it a reader looks for a reason.',
  fix: 'Leave `--platform=$TARGETPLATFORM` out.',
  source: 'BuildKit, build check RedundantTargetPlatform.',
  aliases: ['RedundantTargetPlatform', 'DL3065'],
  examples: {
    bad: 'FROM --platform=$TARGETPLATFORM debian:bookworm-slim\n',
    good: 'FROM --platform=$BUILDPLATFORM debian:bookworm-slim\n',
  },
  *check({ dockerfile: { stages, text } }) {
    for (const { from } of stages) {
      if (from.platform === undefined || !/^(["']?)\$(?:TARGETPLATFORM|\{TARGETPLATFORM\})\1$/.test(from.platform.raw))
        continue;
      const flag = from.flags.find(({ name }) => name === 'platform');
      if (flag === undefined) continue;
      const start = flag.span.start.offset;
      const blanks = /^[ \t]*/.exec(text.slice(flag.span.end.offset, from.image.span.start.offset))?.[0].length ?? 0;
      const edits = [{ start, end: flag.span.end.offset + blanks, text: '' }];
      yield { at: from.span, message: `${from.platform.raw} is what the builder takes without being told.`, edits };
    }
  },
});
