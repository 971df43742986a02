/** What the timeline draws. */

/** One step as it is drawn. */
export interface TimelineStep {
  readonly key: string;
  /** In the Dockerfile; `null`: not known, or work of the builder itself. */
  readonly line: number | null;
  readonly text: string;
  readonly state: 'running' | 'done' | 'cached' | 'error' | 'told';
  /** Since the first step began; `null`: not known, and the bar begins at the left. */
  readonly startMs: number | null;
  readonly durationMs: number | null;
}
