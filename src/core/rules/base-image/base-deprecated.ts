/** Rule: a base image that nobody maintains any more. */
import { externalBases } from '../questions/ask.ts';
import { retirement } from '../tables/retired-images.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'base-deprecated',
  item: 'base-image-fits',
  severity: 'warning',
  title: 'Base image that is no longer maintained',
  why: 'A deprecated image keeps its tags and loses its maintainers: what is found in its language or system is not mended there. Some of them disappear one day, and every build with them.',
  fix: 'Take the image that came after it: `FROM eclipse-temurin:21-jre` instead of `openjdk:21`.',
  source: 'The notes of deprecation on the pages of the images.',
  aliases: [],
  examples: {
    bad: 'FROM openjdk:17-slim\nCMD ["java", "-jar", "/app.jar"]\n',
    good: 'FROM eclipse-temurin:17-jre\nCMD ["java", "-jar", "/app.jar"]\n',
  },
  *check(subject) {
    for (const { from, base } of externalBases(subject)) {
      const retired = base.kind === 'image' ? retirement(base.reference) : undefined;
      if (base.kind !== 'image' || retired === undefined) continue;
      yield {
        at: from.image.span,
        message: `${base.reference.name}${retired.isVariant === true ? `:${base.reference.tag ?? ''}` : ''} ${retired.what}. Instead: ${retired.instead}.`,
      };
    }
  },
});
