/** The one runner of all probes: every case of every probe file is judged, and the catalogue is held to its form. */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import t from 'tap';
import { z } from 'zod';
import type { AnyProbe } from '../../../src/core/probes/probe.ts';
import { Severity } from '../../../src/schemas/finding.ts';
import { Evidence, ItemId } from '../../../src/schemas/item.ts';

const folder = new URL('../../../src/core/probes/', import.meta.url);
const contracts = new Set(['probe.ts', 'box.ts', 'paused-box.ts', 'index.ts']);
const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !contracts.has(file));

const Summary = z.string().min(10).max(1000);
const texts = ['title', 'why', 'fix', 'source'] as const;

t.ok(files.length >= 5, 'the probes are found');

for (const file of files) {
  // Every file of the folder that is not a contract exports a probe by default; the next line would fail otherwise.
  const module = (await import(new URL(file, folder).href)) as { readonly default: AnyProbe };
  const probe = module.default;

  await t.test(`probe ${probe.id}`, async (t) => {
    t.equal(probe.id, basename(file, '.ts'), 'is named like its file');
    t.ok(ItemId.safeParse(probe.item).success, 'feeds an item of the checklist');
    t.ok(Severity.safeParse(probe.severity).success, 'has a severity');
    t.match(probe.phase, /^(built|image|running|paused|stopped|watched|variants|rebuilt)$/, 'names its phase');
    for (const text of texts) t.ok(probe[text].length > 15 && probe[text].length <= 2000, `has a ${text}`);
    t.notMatch(probe.title, /\.$/, 'has a heading for a title');
    t.match(`${probe.why} ${probe.fix}`, /\. .*\.$/, 'explains itself in sentences');

    const statuses = new Set(probe.cases.map(({ status }) => status));
    t.ok(statuses.has('pass'), 'has a case that passes');
    // What is evidence alone has nothing to fail on.
    const isEvidence = probe.evidenceOnly === true;
    t.equal(statuses.has('fail') || statuses.has('warn'), !isEvidence, 'has a case that does not pass, if it judges');
    t.ok(!isEvidence || statuses.has('unknown'), 'has a case of its own where nothing was seen');
    t.equal(new Set(probe.cases.map(({ name }) => name)).size, probe.cases.length, 'names each case differently');
    for (const { name, status, judged } of probe.cases) {
      const proof = judged();
      t.equal(proof.status, status, `${name}: ${status}`);
      t.ok(Summary.safeParse(proof.summary).success, `${name}: sums it up`);
      t.ok(z.array(Evidence).max(200).safeParse(proof.evidence).success, `${name}: has evidence of the right form`);
      if (status === 'pass' || status === 'warn' || status === 'fail') {
        t.ok(proof.evidence.length > 0, `${name}: shows what it saw`);
      }
    }
  });
}
