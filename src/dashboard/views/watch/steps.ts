/** Steps of a build as the timeline takes them: from its log while it runs, from its report once it has ended. Pure. */
import type { BuildStep } from '../../../schemas/report.ts';
import type { TimelineStep } from '../../parts/timeline-step.ts';
import type { LogSection } from './log/log-model.ts';

/** Of the sections of a log. It tells neither lines nor when a step began. */
export function stepsOfLog(sections: readonly LogSection[]): readonly TimelineStep[] {
  return sections.map(({ key, title, state, seconds }) => ({
    ...{ key, text: title, state, line: null, startMs: null },
    durationMs: seconds === undefined ? null : seconds * 1000,
  }));
}

/** Of a report. */
export function stepsOfReport(steps: readonly BuildStep[]): readonly TimelineStep[] {
  const inOrder = steps.toSorted((a, b) => (a.startedMs ?? Infinity) - (b.startedMs ?? Infinity) || 0);
  return inOrder.map(({ name, line, command, cached, startedMs, durationMs, error }, index) => ({
    ...{ key: String(index), text: command ?? name, line, startMs: startedMs, durationMs },
    state: error !== null ? 'error' : cached ? 'cached' : durationMs === null ? 'told' : 'done',
  }));
}
