/**
 * Several policies become the one in force. The operator's stands over the request's, the request's over the repository's: each
 * may ask for more than the one above it, none for less. What is not heeded is said, never dropped in silence.
 */
import type { Severity } from '../../schemas/finding.ts';
import type { LabelForm, OperatorPolicy, Policy, RuleSetting, Waiver } from '../../schemas/policy.ts';
import { checks } from '../report/catalogue.ts';

/** Whose policy it is. */
export type PolicySource = 'operator' | 'request' | 'drydock.yaml';

/** What was given, by source. */
export interface PoliciesGiven {
  readonly operator?: OperatorPolicy | undefined;
  readonly request?: Policy | undefined;
  readonly repository?: Policy | undefined;
}

/** A waiver and where it was written down. */
export interface SourcedWaiver extends Waiver {
  readonly source: PolicySource;
}

/** The policy that an analysis is judged by. */
export interface PolicyInForce {
  /** Who had a say, the strongest first. */
  readonly sources: readonly PolicySource[];
  readonly rules: ReadonlyMap<string, RuleSetting>;
  /** `undefined`: every registry is fine. */
  readonly trustedRegistries: readonly string[] | undefined;
  readonly labels: Readonly<Record<string, LabelForm>>;
  readonly threshold: number;
  readonly waivers: readonly SourcedWaiver[];
  /** Rules whose findings only the operator may waive. */
  readonly guarded: ReadonlySet<string>;
  /** False: waivers in comments count as little as those of requests and repositories. */
  readonly allowsWaivers: boolean;
  /** Sentences: what was asked and is not heeded, and why. */
  readonly notHeeded: readonly string[];
}

/** From the weakest: what stands later is stricter. `off` and the severities are one scale. */
const STRICTNESS: readonly (Severity | 'off')[] = ['off', 'style', 'info', 'warning', 'error'];

/** What is in force where nobody said anything. */
export const noPolicy: PolicyInForce = policyInForce({});

/** The policy in force among those given. Pure. */
export function policyInForce(given: PoliciesGiven): PolicyInForce {
  const layers = [
    { source: 'operator' as const, policy: given.operator },
    { source: 'request' as const, policy: given.request },
    { source: 'drydock.yaml' as const, policy: given.repository },
  ].flatMap(({ source, policy }) => (policy === undefined ? [] : [{ source, policy }]));
  const notHeeded: string[] = [];
  const allowsWaivers = given.operator?.allowWaivers !== false;
  const guarded = new Set(
    Object.entries(given.operator?.rules ?? {}).flatMap(([id, setting]) => (setting === 'off' ? [] : [id])),
  );
  const waivers: SourcedWaiver[] = [];
  for (const { source, policy } of layers) {
    for (const waiver of policy.waivers ?? []) {
      const refusal = source === 'operator' ? undefined : refusalOf(waiver.rule, allowsWaivers, guarded);
      if (refusal === undefined) waivers.push({ ...waiver, source });
      else notHeeded.push(`The waiver of ${waiver.rule} in the ${nameOf(source)} is not heeded: ${refusal}`);
    }
  }
  return {
    sources: layers.map(({ source }) => source),
    rules: settingsOf(layers, notHeeded),
    trustedRegistries: registriesOf(layers, notHeeded),
    labels: Object.assign({}, ...layers.map(({ policy }) => policy.labels ?? {}).toReversed()) as Policy['labels'] & {},
    threshold: Math.max(given.operator?.threshold ?? 0, given.request?.threshold ?? given.repository?.threshold ?? 0),
    waivers,
    guarded,
    allowsWaivers,
    notHeeded,
  };
}

/** Why a waiver that is not the operator's does not count; `undefined` when it does. */
export function refusalOf(rule: string, allowsWaivers: boolean, guarded: ReadonlySet<string>): string | undefined {
  if (!allowsWaivers) return 'the operator allows no waivers but their own.';
  return guarded.has(rule) ? 'the operator has set this rule.' : undefined;
}

interface Layer {
  readonly source: PolicySource;
  readonly policy: Policy;
}

function strictness(id: string, setting: RuleSetting): number {
  return STRICTNESS.indexOf(setting === 'on' ? (checks.get(id)?.severity ?? 'info') : setting);
}

function settingsOf(layers: readonly Layer[], notHeeded: string[]): ReadonlyMap<string, RuleSetting> {
  const settings = new Map<string, RuleSetting>();
  const operator = new Set<string>();
  for (const { source, policy } of layers) {
    for (const [id, setting] of Object.entries(policy.rules ?? {})) {
      if (!checks.has(id)) {
        notHeeded.push(`The ${nameOf(source)} sets ${id}, which is no rule or probe. GET /checks lists them.`);
        continue;
      }
      const known = settings.get(id);
      if (known === undefined) {
        settings.set(id, setting);
        if (source === 'operator') operator.add(id);
      } else if (operator.has(id) && strictness(id, setting) > strictness(id, known)) {
        settings.set(id, setting);
      } else if (operator.has(id) && strictness(id, setting) < strictness(id, known)) {
        notHeeded.push(`The ${nameOf(source)} sets ${id} to ${setting}; the operator wants ${known}.`);
      }
    }
  }
  return settings;
}

function registriesOf(layers: readonly Layer[], notHeeded: string[]): readonly string[] | undefined {
  let trusted: readonly string[] | undefined;
  for (const { source, policy } of layers) {
    const wanted = policy.trustedRegistries;
    if (wanted === undefined) continue;
    const above = trusted;
    const narrower = above === undefined ? wanted : wanted.filter((one) => above.some((other) => isWithin(one, other)));
    for (const one of wanted.filter((other) => !narrower.includes(other))) {
      notHeeded.push(`The ${nameOf(source)} trusts ${one}, which the policy above it does not.`);
    }
    if (narrower.length > 0) trusted = narrower;
  }
  return trusted;
}

function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}

function nameOf(source: PolicySource): string {
  return source === 'drydock.yaml' ? 'file drydock.yaml' : source;
}

/**
 * The severity of a finding under the policy; `undefined`: it is not told. A rule that speaks more softly than usual at some
 * place goes on doing so: `error` for the rule does not make an error of what it only mentions.
 *
 * @param own    severity of the rule
 * @param usual  severity of this finding
 */
export function severityUnder(setting: RuleSetting | undefined, own: Severity, usual: Severity): Severity | undefined {
  if (setting === undefined || setting === 'on') return usual;
  if (setting === 'off') return undefined;
  const isSofter = STRICTNESS.indexOf(usual) < STRICTNESS.indexOf(own);
  return isSofter && STRICTNESS.indexOf(usual) < STRICTNESS.indexOf(setting) ? usual : setting;
}
