/** A build that failed: as it was seen, and as it is explained. */
import type { BuildCause, BuildFailure } from '../../schemas/report.ts';

/** A failure as the builder told it, not explained yet. */
export type FailureSeen = Omit<BuildFailure, 'cause' | 'advice'>;

/** What is known of a failure. */
export interface Explanation {
  readonly cause: BuildCause;
  /** One or two sentences. */
  readonly advice: string;
}
