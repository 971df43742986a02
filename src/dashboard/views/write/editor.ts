/** The editor of one file. It holds the text; others are told of each change, and change it through the handle. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { StreamLanguage, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { dockerFile } from '@codemirror/legacy-modes/mode/dockerfile';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import {
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Finding } from '../../../schemas/finding.ts';
import { html } from '../../html.ts';
import { highlighting, theme } from './editor-theme.ts';
import { diagnosticOf } from './finding-text.ts';
import { findingTip, pressMark } from './finding-tip.ts';
import { placed } from './places.ts';

/** The editor of a file, once it stands. */
export interface EditorHandle {
  view: EditorView | undefined;
}

/** What an editor is told. */
interface Needs {
  /** For those who do not see it. */
  readonly label: string;
  /** Path of the file, as findings name it. */
  readonly file: string;
  /** What stands there first; later changes come through the handle. */
  readonly text: string;
  readonly hint: string;
  readonly handle: EditorHandle;
  readonly isHidden: boolean;
  readonly findings: readonly Finding[];
  /** The text that the findings are about: in another one they have no place. */
  readonly analysed: string | undefined;
  readonly changed: (text: string) => void;
  readonly apply: (finding: Finding) => void;
}

/** The editor. */
export function Editor(needs: Needs): VNode {
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(needs);
  latest.current = needs;
  const { handle, findings, analysed, file, isHidden } = needs;

  useEffect(() => {
    const { text, label, hint } = latest.current;
    const root = host.current?.shadowRoot ?? host.current?.attachShadow({ mode: 'open' });
    if (root === undefined) return undefined;
    const view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          ...extensions(label, hint),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) latest.current.changed(state.doc.toString());
          }),
        ],
      }),
    });
    view.dom.addEventListener('click', (event) => pressMark(view, event));
    handle.view = view;
    return () => {
      handle.view = undefined;
      view.destroy();
    };
  }, [handle]);

  useEffect(() => {
    const { view } = handle;
    if (view === undefined || (analysed !== undefined && view.state.doc.toString() !== analysed)) return;
    const all = analysed === undefined ? [] : placed(findings, file, view.state.doc);
    view.dispatch(
      setDiagnostics(
        view.state,
        all.map((one) => diagnosticOf(one, (finding) => latest.current.apply(finding))),
      ),
    );
  }, [handle, findings, analysed, file]);

  return html`<div class="editor" ref=${host} hidden=${isHidden}></div>`;
}

function extensions(label: string, hint: string): readonly Extension[] {
  return [
    lineNumbers(),
    lintGutter({ tooltipFilter: () => [] }), // marks are pressed: finding-tip.ts
    highlightActiveLine(),
    highlightActiveLineGutter(),
    history(),
    indentUnit.of('    '),
    StreamLanguage.define(dockerFile),
    syntaxHighlighting(highlighting),
    theme,
    findingTip,
    keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
    placeholder(hint),
    EditorView.lineWrapping,
    // Editable text takes the focus by itself; with the attribute tools know it, too.
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
  ];
}
