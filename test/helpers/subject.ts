/** A subject for rules, from an example: what analyze-dockerfile.ts makes from a request. */
import { makeBuildContext } from '../../src/core/context/build-context.ts';
import { parseIgnoreFile } from '../../src/core/context/ignore.ts';
import { parseDockerfile } from '../../src/core/dockerfile/parse.ts';
import type { Example, Subject } from '../../src/core/rules/rule.ts';
import { ProfileName } from '../../src/schemas/report.ts';

/** The subject of an example; with files, they are all there is, the Dockerfile among them. */
export function subjectOf(example: Example, profile = 'service'): Subject {
  const { dockerfile, files } = typeof example === 'string' ? { dockerfile: example, files: undefined } : example;
  const ignore = files?.['.dockerignore'];
  const list = Object.entries({ ...files, Dockerfile: dockerfile }).map(([path, content]) => ({
    path,
    sizeBytes: content.length,
    content,
  }));
  return {
    dockerfile: parseDockerfile(dockerfile),
    path: 'Dockerfile',
    context: makeBuildContext({
      ...(files === undefined ? {} : { files: list }),
      ...(ignore === undefined ? {} : { ignore: parseIgnoreFile(ignore, '.dockerignore') }),
    }),
    profile: ProfileName.parse(profile),
  };
}
