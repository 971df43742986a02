/**
 * The contract of a rule: one file, one check of Dockerfile and context, feeding exactly one checklist item.
 *
 * A rule file holds everything about its rule: what it says to people (title, why, fix, source), the examples that are
 * documentation and tests at once, and the check. It asks ask.ts and installs.ts, yields problems, and knows nothing of
 * other rules, reports or formats. What it cannot know it says with `cannotTell`; it never guesses.
 */
import type { Confidence, Edit, Severity } from '../../schemas/finding.ts';
import type { ItemId } from '../../schemas/item.ts';
import type { LabelForm } from '../../schemas/policy.ts';
import type { ProfileName } from '../../schemas/report.ts';
import type { BuildContext } from '../context/types.ts';
import type { Dockerfile, Span } from '../dockerfile/types.ts';

/** A secret that an outside scanner recognised in a text: the Dockerfile's own or a file's of the context. */
export interface Leak {
  /** Path inside the context. */
  readonly path: string;
  /** Offsets in that text, UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** What it is: "AWS secret access key". */
  readonly kind: string;
}

/** What core cannot work out by itself and is handed in. `undefined`: nobody looked. */
export interface Facts {
  /** The day of the analysis, `2026-06-01`. */
  readonly today: string | undefined;
  readonly leaks: readonly Leak[] | undefined;
}

/** What a rule looks at: frozen, and the same object for every rule of one analysis (ask.ts remembers answers by it). */
export interface Subject {
  readonly dockerfile: Dockerfile;
  /** Path of the Dockerfile inside the context. */
  readonly path: string;
  readonly context: BuildContext;
  readonly profile: ProfileName;
  readonly facts: Facts;
  /** What the organisation asks: trusted registries, labels. Severities and waivers are not a rule's business. */
  readonly policy: {
    readonly trustedRegistries?: readonly string[] | undefined;
    readonly labels?: Readonly<Record<string, LabelForm>> | undefined;
  };
}

/** A problem at a place. `at: undefined` is about the file as a whole. */
export interface Trouble {
  readonly at: Span | undefined;
  /** One sentence: what is wrong here, with the names and values at hand, secrets masked. */
  readonly message: string;
  /** Where it differs from the rule's own. */
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  /** Path of the file, where it is not the Dockerfile. */
  readonly file?: string;
  /** What the fingerprint is made of instead of the text at `at`, where that text is a secret. */
  readonly identity?: string;
  /**
   * The mechanical fix, where there is one that cannot change what the image does: replacements in the Dockerfile's text.
   * Applied, the file still parses, the rule is silent at this place, and a second application changes nothing.
   */
  readonly edits?: readonly Edit[];
}

/** The rule looked and cannot know; its item becomes `unknown` unless another rule finds something. */
export interface Doubt {
  /** One sentence that ends the phrase "Unknown:": what is not known, and what would settle it. */
  readonly cannotTell: string;
}

/** A Dockerfile for an example, alone or with the files around it. */
export type Example = string | { readonly dockerfile: string; readonly files: Readonly<Record<string, string>> };

/** One rule. See CONTRIBUTING.md, "One more rule". */
export interface Rule {
  /** Names what it flags, equals the file's name, never reused. */
  readonly id: string;
  readonly item: ItemId;
  readonly severity: Severity;
  /** Default `high`. */
  readonly confidence?: Confidence;
  /** What is flagged, as a heading without a full stop. */
  readonly title: string;
  /** What happens if it stays. */
  readonly why: string;
  /** The line to write. */
  readonly fix: string;
  /** Where the knowledge comes from: a document and its section, or a measurement. */
  readonly source: string;
  /** Ids of the same check in other tools: hadolint DLxxxx, BuildKit's names, trivy DS-xxxx, checkov CKV_DOCKER_n. */
  readonly aliases: readonly string[];
  /** Both sides, executed as tests: `bad` fires this rule, `good` is the nearest neighbour that does not. */
  readonly examples: { readonly bad: Example; readonly good: Example };
  /** Not run, and the item `unknown`, when the upload does not have it. */
  readonly needs?: 'files';
  /** Advice that contradicts other good advice: only given to those whose policy switches the rule on. */
  readonly optIn?: true;
  /** Id of the probe whose pass takes this rule's findings back: the text looked wrong and the container proved right. */
  readonly provenBy?: string;
  /** Pure. Yields in file order. */
  check(subject: Subject): Iterable<Trouble | Doubt>;
}

/** Declares a rule: returns it as it is, checked by the compiler. */
export function defineRule(rule: Rule): Rule {
  return rule;
}
