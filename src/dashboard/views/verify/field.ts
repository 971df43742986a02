/** A field of the form: its name, what it means, and what the service has against its value. */
import type { ComponentChildren, VNode } from 'preact';
import { html } from '../../html.ts';

/** What an input carries so that its field's words belong to it. */
export function described(
  name: string,
  complaints: ReadonlyMap<string, string>,
): Readonly<Record<string, string | undefined>> {
  return {
    id: `verify-${name}`,
    name,
    'aria-describedby': `verify-${name}-more`,
    'aria-invalid': complaints.has(name) ? 'true' : undefined,
  };
}

/** A labelled input; the input is `children`, with what `described` says. */
export function Field({
  name,
  label,
  hint,
  complaints,
  children,
}: {
  readonly name: string;
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly complaints: ReadonlyMap<string, string>;
  readonly children: ComponentChildren;
}): VNode {
  return html`<div class="field">
    <label for=${`verify-${name}`}>${label}</label>
    ${children}
    <${More} name=${name} hint=${hint} complaints=${complaints} />
  </div>`;
}

/** The hint, and the complaint where there is one. */
export function More({
  name,
  hint,
  complaints,
}: {
  readonly name: string;
  readonly hint?: ComponentChildren;
  readonly complaints: ReadonlyMap<string, string>;
}): VNode {
  return html`<div class="field-more" id=${`verify-${name}-more`}>
    ${complaints.has(name) && html`<span class="field-complaint">${complaints.get(name)}</span>`}
    ${hint !== undefined && html`<span>${hint}</span>`}
  </div>`;
}
