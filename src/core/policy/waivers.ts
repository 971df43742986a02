/**
 * Waivers: findings that somebody accepted, written in a policy or as a comment of the Dockerfile:
 *
 *     # drydock: ignore apt-lists-kept, pip-cache-kept until 2026-12-31 because the next stage takes only /app
 *     # drydock: ignore-file labels-missing because the pipeline sets them
 *
 * `ignore` speaks of the instruction below it, or of the one it stands in; `ignore-file` of the whole file. Without a reason a
 * waiver does not count. One that has run out, that names no rule, or that nothing needs is told as a finding of its own.
 */
import type { Finding } from '../../schemas/finding.ts';
import type { ItemId } from '../../schemas/item.ts';
import type { Comment, Dockerfile, Span } from '../dockerfile/types.ts';
import { fingerprint } from '../report/fingerprint.ts';
import type { PolicyInForce, SourcedWaiver } from './policy.ts';
import { refusalOf } from './policy.ts';

/** A waiver with the place where it holds. */
interface Held {
  readonly rule: string;
  readonly reason: string;
  readonly by: string;
  readonly expires: string | undefined;
  /** Where it was written, when that is this file. */
  readonly at: Span | undefined;
  covers(finding: Finding): boolean;
}

/** What is wrong with a comment that wants to be a waiver. */
interface Misfit {
  readonly at: Span;
  readonly rule: string | undefined;
  readonly message: string;
}

const COMMENT = /^\s*drydock:\s*(ignore(?:-file)?)\s+(.*)$/is;
const ASKED = /^([\w-]+(?:\s*,\s*[\w-]+)*)(?:\s+until\s+(\S+))?(?:\s+because\s+(\S.*))?$/is;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Comments are read up to this many: a waiver for each of a million lines is none. */
const MOST_WAIVERS = 1000;

/**
 * The findings with `waived` where a waiver holds, and a finding for each waiver that does not do what its author thinks. Pure.
 *
 * @param today    `undefined`: nobody knows the day, so nothing runs out
 * @param itemOf   the row of a rule or probe; `undefined` for what is none
 * @param path     the Dockerfile's
 */
export function applyWaivers(
  findings: readonly Finding[],
  dockerfile: Dockerfile,
  policy: PolicyInForce,
  about: {
    readonly path: string;
    readonly today: string | undefined;
    readonly itemOf: (rule: string) => ItemId | undefined;
    /** The rules or probes that these findings are of: a waiver of another one is not this round's business. */
    readonly asked: (rule: string) => boolean;
    /** Whether what is wrong with waivers of nothing known is told now: once is enough. */
    readonly isFirst: boolean;
  },
): readonly Finding[] {
  const { path, today, itemOf, asked, isFirst } = about;
  const { held, misfits } = readComments(dockerfile, policy, path);
  const all: readonly Held[] = [
    ...policy.waivers.filter((one) => one.path === undefined || one.path === path).map(fromPolicy),
    ...held,
  ];
  if (all.length === 0 && misfits.length === 0) return findings;
  const byRule = Map.groupBy(all, (one) => one.rule);
  const used = new Set<Held>();
  const judged = findings.map((finding) => {
    if (finding.waived !== undefined) return finding;
    const mine = (byRule.get(finding.rule) ?? []).filter((one) => one.covers(finding));
    for (const one of mine) used.add(one);
    const holds = mine.find((one) => !hasRunOut(one, today));
    return holds === undefined ? finding : { ...finding, waived: { by: holds.by, reason: holds.reason } };
  });
  const told = (rule: string, of: string | undefined, at: Span | undefined, message: string): Finding => ({
    rule,
    item: (of === undefined ? undefined : itemOf(of)) ?? 'builds-and-starts',
    severity: 'info',
    confidence: 'high',
    message: message.slice(0, 2000),
    file: path,
    span:
      at === undefined
        ? null
        : { line: at.start.line, column: at.start.column, endLine: at.end.line, endColumn: at.end.column },
    why: 'A waiver that nobody looks after hides the next real finding, or makes people believe that something is settled.',
    fix: 'Remove the waiver, or write it anew with its rule, its reason and its last day.',
    aliases: [],
    fingerprint: fingerprint(rule, path, message, 0),
  });
  const isOurs = (rule: string | undefined): boolean =>
    rule === undefined || itemOf(rule) === undefined ? isFirst : asked(rule);
  return [
    ...judged,
    ...misfits
      .filter(({ rule }) => isOurs(rule))
      .map(({ at, rule, message }) => told('waiver-not-heeded', rule, at, message)),
    ...all
      .filter(({ rule }) => isOurs(rule))
      .flatMap((one) => {
        if (itemOf(one.rule) === undefined)
          return [
            told('waiver-not-heeded', undefined, one.at, `${one.rule} is no rule or probe. GET /checks lists them.`),
          ];
        if (hasRunOut(one, today))
          return [told('waiver-expired', one.rule, one.at, `The waiver of ${one.rule} ended on ${one.expires}.`)];
        if (used.has(one)) return [];
        return [told('waiver-unused', one.rule, one.at, `Nothing needs the waiver of ${one.rule} any more.`)];
      }),
  ];
}

