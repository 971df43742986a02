/** A subject for rules, from an example: what analyze-dockerfile.ts makes from a request. */
import { makeBuildContext } from '../../src/core/context/build-context.ts';
import type { ContextFile } from '../../src/core/context/types.ts';
import { parseIgnoreFile } from '../../src/core/context/ignore.ts';
import { parseDockerfile } from '../../src/core/dockerfile/parse.ts';
import type { Example, Subject } from '../../src/core/rules/rule.ts';
import { ProfileName } from '../../src/schemas/report.ts';
import { projectFileOf } from '../../src/use-cases/project-file.ts';
import type { MarkdownCase } from './markdown-cases.ts';

/** The subject of an example; with files, they are all there is, the Dockerfile among them; drydock.yaml holds its policy. */
export function subjectOf(example: Example, profile = 'service', more: Partial<Subject> = {}): Subject {
  const { dockerfile, files } = typeof example === 'string' ? { dockerfile: example, files: undefined } : example;
  const ignore = files?.['.dockerignore'];
  const list = Object.entries({ ...files, Dockerfile: dockerfile }).map(([path, content]) => fileOf(path, content));
  return {
    dockerfile: parseDockerfile(dockerfile),
    path: 'Dockerfile',
    context: makeBuildContext({
      ...(files === undefined ? {} : { files: list }),
      ...(ignore === undefined ? {} : { ignore: parseIgnoreFile(ignore, '.dockerignore') }),
    }),
    profile: ProfileName.parse(profile),
    facts: { today: '2026-06-01', leaks: undefined },
    policy: projectFileOf(files === undefined ? undefined : list).policy ?? {},
    ...more,
  };
}

/** A file of an example; `(120 MB)` stands for one of that size whose text nobody read. */
function fileOf(path: string, content: string): ContextFile {
  const size = /^\((\d+) MB\)\n?$/.exec(content)?.[1];
  if (size !== undefined) return { path, sizeBytes: Number(size) * 1024 * 1024 };
  return { path, sizeBytes: content.length, content };
}

/** The Dockerfile of a case, and its files where it has some. */
export function exampleOf(one: MarkdownCase): Example {
  const dockerfile = one.fences.find((fence) => fence.language === 'dockerfile')?.text ?? '';
  const files = one.fences
    .filter((fence) => fence.language === 'file')
    .map((fence) => [fence.name, fence.text] as const);
  return files.length === 0 ? dockerfile : { dockerfile, files: Object.fromEntries(files) };
}
