/**
 * How the editor looks, in the words of tokens.css. It stands in a shadow root, where the page's own sheets do not reach and
 * where the library's come as constructed sheets: a `<style>` element would be refused by the page's policy.
 */
import { HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** Colours of the words of a Dockerfile. */
export const highlighting = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)', fontWeight: '600' },
  { tag: tags.comment, color: 'var(--ink-soft)', fontStyle: 'italic' },
  { tag: tags.string, color: 'var(--pass)' },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: 'var(--unknown)' },
  { tag: tags.atom, color: 'var(--unknown)' },
]);

/** Everything else. */
export const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'var(--surface)', fontSize: 'var(--code)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.65', overflow: 'auto' },
  '.cm-content': { padding: '0.75rem 0', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 1rem 0 0.5rem' },
  '&.cm-focused .cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--accent-wash) 55%, transparent)' },
  '.cm-content ::selection': { backgroundColor: 'color-mix(in srgb, var(--accent) 30%, transparent)' },
  '.cm-gutters': {
    backgroundColor: 'var(--surface)',
    color: 'var(--ink-soft)',
    border: 'none',
    borderRight: '1px solid var(--line)',
  },
  '.cm-activeLineGutter': { backgroundColor: 'var(--accent-wash)', color: 'var(--ink)' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '2.25rem', padding: '0 0.5rem 0 0.25rem' },
  '.cm-gutter-lint': { width: '1.5rem' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '0.3rem 0 0 0.4rem' },
  '.cm-lint-marker': {
    width: '0.8125rem',
    height: '0.8125rem',
    cursor: 'pointer',
    content: 'none',
    backgroundColor: 'var(--none)',
    clipPath: 'circle(32%)',
  },
  // The shapes of parts.css: a cross, a triangle; a small dot for what changes no verdict.
  '.cm-lint-marker-error': {
    backgroundColor: 'var(--fail)',
    clipPath:
      'polygon(20% 0, 50% 30%, 80% 0, 100% 20%, 70% 50%, 100% 80%, 80% 100%, 50% 70%, 20% 100%, 0 80%, 30% 50%, 0 20%)',
  },
  '.cm-lint-marker-warning': { backgroundColor: 'var(--warn)', clipPath: 'polygon(50% 0, 100% 92%, 0 92%)' },
  '.cm-lintRange': {
    backgroundImage: 'none',
    paddingBottom: '0',
    textDecorationLine: 'underline',
    textDecorationThickness: '1.5px',
    textUnderlineOffset: '0.25em',
    textDecorationSkipInk: 'none',
  },
  '.cm-lintRange-hint, .cm-lintRange-info': { textDecorationStyle: 'dotted', textDecorationColor: 'var(--none)' },
  '.cm-lintRange-warning': { textDecorationStyle: 'wavy', textDecorationColor: 'var(--warn)' },
  '.cm-lintRange-error': { textDecorationStyle: 'wavy', textDecorationColor: 'var(--fail)' },
  '.cm-lintRange-active': { backgroundColor: 'var(--accent-wash)' },
  '.cm-placeholder': { color: 'var(--ink-soft)' },
  '.cm-tooltip': {
    zIndex: '5',
    maxWidth: 'min(34rem, 92vw)',
    maxHeight: '60vh',
    overflow: 'auto',
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius)',
    backgroundColor: 'var(--surface)',
    color: 'var(--ink)',
    boxShadow: '0 6px 24px color-mix(in srgb, var(--ink) 18%, transparent)',
    font: 'var(--small)/1.5 var(--font)',
    whiteSpace: 'normal',
  },
  '.cm-diagnostic': { padding: '0.625rem 0.875rem', borderLeft: '3px solid var(--none)' },
  '.cm-diagnostic + .cm-diagnostic': { borderTop: '1px solid var(--line)' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--fail)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--warn)' },
  '.cm-diagnosticText p': { margin: '0 0 0.25rem' },
  '.cm-diagnosticText strong': { fontWeight: '600' },
  '.cm-diagnosticText code': { fontFamily: 'var(--mono)', fontSize: 'var(--code)' },
  // While a tip of ours is open, the library's for the pointer has nothing to say (finding-tip.ts).
  '.cm-tooltip-hover:has(> .cm-tooltip-lint:empty)': { display: 'none' },
  '.cm-diagnosticText .why': { color: 'var(--ink-soft)' },
  '.cm-diagnosticAction': {
    margin: '0.25rem 0 0',
    padding: '0.25rem 0.625rem',
    border: '1px solid var(--accent)',
    borderRadius: 'var(--radius)',
    backgroundColor: 'var(--accent)',
    color: 'var(--accent-ink)',
    font: 'inherit',
    fontWeight: '550',
    cursor: 'pointer',
  },
});
