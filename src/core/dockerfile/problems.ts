/**
 * What the builder refuses, each kind once: its code, and when the builder says no. Messages are written where the case
 * is found, because that is where its names and values are at hand.
 */
import type { Span, SyntaxProblem } from './types.ts';

/**
 * Code of each kind of problem, and when it shows. `reading`: as soon as the file is read. `joining`: when the stages are
 * put together, whatever the target is. `building`: when a stage is turned into build steps, so only in stages that the
 * target needs.
 */
const problemKinds = {
  'argument-count': 'reading',
  'blank-name': 'reading',
  'check-option': 'joining',
  'checksum-value': 'building',
  'chmod-value': 'building',
  'circular-stage': 'joining',
  'copy-source': 'building',
  'duplicate-directive': 'reading',
  'duplicate-flag': 'reading',
  'empty-file': 'reading',
  'escape-directive': 'reading',
  expansion: 'building',
  'flag-value': 'reading',
  'flag-value-missing': 'reading',
  'from-flag-variable': 'joining',
  'heredoc-destination': 'reading',
  'image-name': 'joining',
  'image-name-blank': 'joining',
  'json-not-strings': 'reading',
  'line-too-long': 'reading',
  'mount-option': 'building',
  'mount-syntax': 'reading',
  'no-stage': 'joining',
  'onbuild-trigger': 'reading',
  'outside-stage': 'reading',
  'pair-without-value': 'reading',
  'platform-blank': 'joining',
  'platform-value': 'joining',
  'port-value': 'building',
  'shell-not-json': 'reading',
  'stage-index': 'joining',
  'stage-name': 'reading',
  'stage-name-form': 'joining',
  'stage-not-ready': 'building',
  'stop-signal': 'building',
  'target-missing': 'joining',
  'unknown-flag': 'reading',
  'unknown-instruction': 'reading',
  'unterminated-heredoc': 'reading',
  'volume-empty': 'reading',
  'volume-expands-empty': 'building',
} as const satisfies Record<string, SyntaxProblem['when']>;

/** Code of a problem. */
export type ProblemCode = keyof typeof problemKinds;

/** Collects problems in the order in which they are found, each with the stage whose building it would stop. */
export class Problems {
  readonly #all: { readonly problem: SyntaxProblem; readonly stage: number | undefined }[] = [];
  /** The stage that is being read; `undefined` outside of any, and for what shows whatever the target is. */
  stage: number | undefined;
  /** When given, only these are taken: the builder reads a trigger of ONBUILD with half an eye. */
  only: ReadonlySet<ProblemCode> | undefined;

  /** True while a trigger is read in the stage where it runs: whatever is wrong with it stops that stage alone. */
  isForStage = false;

  add(code: ProblemCode, message: string, span: Span): void {
    if (this.only !== undefined && !this.only.has(code)) return;
    const when = this.isForStage ? 'building' : problemKinds[code];
    this.#all.push({ problem: { code, when, message, span }, stage: when === 'building' ? this.stage : undefined });
  }

  /** The problems of a build that needs the stages of which `isNeeded` says so. */
  of(isNeeded: (stage: number) => boolean): readonly SyntaxProblem[] {
    return this.#all.filter(({ stage }) => stage === undefined || isNeeded(stage)).map(({ problem }) => problem);
  }
}
