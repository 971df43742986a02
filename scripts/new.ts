/**
 * Lays out a new plug: `npm run new rule performance/layer-too-large`, `npm run new probe writes-no-files`,
 * `npm run new format csv`. Writes the file (and the case file of a rule) with what its author must replace, then the index.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const SLUG = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

function rule(id: string): string {
  return `/** Rule: REPLACE what it flags, in one line. */
import { finalStage } from '../questions/ask.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: '${id}',
  item: 'builds-and-starts', // REPLACE the one row it feeds
  severity: 'warning',
  title: 'REPLACE what is flagged, no full stop',
  why: 'REPLACE what happens if it stays.',
  fix: 'REPLACE the line to write.',
  source: 'REPLACE the document and its section.',
  aliases: [],
  examples: {
    bad: 'REPLACE\\n',
    good: 'REPLACE the nearest neighbour that must not fire\\n',
  },
  *check(subject) {
    const stage = finalStage(subject);
    if (stage === undefined) return;
    yield { at: stage.from.span, message: 'REPLACE what is wrong here, with the names at hand.' };
  },
});
`;
}

function cases(): string {
  return `# Edges of this rule

## REPLACE a sentence about behaviour
\`\`\`dockerfile
FROM busybox:1.37
\`\`\`
silent
`;
}

function probe(id: string): string {
  return `/** Probe: REPLACE what it proves, in one line. */
import { defineProbe } from './probe.ts';

export default defineProbe({
  id: '${id}',
  item: 'builds-and-starts', // REPLACE the one row it feeds
  severity: 'error',
  title: 'REPLACE what holds when it passes',
  why: 'REPLACE what happens when it does not.',
  fix: 'REPLACE what to write.',
  source: 'REPLACE where the knowledge comes from.',
  phase: 'running',
  look: async (box) => ({ state: await box.state() }),
  judge: ({ state }) =>
    state.running
      ? { status: 'pass', summary: 'REPLACE', evidence: [] }
      : { status: 'unknown', summary: 'REPLACE what could not be seen.', evidence: [] },
  cases: [],
});
`;
}

function format(name: string): string {
  return `/** Format: REPLACE who reads it. */
import { defineFormat } from './format.ts';

export default defineFormat({
  name: '${name}',
  mediaType: 'text/plain; charset=utf-8', // REPLACE
  render: (report) => \`\${report.verdict}\\n\`,
});
`;
}

/** The files of a new plug, or a sentence that says how to call this. */
function layOut(kind: string | undefined, name: string | undefined): ReadonlyMap<string, string> | string {
  const [category, id] = name?.split('/') ?? [];
  if (kind === 'rule' && category !== undefined && id !== undefined && SLUG.test(category) && SLUG.test(id)) {
    return new Map([
      [`src/core/rules/${category}/${id}.ts`, rule(id)],
      [`test/cases/rules/${id}.md`, cases()],
    ]);
  }
  if (name !== undefined && SLUG.test(name)) {
    if (kind === 'probe') return new Map([[`src/core/probes/${name}.ts`, probe(name)]]);
    if (kind === 'format') return new Map([[`src/formats/${name}.ts`, format(name)]]);
  }
  return 'npm run new rule CATEGORY/SLUG | probe SLUG | format SLUG   (slugs are kebab-case and say what they flag or prove)';
}

const files = layOut(process.argv[2], process.argv[3]);
if (typeof files === 'string') {
  console.error(files);
  process.exitCode = 2;
} else {
  const taken = [...files.keys()].find((path) => existsSync(path));
  if (taken !== undefined) throw new Error(`${taken} is there already; ids are never reused`);
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${path}: replace every REPLACE`);
  }
  execFileSync(process.execPath, ['scripts/generate.ts'], { stdio: 'inherit' });
}
