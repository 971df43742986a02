/**
 * The contract of a probe: one file, one runtime check, feeding exactly one checklist item.
 *
 * `look` is the only part that touches a container, and only through its box. What it returns is plain data, and flows
 * one way into `judge` and into `cases`, so a probe is proven without Docker as well as with it.
 */
import type { Severity } from '../../schemas/finding.ts';
import type { Evidence, ItemId } from '../../schemas/item.ts';
import type { Boxes, Phase } from './box.ts';

/** What a probe says. `unknown` when it could not look: never a pass. */
export interface Proof {
  readonly status: 'pass' | 'warn' | 'fail' | 'unknown' | 'not-applicable';
  /** One sentence. */
  readonly summary: string;
  readonly evidence: readonly Evidence[];
}

/** One probe. See CONTRIBUTING.md, "One more probe". */
export interface Probe<P extends Phase = Phase, Seen = unknown> {
  readonly id: string;
  readonly item: ItemId;
  /** Of the finding that a `fail` becomes; a `warn` becomes a warning. */
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  readonly source: string;
  readonly phase: P;
  /** `true`: it proves a part of its row only. Where no probe of the whole could look, its pass leaves the row unknown. */
  readonly isPartial?: true;
  /** What it saw stands in the evidence of its row, and the row's status stays what it is without it. It never fails or warns. */
  readonly evidenceOnly?: true;
  readonly look: (box: Boxes[P]) => Promise<Seen>;
  /** Pure. */
  readonly judge: (seen: Seen) => Proof;
  /** Executed as tests; at least one on each side. */
  readonly cases: readonly { readonly name: string; readonly seen: Seen; readonly status: Proof['status'] }[];
}

/** A probe whose `Seen` is closed over: what the index and the scheduler hold. */
export interface AnyProbe extends Omit<Probe, 'look' | 'judge' | 'cases'> {
  /** Looks and judges in one go. */
  readonly prove: (box: Boxes[Phase]) => Promise<Proof>;
  /** Each case, judged. */
  readonly cases: readonly { readonly name: string; readonly status: Proof['status']; readonly judged: () => Proof }[];
}

/** Declares a probe. `Seen` is inferred from `look` alone, so that `judge` and `cases` are held to what is really seen. */
export function defineProbe<P extends Phase, Seen>(
  probe: Omit<Probe<P, Seen>, 'judge' | 'cases'> & {
    readonly judge: (seen: NoInfer<Seen>) => Proof;
    readonly cases: readonly {
      readonly name: string;
      readonly seen: NoInfer<Seen>;
      readonly status: Proof['status'];
    }[];
  },
): AnyProbe {
  const { look, judge, cases, ...said } = probe;
  return {
    ...said,
    // The scheduler hands a probe the box of the phase that the probe names.
    prove: async (box) => judge(await look(box as Boxes[P])),
    cases: cases.map(({ name, seen, status }) => ({ name, status, judged: () => judge(seen) })),
  };
}
