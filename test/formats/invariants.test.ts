/** What programs ask of their formats, held over fixed and generated reports. */
import standard from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { SaxesParser } from 'saxes';
import t from 'tap';
import { plainLine, plainLines } from '../../src/formats/format.ts';
import { formats } from '../../src/formats/index.ts';
import { equal, holds, open, told, truth } from './holds.ts';
import { reportOn } from './more-reports.ts';
import { analysis } from './reports.ts';
import { Sarif } from './sarif.ts';

t.test('whatever is in a report, every format is well-formed text that ends with a newline', async (t) => {
  holds((report) => {
    for (const { name, schema, render } of formats) {
      const text = render(report);
      truth(text.endsWith('\n') && text.isWellFormed(), `${name} is text`);
      // JSON holds the names of files and fingerprints as they are, and escapes what it has to.
      const isPlain = schema !== undefined || !/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(text);
      truth(isPlain, `${name} is plain`);
    }
  });
  t.pass('looked at all');
});

t.test('what JSON formats say is what the contract shows', async (t) => {
  holds((report) => {
    for (const { schema, render, name } of formats) {
      if (schema !== undefined) truth(schema.safeParse(JSON.parse(render(report))).success, name);
    }
  });
  t.pass('looked at all');
});

// ---- SARIF ------------------------------------------------------------------------------------------------------------

/** The schema of the standard; of draft 4, of which it uses nothing that draft 7 has otherwise. */
const { $schema: _, id: __, ...schema } = standard;
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const isSarif = ajv.compile(schema);

t.test('SARIF holds to the schema of the standard and to what GitHub takes', async (t) => {
  holds((report) => {
    const log: unknown = JSON.parse(told('sarif', report));
    truth(isSarif(log), JSON.stringify(isSarif.errors?.slice(0, 3)));
    const [run] = Sarif.parse(log).runs;
    const { rules } = run.tool.driver;
    equal(run.results.length, report.findings.length, 'one result per finding');
    equal(new Set(rules.map(({ id }) => id)).size, rules.length, 'a rule is described once');
    const keys = run.results.map((one) => `${one.ruleId} ${one.partialFingerprints.primaryLocationLineHash}`);
    equal(new Set(keys).size, keys.length, 'no two results look the same');
    for (const { properties, shortDescription, fullDescription } of rules) {
      truth(properties.tags.length <= 20, 'GitHub takes 20 tags');
      truth(
        shortDescription.text.length <= 1024 && fullDescription.text.length <= 1024,
        'GitHub takes 1024 characters',
      );
    }
    for (const { ruleId, ruleIndex, locations, message } of run.results) {
      equal(rules[ruleIndex]?.id, ruleId, 'ruleIndex');
      const [{ physicalLocation }] = locations;
      const { startLine, startColumn, endLine, endColumn } = physicalLocation.region;
      truth(endLine > startLine || (endLine === startLine && endColumn > startColumn), 'the region is not empty');
      const { uri } = physicalLocation.artifactLocation;
      truth(
        /^(?:[\w.~!*'()-]|%[0-9A-F]{2})(?:[\w.~!*'()/-]|%[0-9A-F]{2})*$/.test(uri),
        `${uri} is a relative reference`,
      );
      truth(!message.text.includes(']('), 'a message makes no link');
    }
    equal(
      run.results.filter(({ suppressions }) => suppressions.length === 1).length,
      report.findings.length - open(report).length,
      'suppressed',
    );
  });
  t.pass('looked at all');
});

t.test('a path comes back from its URI, and edits as they are', async (t) => {
  const [finding] = analysis.findings;
  const file = 'a b/ü#?%41:c/😀.Dockerfile';
  const report = { ...analysis, findings: finding === undefined ? [] : [{ ...finding, file }] };
  const [one] = Sarif.parse(JSON.parse(told('sarif', report))).runs[0].results;
  t.equal(decodeURIComponent(one?.locations[0].physicalLocation.artifactLocation.uri ?? ''), file);
  t.same(one?.fixes?.[0]?.artifactChanges[0]?.replacements, [
    { deletedRegion: { charOffset: 40, charLength: 9 }, insertedContent: { text: 'COPY requirements.txt .' } },
    { deletedRegion: { charOffset: 60, charLength: 0 }, insertedContent: { text: '\nCOPY . .' } },
  ]);
});

t.test('fingerprints stay when lines move', async (t) => {
  const text = 'FROM python:latest\nRUN apt-get update && apt-get install -y curl\nCOPY . .\nCMD python app.py\n';
  const prints = (name: 'sarif' | 'gitlab', dockerfile: string): readonly string[] => {
    const parsed: unknown = JSON.parse(told(name, reportOn(dockerfile)));
    return name === 'sarif'
      ? Sarif.parse(parsed).runs[0].results.map((one) => one.partialFingerprints.primaryLocationLineHash)
      : (parsed as { fingerprint: string }[]).map((one) => one.fingerprint); // as the format's own schema has it
  };
  for (const name of ['sarif', 'gitlab'] as const) {
    t.ok(prints(name, text).length > 4);
    t.same(prints(name, `# one\n\n# two\n${text}`), prints(name, text), name);
  }
});

