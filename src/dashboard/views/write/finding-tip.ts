/**
 * What the findings of a line say, beside that line: opened by a mark in the margin, or by F8, which leads from one finding to
 * the next; Ctrl and the dot mend the one that the cursor is at. The library's own tip is for a pointer that hovers, alone, and its
 * own ways to the next finding would open that one too.
 */
import { forEachDiagnostic, linter } from '@codemirror/lint';
import type { Diagnostic } from '@codemirror/lint';
import { StateEffect, StateField } from '@codemirror/state';
import type { EditorState, Extension } from '@codemirror/state';
import { closeHoverTooltips, EditorView, keymap, showTooltip, tooltips } from '@codemirror/view';
import type { Command, Tooltip } from '@codemirror/view';
import { elementOf } from './finding-text.ts';

/** Opens the tip of the line that an offset is in; `undefined` closes it. */
const opened = StateEffect.define<number | undefined>();

const field = StateField.define<Tooltip | null>({
  create: () => null,
  update: (tip, transaction) => {
    for (const effect of transaction.effects) {
      if (effect.is(opened)) return effect.value === undefined ? null : tipAt(transaction.state, effect.value);
    }
    return transaction.docChanged || transaction.selection !== undefined ? null : tip;
  },
  provide: (of) => showTooltip.from(of),
});

const walk =
  (step: 1 | -1): Command =>
  (view) => {
    const { from } = view.state.selection.main;
    const all = inOrder(view.state);
    const next =
      step === 1
        ? (all.find((one) => one.from > from) ?? all[0])
        : (all.findLast((one) => one.from < from) ?? all.at(-1));
    if (next === undefined) return false;
    view.dispatch({
      selection: { anchor: next.from, head: next.to },
      effects: [opened.of(next.from), closeHoverTooltips, EditorView.announce.of(`${next.severity}: ${next.message}`)],
      scrollIntoView: true,
    });
    return true;
  };

const mend: Command = (view) => {
  const { head } = view.state.selection.main;
  const there = ofLine(view.state, head).filter(({ actions = [] }) => actions.length > 0);
  const one = there.find(({ from, to }) => from <= head && head <= to) ?? there[0];
  one?.actions?.[0]?.apply(view, one.from, one.to);
  return one !== undefined;
};

const leave: Command = (view) => {
  view.dispatch({ effects: [opened.of(undefined), closeHoverTooltips] });
  view.setTabFocusMode(3000);
  return false;
};

/** Between a tip and the rim of the window. */
const AIR = 8;

/** The tip, and the keys that lead to it. */
export const findingTip: Extension = [
  field,
  tooltips({ tooltipSpace: spaceForTips }),
  // One tip at a time: two would push each other out of sight.
  linter(null, { tooltipFilter: (found, state) => (state.field(field) === null ? [...found] : []) }),
  keymap.of([
    { key: 'F8', run: walk(1), shift: walk(-1) },
    { key: 'Mod-.', run: mend },
    // Tab indents; after Escape it leads on, so that a keyboard is never caught in here.
    { key: 'Escape', run: leave },
  ]),
];

/** Opens the tip of a mark that was pressed, or closes it. Answers whether there was one. */
export function pressMark(view: EditorView, event: MouseEvent): boolean {
  const mark = event.target instanceof Element ? event.target.closest('.cm-lint-marker') : null;
  if (mark === null) return false;
  const { from } = view.lineBlockAtHeight(mark.getBoundingClientRect().top + 2 - view.documentTop);
  const isOpen = view.state.field(field)?.pos === from;
  view.dispatch({ effects: [opened.of(isOpen ? undefined : from), closeHoverTooltips] });
  return true;
}

/** Where tips may lie: what the window shows of the view, without the head of the page. What is too high for that is scrolled. */
function spaceForTips(): { top: number; left: number; bottom: number; right: number } {
  const { clientWidth, clientHeight } = document.documentElement;
  const head = document.querySelector('main')?.getBoundingClientRect().top ?? 0;
  return { top: Math.max(head, 0) + AIR, left: AIR, bottom: clientHeight - AIR, right: clientWidth - AIR };
}

/** A finding stands where it begins, as its mark does. */
function ofLine(state: EditorState, offset: number): readonly Diagnostic[] {
  const line = state.doc.lineAt(offset);
  return inOrder(state).filter(({ from }) => line.from <= from && from <= line.to);
}

/** All of them, where they are by now. */
function inOrder(state: EditorState): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  forEachDiagnostic(state, (one, from, to) => found.push({ ...one, from, to }));
  return found.sort((one, other) => one.from - other.from);
}

function tipAt(state: EditorState, offset: number): Tooltip | null {
  const found = ofLine(state, offset);
  if (found.length === 0) return null;
  return {
    pos: state.doc.lineAt(offset).from,
    above: false,
    create: (view) => {
      const dom = document.createElement('div');
      dom.className = 'cm-tooltip-lint';
      dom.setAttribute('role', 'group');
      dom.setAttribute('aria-label', 'Findings of this line');
      for (const one of found) dom.append(elementOf(one, view));
      return { dom };
    },
  };
}
