/** What every rule says of a folder of real Dockerfiles and projects. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { analyze } from '../../src/core/analyze.ts';
import { effectiveIgnorePath, makeBuildContext } from '../../src/core/context/build-context.ts';
import { parseIgnoreFile } from '../../src/core/context/ignore.ts';
import type { ContextFile } from '../../src/core/context/types.ts';
import { wantsContent } from '../../src/core/context/wanted.ts';
import { parseDockerfile } from '../../src/core/dockerfile/parse.ts';
import { rules } from '../../src/core/rules/index.ts';
import type { Subject } from '../../src/core/rules/rule.ts';
import { brokenPromises } from '../../test/helpers/edits.ts';

/** What is wanted of the count. */
export interface Wish {
  /** Only this rule. */
  readonly rule: string | undefined;
  /** How many findings of each rule are printed with their line. */
  readonly show: number;
  /** Name of a file that lists, line by line, what a project holds beside what is saved of it. */
  readonly list: string;
}

interface Count {
  files: number;
  findings: number;
  unknown: number;
  edits: number;
  ms: number;
}

/** Prints a line per rule; returns false when a rule crashed or an edit broke its promise. */
export function countRules(folder: string, wish: Wish): boolean {
  const subjects = [...subjectsIn(folder, wish.list)];
  const broken: string[] = [];
  console.log(`${subjects.length} Dockerfiles\n`);
  console.log('rule                              files  findings  unknown  edits      ms');
  for (const rule of rules.filter(({ id }) => wish.rule === undefined || id === wish.rule)) {
    const count: Count = { files: 0, findings: 0, unknown: 0, edits: 0, ms: 0 };
    let shown = 0;
    for (const { name, subject } of subjects) {
      const begun = performance.now();
      const { findings, predicted, crashes } = analyze(subject, [rule]);
      count.ms += performance.now() - begun;
      if (crashes.length > 0) broken.push(`${name}: ${rule.id} crashed: ${String(crashes[0]?.error)}`);
      if (findings.length > 0) count.files += 1;
      else if (predicted[rule.item].status === 'unknown') count.unknown += 1;
      count.findings += findings.length;
      const edits = findings.filter((one) => one.edits !== undefined).length;
      count.edits += edits;
      if (edits > 0) broken.push(...brokenPromises(rule, subject).map((one) => `${name}: ${one}`));
      for (const { span, severity, message } of findings) {
        if ((shown += 1) > wish.show) break;
        const line = subject.dockerfile.text.split('\n')[(span?.line ?? 0) - 1] ?? '';
        console.log(`  ${name}:${span?.line ?? 0} ${severity}: ${message}\n      ${line.trim().slice(0, 160)}`);
      }
    }
    console.log(
      `${rule.id.padEnd(32)} ${[count.files, count.findings, count.unknown, count.edits].map((one) => String(one).padStart(7)).join('  ')}  ${count.ms.toFixed(0).padStart(6)}`,
    );
  }
  for (const line of broken.slice(0, 100)) console.log(`\n${line}`);
  console.log(`\n${broken.length} crashes and broken promises`);
  return broken.length === 0;
}

function* subjectsIn(folder: string, list: string): Generator<{ readonly name: string; readonly subject: Subject }> {
  for (const name of readdirSync(folder).toSorted()) {
    const path = join(folder, name);
    if (statSync(path).isFile()) {
      yield { name, subject: subjectOf(readFileSync(path, 'utf8'), 'Dockerfile', undefined) };
      continue;
    }
    const files = filesIn(path, list);
    for (const file of files.filter(
      (one) => /(^|[./_-])dockerfile([._-]\w*)?$/i.test(one.path) && one.content !== undefined,
    )) {
      yield { name: `${name}/${file.path}`, subject: subjectOf(file.content ?? '', file.path, files) };
    }
  }
}

function filesIn(root: string, list: string): readonly ContextFile[] {
  const files = new Map<string, ContextFile>();
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (path === list || stat?.isFile() !== true) continue;
    files.set(path, {
      path,
      sizeBytes: stat.size,
      ...(wantsContent(path, stat.size) ? { content: readFileSync(join(root, path), 'utf8') } : {}),
    });
  }
  const listing = statSync(join(root, list), { throwIfNoEntry: false });
  const more = listing === undefined ? [] : readFileSync(join(root, list), 'utf8').split('\n');
  for (const path of more.filter((one) => one !== '' && !files.has(one))) files.set(path, { path, sizeBytes: 1000 });
  return [...files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function subjectOf(text: string, path: string, files: readonly ContextFile[] | undefined): Subject {
  const ignorePath = effectiveIgnorePath(path, (one) => files?.some((file) => file.path === one) === true);
  const ignoreText = files?.find((file) => file.path === ignorePath)?.content;
  return {
    dockerfile: parseDockerfile(text),
    path,
    context: makeBuildContext({
      ...(files === undefined ? {} : { files }),
      ...(ignorePath === undefined || ignoreText === undefined
        ? {}
        : { ignore: parseIgnoreFile(ignoreText, ignorePath) }),
    }),
    profile: 'service',
    facts: { today: new Date().toISOString().slice(0, 10), leaks: undefined },
    policy: {},
  };
}