function hasRunOut({ expires }: Held, today: string | undefined): boolean {
  return expires !== undefined && today !== undefined && expires < today;
}

function fromPolicy(waiver: SourcedWaiver): Held {
  return {
    rule: waiver.rule,
    reason: waiver.reason,
    by: `policy: ${waiver.source}`,
    expires: waiver.expires,
    at: undefined,
    covers: (finding) => waiver.fingerprint === undefined || waiver.fingerprint === finding.fingerprint,
  };
}

function readComments(
  dockerfile: Dockerfile,
  policy: PolicyInForce,
  path: string,
): { readonly held: readonly Held[]; readonly misfits: readonly Misfit[] } {
  const held: Held[] = [];
  const misfits: Misfit[] = [];
  const { instructions } = dockerfile;
  let next = 0;
  for (const comment of dockerfile.comments) {
    const [, verb = '', rest = ''] = COMMENT.exec(comment.text) ?? [];
    if (verb === '') continue;
    if (held.length + misfits.length >= MOST_WAIVERS) break;
    // Comments come in file order, so the search goes on where it was.
    while (next < instructions.length && (instructions[next]?.span.end.offset ?? 0) <= comment.span.start.offset)
      next += 1;
    const covered = verb.toLowerCase() === 'ignore-file' ? undefined : instructions[next]?.span;
    const read = readWish(comment, rest);
    if ('message' in read) misfits.push(read);
    else if (verb.toLowerCase() === 'ignore' && covered === undefined)
      misfits.push({ at: comment.span, rule: undefined, message: 'There is no instruction below this waiver.' });
    else {
      for (const rule of read.rules) {
        const refusal = refusalOf(rule, policy.allowsWaivers, policy.guarded);
        if (refusal === undefined) held.push({ rule, ...inComment(read, comment.span, covered, path) });
        else misfits.push({ at: comment.span, rule, message: `The waiver of ${rule} is not heeded: ${refusal}` });
      }
    }
  }
  return { held, misfits };
}

interface Wish {
  readonly rules: readonly string[];
  readonly reason: string;
  readonly expires: string | undefined;
}

function readWish({ span: at }: Comment, rest: string): Wish | Misfit {
  const [, list, expires, reason] = ASKED.exec(rest.trim()) ?? [];
  const form = 'Write `# drydock: ignore RULE until YYYY-MM-DD because REASON`; `until` may be left out.';
  if (list === undefined) return { at, rule: undefined, message: `This waiver cannot be read. ${form}` };
  const rules = list.split(',').map((one) => one.trim().toLowerCase());
  const [first] = rules;
  if (expires !== undefined && !DAY.test(expires))
    return { at, rule: first, message: `${expires.slice(0, 40)} is no day. ${form}` };
  if (reason === undefined) return { at, rule: first, message: `A waiver needs a reason. ${form}` };
  return { rules, reason: reason.trim().slice(0, 1000), expires };
}

function inComment({ reason, expires }: Wish, at: Span, covered: Span | undefined, path: string): Omit<Held, 'rule'> {
  const from = covered?.start.line ?? 0;
  const to = covered?.end.line ?? Number.POSITIVE_INFINITY;
  return {
    reason,
    by: `comment in line ${at.start.line}`,
    expires,
    at,
    covers: ({ span, file }) =>
      covered === undefined || (file === path && span !== null && span.line >= from && span.line <= to),
  };
}
