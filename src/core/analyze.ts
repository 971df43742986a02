/**
 * (Dockerfile, context, profile, policy) -> what the rules say. Runs every rule once and gathers problems, doubts and crashes.
 * A rule that throws makes its item `unknown`; the others go on.
 */
import type { Edit, Finding } from '../schemas/finding.ts';
import { ItemId } from '../schemas/item.ts';
import type { Item } from '../schemas/item.ts';
import { checks } from './report/catalogue.ts';
import { fingerprint } from './report/fingerprint.ts';
import type { PolicyInForce } from './policy/policy.ts';
import { noPolicy, severityUnder } from './policy/policy.ts';
import { rules } from './rules/index.ts';
import type { Rule, Subject, Trouble } from './rules/rule.ts';
import { applyWaivers } from './policy/waivers.ts';
import { writtenSecrets } from './secrets/written.ts';

/** What the rules said of one subject. */
export interface Analysis {
  readonly findings: readonly Finding[];
  readonly predicted: Readonly<Record<ItemId, NonNullable<Item['predicted']>>>;
  /** Rules that threw: a mistake of ours, for the log. */
  readonly crashes: readonly { readonly rule: string; readonly error: unknown }[];
}

/** Findings of one rule that are told; the problem is known by then, and a hostile file has a million of them. */
const MOST_FINDINGS = 300;
/** Characters of the text at a place that its fingerprint is made from. */
const MOST_PRINTED = 1000;

/**
 * Asks every rule that the policy has not switched off. Pure; findings come in file order, then by rule. A row that nothing is
 * held against is `unknown` when there is no stage to build, when its rules lack the files, when one of them cannot tell, and
 * when one throws.
 */
export function analyze(
  subject: Subject,
  catalogue: readonly Rule[] = rules,
  policy: PolicyInForce = noPolicy,
): Analysis {
  const asked = catalogue.filter((rule) => isAsked(rule, policy));
  const told: Finding[] = [];
  const doubts = new Map<ItemId, string>();
  const crashes: { rule: string; error: unknown }[] = [];
  const seen = new Map<string, number>();
  if (subject.dockerfile.target === undefined) {
    for (const id of ItemId.options)
      doubts.set(id, 'There is no stage that could be built, so there is no image to judge.');
  }

  for (const rule of asked) {
    if (rule.needs === 'files' && subject.context.files === undefined) {
      doubts.set(rule.item, 'Only the Dockerfile was given; this row needs the files of the build context.');
      continue;
    }
    try {
      let left = MOST_FINDINGS;
      for (const said of rule.check(subject)) {
        if ('cannotTell' in said) doubts.set(rule.item, said.cannotTell);
        else told.push(finding(rule, said, subject, seen, policy));
        if ((left -= 1) === 0) break;
      }
    } catch (error) {
      crashes.push({ rule: rule.id, error });
      doubts.set(rule.item, 'A rule of this row failed on this file; the mistake is in Drydock.');
    }
  }

  const findings = applyWaivers(told, subject.dockerfile, policy, {
    path: subject.path,
    today: subject.facts.today,
    itemOf: (id) => checks.get(id)?.item,
    asked: (id) => asked.some((rule) => rule.id === id),
    isFirst: true,
  }).toSorted((a, b) => (a.span?.line ?? 0) - (b.span?.line ?? 0) || (a.span?.column ?? 0) - (b.span?.column ?? 0));
  const covered = new Set(asked.map((rule) => rule.item));
  const known = new Set(catalogue.map((rule) => rule.item));
  const predicted = Object.fromEntries(
    ItemId.options.map((id) => [
      id,
      known.has(id) && !covered.has(id) ? switchedOff : prediction(id, findings, doubts.get(id), covered.has(id)),
    ]),
  ) as Analysis['predicted']; // every id of the enum is a key
  return { findings, predicted, crashes };
}

const switchedOff = {
  status: 'not-applicable',
  summary: 'The policy has switched every rule of this row off.',
} as const satisfies Item['predicted'];

function isAsked(rule: Rule, { rules: settings }: PolicyInForce): boolean {
  const setting = settings.get(rule.id);
  return setting === undefined ? rule.optIn !== true : setting !== 'off';
}

function finding(
  rule: Rule,
  said: Trouble,
  subject: Subject,
  seen: Map<string, number>,
  policy: PolicyInForce,
): Finding {
  const { at } = said;
  const file = said.file ?? subject.path;
  const place =
    said.identity ??
    (at === undefined
      ? ''
      : subject.dockerfile.text.slice(at.start.offset, Math.min(at.end.offset, at.start.offset + MOST_PRINTED)));
  const key = `${rule.id}\0${file}\0${place}`;
  const count = seen.get(key) ?? 0;
  seen.set(key, count + 1);
  return {
    rule: rule.id,
    item: rule.item,
    severity: severityUnder(policy.rules.get(rule.id), rule.severity, said.severity ?? rule.severity) ?? 'info',
    confidence: said.confidence ?? rule.confidence ?? 'high',
    message: said.message.slice(0, 2000),
    file,
    span:
      at === undefined
        ? null
        : { line: at.start.line, column: at.start.column, endLine: at.end.line, endColumn: at.end.column },
    why: rule.why,
    fix: rule.fix,
    aliases: [...rule.aliases],
    fingerprint: fingerprint(rule.id, file, place, count),
    ...(said.edits === undefined || repeatsSecret(said.edits, subject) ? {} : { edits: [...said.edits] }),
  };
}

/** An edit goes wherever the report goes. A line with a secret in it has to be written anew in any case. */
function repeatsSecret(edits: readonly Edit[], { dockerfile }: Subject): boolean {
  return writtenSecrets(dockerfile).some((secret) => edits.some(({ text }) => text.includes(secret)));
}

function prediction(
  id: ItemId,
  findings: readonly Finding[],
  doubt: string | undefined,
  covered: boolean,
): NonNullable<Item['predicted']> {
  const own = findings.filter((one) => one.item === id);
  for (const [severity, status] of [
    ['error', 'fail'],
    ['warning', 'warn'],
  ] as const) {
    const bad = own.filter((one) => one.severity === severity && one.waived === undefined);
    if (bad.length > 0) return { status, summary: summary(bad) };
  }
  const waived = own.filter((one) => one.waived !== undefined);
  if (waived.length > 0) return { status: 'waived', summary: summary(waived) };
  if (!covered) return { status: 'unknown', summary: 'No rule looks at this row yet.' };
  if (doubt !== undefined) return { status: 'unknown', summary: doubt.slice(0, 1000) };
  return { status: 'pass', summary: own.length === 0 ? 'Nothing to object to.' : summary(own) };
}

function summary(findings: readonly Finding[]): string {
  const [first] = findings;
  const more = findings.length === 1 ? '' : ` (and ${findings.length - 1} more)`;
  return `${(first?.message ?? '').slice(0, 900)}${more}`;
}