// ---- JUnit ------------------------------------------------------------------------------------------------------------

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** Reads XML 1.0 as strictly as the standard has it; throws where it is none. */
function xml(text: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const stack = [root];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes, children: [], text: '' };
    stack.at(-1)?.children.push(element);
    stack.push(element);
  });
  parser.on('closetag', () => stack.pop());
  parser.on('text', (more) => {
    const here = stack.at(-1);
    if (here !== undefined) here.text += more;
  });
  parser.write(text).close();
  const [top = root] = root.children;
  return top;
}

t.test('JUnit is XML, its counts are right, and what was said comes back', async (t) => {
  holds((report) => {
    const top = xml(told('junit', report));
    const [suite] = top.children;
    equal(suite?.attributes['name'], 'drydock', 'one suite');
    const cases = suite?.children.filter(({ name }) => name === 'testcase') ?? [];
    equal(cases.length, 20, 'a test per row');
    for (const [attribute, element] of [
      ['failures', 'failure'],
      ['skipped', 'skipped'],
      ['errors', 'error'],
    ] as const) {
      const many = cases.filter(({ children }) => children.some(({ name }) => name === element)).length;
      equal(suite?.attributes[attribute], String(many), attribute);
      equal(top.attributes[attribute], String(many), attribute);
    }
    cases.forEach((one, index) => {
      const item = report.items[index];
      equal(one.attributes['classname'], item?.category, 'the suite of a row');
      const result = one.children.find(({ name }) => name !== 'system-out');
      const expected = { fail: 'failure', unknown: 'skipped', 'not-applicable': 'skipped' } as Record<string, string>;
      equal(result?.name, expected[item?.status ?? ''], 'how a row ends');
      const out = one.children.find(({ name }) => name === 'system-out')?.text ?? '';
      const summary = plainLine(item?.predicted?.summary ?? item?.proven?.summary ?? '');
      truth(out.includes(summary.replace(/[\ufffe\uffff]/g, '')), 'the summary comes back');
    });
  });
  t.pass('looked at all');
});

// ---- GitHub and GitLab --------------------------------------------------------------------------------------------------

const unescaped = (text: string): string =>
  text
    .replaceAll('%2C', ',')
    .replaceAll('%3A', ':')
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%25', '%');

t.test('each workflow command is one line that the runner reads as it was meant, the gravest first', async (t) => {
  holds((report) => {
    const lines = told('github', report).trimEnd().split('\n');
    equal(lines.length, open(report).length + 1, 'one line per finding, and the sum');
    truth(/^Drydock: (?:not )?ready for production, score /.test(lines.at(-1) ?? ''), 'the sum is last');
    truth(!/::|##\[/.test(lines.at(-1) ?? ''), 'the sum is no command');
    const left = new Set(open(report));
    const kinds = lines.slice(0, -1).map((line) => {
      const [, kind = '', properties = '', said = ''] = /^::(error|warning|notice) ([^:]*)::(.*)$/.exec(line) ?? [];
      const named = Object.fromEntries(properties.split(',').map((one) => one.split('=', 2)));
      truth(
        Object.keys(named).every((name) => /^(?:file|line|endLine|col|title)$/.test(name)),
        `no property of its own: ${line}`,
      );
      const match = [...left].find((finding) => {
        const fix = plainLines(finding.fix);
        const lines = fix.length > 1 ? ['Fix:', ...fix] : fix.map((one) => `Fix: ${one}`);
        return (
          unescaped(said) === [plainLine(finding.message) || plainLine(finding.rule) || 'finding', ...lines].join('\n')
        );
      });
      truth(match !== undefined, `${line} says what a finding says`);
      if (match !== undefined) left.delete(match);
      return ['error', 'warning', 'notice'].indexOf(kind);
    });
    equal(kinds.join(), kinds.toSorted((a, b) => a - b).join(), 'the order');
  });
  t.pass('looked at all');
});

t.test(
  'a Code Quality report has an entry for each finding that counts, each with a fingerprint of its own',
  async (t) => {
    holds((report) => {
      // As the format's own schema has it.
      const entries = JSON.parse(told('gitlab', report)) as {
        fingerprint: string;
        location: { lines: { begin: number } };
      }[];
      equal(entries.length, open(report).length, 'entries');
      equal(new Set(entries.map(({ fingerprint }) => fingerprint)).size, entries.length, 'unique');
    });
    t.pass('looked at all');
  },
);
