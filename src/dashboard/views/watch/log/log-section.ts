/** One section of the log: its title, which folds it, and its lines, of which only those near the eye are drawn. */
import { useMemo } from 'preact/hooks';
import type { VNode } from 'preact';
import { html } from '../../../html.ts';
import { duration } from '../../../parts/amounts.ts';
import { Mark } from '../../../parts/status.ts';
import type { LogSection as Section } from './log-model.ts';
import { useNear } from './near.ts';

/** Lines that are drawn, or not, together. */
const TOGETHER = 100;
const LINE_REM = 1.25;
const LOOKS = { running: 'running', done: 'pass', cached: 'waived', error: 'fail', told: 'not-applicable' };
const WORDS = { running: 'running', done: 'done', cached: 'cached', error: 'failed', told: '' };

/**
 * A section.
 * @param root      what scrolls
 * @param size      number of its lines when it was drawn: the section itself grows in place
 * @param found     what is looked for; empty: nothing
 * @param current   the line that the search has come to
 */
export function LogSection({
  of,
  size,
  root,
  isOpen,
  toggle,
  found,
  current,
}: {
  readonly of: Section;
  readonly size: number;
  readonly root: Element | null;
  readonly isOpen: boolean;
  readonly toggle: (key: string) => void;
  readonly found: string;
  readonly current: number | undefined;
}): VNode {
  const { key, kind, number, title, state, seconds } = of;
  const pieces = Array.from({ length: isOpen ? Math.ceil(size / TOGETHER) : 0 }, (_, index) => index * TOGETHER);
  const word = kind === 'end' ? '' : WORDS[state];
  const told = [seconds === undefined ? '' : duration(seconds * 1000), word].filter((one) => one !== '');
  const name = html`<span class="log-name"
    ><${Mark} name=${LOOKS[state]} /><span class="log-number">${number}</span><span class="log-what">${title}</span
    ><span class="log-told">${told.join(', ')}</span></span
  >`;
  return html`<div class=${`log-section log-${kind} log-is-${state}`}>
    ${
      size === 0
        ? html`<div class="log-title">${name}</div>`
        : html`<button type="button" class="log-title" aria-expanded=${isOpen} onClick=${() => toggle(key)}>
            ${name}<span class="log-size">${size.toLocaleString('en')} ${size === 1 ? 'line' : 'lines'}</span>
          </button>`
    }
    ${pieces.map(
      (from) =>
        html`<${Piece}
          key=${from}
          of=${of}
          from=${from}
          to=${Math.min(size, from + TOGETHER)}
          root=${root}
          found=${found}
          current=${current !== undefined && current >= from && current < from + TOGETHER ? current : undefined}
        />`,
    )}
  </div>`;
}

function Piece({
  of,
  from,
  to,
  root,
  found,
  current,
}: {
  readonly of: Section;
  readonly from: number;
  readonly to: number;
  readonly root: Element | null;
  readonly found: string;
  readonly current: number | undefined;
}): VNode {
  const { ref, isNear, height } = useNear(root);
  const isDrawn = isNear || current !== undefined;
  // The same node again is not compared anew: a log that grows draws its last piece alone.
  return useMemo(
    () =>
      isDrawn
        ? html`<div ref=${ref} class="log-piece">
            ${of.lines
              .slice(from, to)
              .map(
                (line, index) =>
                  html`<div class=${`log-line${from + index === current ? ' log-line-current' : ''}`}>
                    <span class="log-at" aria-hidden="true">${from + index + 1}</span
                    ><span class="log-text">${highlighted(line, found)}</span>
                  </div>`,
              )}
          </div>`
        : html`<div
            ref=${ref}
            class="log-piece"
            style=${{ height: height === undefined ? `${(to - from) * LINE_REM}rem` : `${height}px` }}
          ></div>`,
    [isDrawn, of, from, to, found, current, height],
  );
}

function highlighted(line: string, found: string): string | readonly (string | VNode)[] {
  if (found === '') return line;
  const low = line.toLowerCase();
  const wanted = found.toLowerCase();
  // Letters whose small form is longer would shift what follows.
  if (low.length !== line.length) return line;
  const parts: (string | VNode)[] = [];
  let done = 0;
  for (let at = low.indexOf(wanted); at !== -1; at = low.indexOf(wanted, done)) {
    parts.push(line.slice(done, at), html`<mark>${line.slice(at, at + wanted.length)}</mark>`);
    done = at + wanted.length;
  }
  parts.push(line.slice(done));
  return parts;
}
