/** What is said of a row, a build, an image: always a shape and a word, never a colour alone. */
import type { VNode } from 'preact';
import type { BuildState } from '../../schemas/build.ts';
import type { Severity } from '../../schemas/finding.ts';
import type { Status as StatusName } from '../../schemas/item.ts';
import type { Report } from '../../schemas/report.ts';
import { html } from '../html.ts';

/** How a status is said. */
export const STATUS_WORDS: Readonly<Record<StatusName, string>> = {
  pass: 'pass',
  warn: 'warning',
  fail: 'fail',
  unknown: 'unknown',
  'not-applicable': 'not applicable',
  waived: 'waived',
};

const STATE_LOOKS: Readonly<Record<BuildState, string>> = {
  queued: 'waiting',
  building: 'running',
  probing: 'running',
  passed: 'pass',
  failed: 'fail',
  errored: 'unknown',
  cancelled: 'not-applicable',
};

/** The small shape of a status; `name` is one of the classes `mark-…` of parts.css. It says nothing by itself to a screen reader. */
export function Mark({ name }: { readonly name: string }): VNode {
  return html`<span class=${`mark mark-${name}`} aria-hidden="true"></span>`;
}

/** Status of a row: shape and word. `isShort`: the word is for screen readers only, and in the tooltip. */
export function Status({ of, isShort = false }: { readonly of: StatusName; readonly isShort?: boolean }): VNode {
  const word = STATUS_WORDS[of];
  return html`<span class=${`status status-${of}`} title=${isShort ? word : undefined}
    ><${Mark} name=${of} /><span class=${isShort ? 'unseen' : ''}>${word}</span></span
  >`;
}

/** State of a build. */
export function State({ of }: { readonly of: BuildState }): VNode {
  return html`<span class=${`status status-${STATE_LOOKS[of]}`}><${Mark} name=${STATE_LOOKS[of]} />${of}</span>`;
}

/** `ready` or `not ready`, as a word that can be read from across the room. */
export function Verdict({ of }: { readonly of: Report['verdict'] }): VNode {
  const status = of === 'ready' ? 'pass' : 'fail';
  return html`<strong class=${`verdict status-${status}`}><${Mark} name=${status} />${of.replace('-', ' ')}</strong>`;
}

/** How bad a finding is. */
export function SeverityTag({ of }: { readonly of: Severity }): VNode {
  return html`<span class=${`tag tag-${of}`}>${of}</span>`;
}
