/** A finding as the library's tips and ours show it: what, why, and what to write instead. */
import type { Diagnostic } from '@codemirror/lint';
import type { EditorView } from '@codemirror/view';
import type { Finding } from '../../../schemas/finding.ts';
import type { Placed } from './places.ts';

const SEVERITIES = { error: 'error', warning: 'warning', info: 'info', style: 'hint' } as const;

/**
 * A finding as the editor takes it.
 * @param apply  mends it
 */
export function diagnosticOf({ finding, from, to }: Placed, apply: (finding: Finding) => void): Diagnostic {
  return {
    from,
    to,
    severity: SEVERITIES[finding.severity],
    message: finding.message,
    source: finding.rule,
    renderMessage: () => textOf(finding),
    ...((finding.edits ?? []).length === 0
      ? {}
      : { actions: [{ name: 'Apply this fix', apply: () => apply(finding) }] }),
  };
}

/** The same for a tip of our own. */
export function elementOf(of: Diagnostic, view: EditorView): HTMLElement {
  const element = document.createElement('div');
  element.className = `cm-diagnostic cm-diagnostic-${of.severity}`;
  const text = document.createElement('div');
  text.className = 'cm-diagnosticText';
  text.append(of.renderMessage?.(view) ?? of.message);
  element.append(text);
  for (const action of of.actions ?? []) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'cm-diagnosticAction';
    button.textContent = action.name;
    button.addEventListener('click', () => {
      action.apply(view, of.from, of.to);
      view.focus();
    });
    element.append(button);
  }
  return element;
}

function textOf({ severity, message, why, fix }: Finding): Node {
  const all = document.createDocumentFragment();
  const line = (name: string, lead: string, rest: string): void => {
    const element = document.createElement('p');
    element.className = name;
    if (lead !== '') {
      const strong = document.createElement('strong');
      strong.textContent = lead;
      element.append(strong, ' ');
    }
    element.append(...proseOf(rest));
    all.append(element);
  };
  line('what', `${severity}:`, message);
  line('why', '', why);
  line('fix', 'Instead:', fix);
  return all;
}

/** What stands between backticks is code, as in parts/prose.ts. */
function proseOf(text: string): readonly (Node | string)[] {
  return text.split('`').map((part, index) => {
    if (index % 2 === 0) return part;
    const code = document.createElement('code');
    code.textContent = part;
    return code;
  });
}
