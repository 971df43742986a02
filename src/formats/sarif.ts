/**
 * Format: SARIF 2.1.0, for code scanning and editors. Written for what GitHub reads of it: each result has a place, a region
 * that is not empty and a fingerprint; what was waived is a suppressed result. A rule is described by what its findings say.
 *
 * Braces are not doubled, as the standard asks for in messages with arguments: no reader undoes it where there are none.
 */
import { z } from 'zod';
import type { Finding } from '../schemas/finding.ts';
import type { Report } from '../schemas/report.ts';
import { byGravity, defineFormat, plainLine, plainLines, spotOrTop } from './format.ts';
import { remedy, sentence } from './markup.ts';

const Log = z
  .looseObject({ version: z.literal('2.1.0'), runs: z.array(z.looseObject({})).length(1) })
  .meta({ id: 'Sarif', description: 'A SARIF 2.1.0 log; its schema is named in `$schema`.' });

const LEVELS = { error: 'error', warning: 'warning', info: 'note', style: 'note' } as const;
/** In GitHub's words. */
const PROBLEMS = { error: 'error', warning: 'warning', info: 'recommendation', style: 'recommendation' } as const;
/** In the bands of CVSS: high, medium, low. */
const SECURITY = { error: '8.0', warning: '5.5', info: '3.0', style: '2.0' } as const;
/** GitHub cuts descriptions there. */
const MOST_DESCRIBED = 1024;
/** Findings of one rule that each say something of their own, as those of the builder do. */
const MOST_REMEDIES = 10;
/** The folder that paths are relative to; who reads the log knows where it is. */
const ROOT = '%SRCROOT%';

export default defineFormat({
  name: 'sarif',
  mediaType: 'application/sarif+json; charset=utf-8',
  schema: Log,
  render: (report) => {
    const log = {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [run(report)],
    } satisfies z.infer<typeof Log>;
    return `${JSON.stringify(log)}\n`;
  },
});

function run(report: Report): Record<string, unknown> {
  const { tool, kind, project, verdict, score, grade, profile, id, items } = report;
  const findings = byGravity(report.findings);
  const byRule = Map.groupBy(findings, ruleOf);
  const indexes = new Map([...byRule.keys()].map((rule, index) => [rule, index]));
  const seen = new Map<string, number>();
  return {
    tool: {
      driver: {
        name: 'Drydock',
        version: tool.version,
        rules: [...byRule].map(([rule, own]) => descriptor(report, rule, own)),
      },
    },
    // GitHub keeps one log per category: what stands before the last slash.
    automationDetails: { id: ['drydock', kind, ...(project === null ? [] : [plainLine(project)]), ''].join('/') },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { [ROOT]: { description: { text: 'The root of the build context.' } } },
    invocations: [{ executionSuccessful: true }],
    results: findings.map((finding) => {
      const printed = finding.fingerprint.toWellFormed();
      const count = (seen.get(printed) ?? 0) + 1;
      seen.set(printed, count);
      return result(report, finding, indexes.get(ruleOf(finding)) ?? -1, count);
    }),
    properties: {
      report: id,
      kind,
      verdict,
      score,
      grade,
      profile: profile.name,
      project: project === null ? null : plainLine(project),
      checklist: Object.fromEntries(items.map((item) => [item.id, item.status])),
    },
  };
}

function ruleOf({ rule }: Finding): string {
  return plainLine(rule) || 'finding';
}

function descriptor({ items }: Report, id: string, own: readonly Finding[]): object {
  const [first] = own;
  if (first === undefined) throw new Error(`the rule ${id} has no finding`);
  const item = items.find((one) => one.id === first.item);
  const words = id.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const title = capital(words.join(' ')) || id;
  const said = [...new Map(own.map((finding) => [`${finding.why}\0${finding.fix}`, finding])).values()];
  const only = said.length === 1 ? oneLine(first.why, title) : title;
  const aliases = [...new Set(own.flatMap((finding) => finding.aliases.map(plainLine)))].filter(Boolean);
  const isSecurity = item?.category === 'Security';
  return {
    id,
    name: words.map(capital).join('') || id,
    shortDescription: { text: title },
    fullDescription: { text: only.slice(0, MOST_DESCRIBED).toWellFormed() },
    help: help(said.slice(0, MOST_REMEDIES), aliases),
    defaultConfiguration: { level: LEVELS[first.severity] },
    properties: {
      tags: [...new Set(['container', first.item, ...(item === undefined ? [] : [slug(item.category)])])],
      precision: first.confidence,
      'problem.severity': PROBLEMS[first.severity],
      ...(isSecurity ? { 'security-severity': SECURITY[first.severity] } : {}),
      ...(aliases.length === 0 ? {} : { aliases }),
    },
  };
}

function help(said: readonly Finding[], aliases: readonly string[]): { text: string; markdown: string } {
  const also = aliases.length === 0 ? [] : [`In other tools: ${aliases.join(', ')}.`];
  const text = said.flatMap(({ why, fix }) => [plainLine(why), `Fix: ${plainLines(fix).join('\n')}`]);
  const markdown = said.flatMap(({ why, fix }) => [sentence(why), '**Fix**', remedy(fix).join('\n')]);
  return { text: [...text, ...also].join('\n\n'), markdown: [...markdown, ...also.map(sentence)].join('\n\n') };
}

function result(report: Report, finding: Finding, ruleIndex: number, count: number): object {
  const { file, line, column, endLine, endColumn } = spotOrTop(report, finding);
  const { edits = [], waived } = finding;
  const artifactLocation = { uri: relativeUri(file), uriBaseId: ROOT };
  return {
    ruleId: ruleOf(finding),
    ruleIndex,
    level: LEVELS[finding.severity],
    message: { text: linkless(oneLine(finding.message, ruleOf(finding))) },
    locations: [
      {
        physicalLocation: {
          artifactLocation,
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
    // The first is the one that GitHub looks at.
    partialFingerprints: {
      primaryLocationLineHash: `${finding.fingerprint.toWellFormed()}:${count}`,
      'drydock/v1': finding.fingerprint.toWellFormed(),
    },
    ...(edits.length === 0 || waived !== undefined
      ? {}
      : { fixes: [{ description: { text: linkless(oneLine(finding.fix, 'Fix.')) }, artifactChanges: [change()] }] }),
    // Where one result says it, all have to; an empty list is: not suppressed.
    suppressions: waived === undefined ? [] : [suppression(waived)],
  };

  /** An insertion replaces a region of no length, as the standard has it. */
  function change(): object {
    return {
      artifactLocation,
      replacements: edits.map(({ start, end, text }) => ({
        deletedRegion: { charOffset: start, charLength: Math.max(0, end - start) },
        ...(text === '' ? {} : { insertedContent: { text: text.toWellFormed() } }),
      })),
    };
  }
}

function suppression({ by, reason }: NonNullable<Finding['waived']>): object {
  return {
    kind: by.startsWith('comment ') ? 'inSource' : 'external',
    status: 'accepted',
    justification: `${plainLine(by)}: ${plainLine(reason)}`,
  };
}

/** A path of the context as a relative reference: nothing in it is taken for a scheme, a host, a query or a fragment. */
function relativeUri(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.map(encodeURIComponent).join('/') || 'Dockerfile';
}

/** Text that is no link to readers that make links of `[words](address)`. */
function linkless(text: string): string {
  return text.replaceAll('](', ']\u200b(');
}

function oneLine(text: string, otherwise: string): string {
  return plainLine(text) || otherwise;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function slug(category: string): string {
  return category.toLowerCase().replaceAll(' ', '-');
}
