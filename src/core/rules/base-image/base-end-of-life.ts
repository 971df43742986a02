/** Rule: a base image whose language, system or server gets no more fixes. The day of the analysis decides. */
import { externalBases } from '../questions/ask.ts';
import { knownImage, officialName } from '../tables/base-images.ts';
import { RELEASES_CHECKED, releaseEnds } from '../tables/releases.ts';
import type { ReleaseEnd } from '../tables/releases.ts';
import { retirement } from '../tables/retired-images.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'base-end-of-life',
  item: 'base-image-fits',
  severity: 'warning',
  title: 'Base image past its end of life',
  why: 'Security holes that are found from then on stay open: no rebuild and no upgrade closes them. In time the package mirrors go as well, and the image cannot be built any more.',
  fix: 'Move to a release that is still supported: `FROM python:3.13-slim-trixie`.',
  source:
    'endoflife.date, from the release pages of the projects; Debian counted with its LTS, Ubuntu without paid ESM.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.8-slim\nCMD ["python", "app.py"]\n',
    good: 'FROM python:3.12-slim\nCMD ["python", "app.py"]\n',
  },
  *check(subject) {
    const { today } = subject.facts;
    for (const { from, base } of externalBases(subject)) {
      // Of an image that was given up as a whole base-deprecated says more.
      if (base.kind !== 'image' || retirement(base.reference) !== undefined) continue;
      const ends = releaseEnds(base.reference);
      const past = ends.filter(({ lastDay }) => lastDay < (today ?? RELEASES_CHECKED));
      if (past.length > 0) {
        const isKnown = officialName(base.reference) !== undefined || knownImage(base.reference) !== undefined;
        yield {
          at: from.image.span,
          // Whoever tags an image of their own may mean something else by the name of a release.
          confidence: isKnown ? 'high' : 'medium',
          message: `${base.reference.name}:${base.reference.tag ?? ''}: ${past.map(told).join('; ')}.`,
        };
      } else if (today === undefined && ends.length > 0) {
        yield {
          cannotTell: `Whether ${ends.map(({ release }) => release).join(' and ')} still gets fixes: no date was given.`,
        };
      }
    }
  },
});

function told({ release, lastDay }: ReleaseEnd): string {
  return `${release} has had no fixes since ${lastDay}`;
}
