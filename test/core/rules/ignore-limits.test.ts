/** Ignore files with more lines than can be tried on all files: no case file holds them. */
import t from 'tap';
import { analyze } from '../../../src/core/analyze.ts';
import rootOnly from '../../../src/core/rules/security/ignore-pattern-root-only.ts';
import withoutEffect from '../../../src/core/rules/security/ignore-pattern-without-effect.ts';
import { subjectOf } from '../../helpers/subject.ts';

function subject(lines: number, files: number, below = ''): ReturnType<typeof subjectOf> {
  const many = Array.from({ length: files }, (_, at) => [`folder-number-${at}/${below}a`, ''] as const);
  const ignore = Array.from({ length: lines }, (_, at) => `scratch-number-${at}/a`).join('\n');
  return subjectOf({
    dockerfile: 'FROM node:24-slim\nCOPY . .\n',
    files: { ...Object.fromEntries(many), '.dockerignore': `${ignore}\n` },
  });
}

t.test('more than is tried is told, not passed over', async (t) => {
  for (const rule of [rootOnly, withoutEffect]) {
    const { predicted } = analyze(subject(1001, 2000), [rule]);
    t.equal(predicted['context-excludes'].status, 'unknown', rule.id);
  }
});

t.test('near misses have a limit of their own', async (t) => {
  t.equal(analyze(subject(300, 100, 'a/'.repeat(99)), [withoutEffect]).predicted['context-excludes'].status, 'unknown');
  t.equal(analyze(subject(20, 100), [withoutEffect]).predicted['context-excludes'].status, 'pass');
});
