/** Names with values, as many as wanted: build arguments, variables, secrets. */
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { html } from '../../html.ts';
import { More } from './field.ts';
import type { Row } from './wish.ts';

/**
 * The rows of one field.
 * @param markLabel  of the box beside each row; left out: there is none
 * @param isSecret   whether a row's value is hidden while it is typed
 */
export function Rows({
  field,
  title,
  one,
  rows,
  change,
  isSecret,
  markLabel,
  suggestions = [],
  hint,
  complaints,
}: {
  readonly field: string;
  readonly title: string;
  readonly one: string;
  readonly rows: readonly Row[];
  readonly change: (rows: readonly Row[]) => void;
  readonly isSecret: (row: Row) => boolean;
  readonly markLabel?: string;
  readonly suggestions?: readonly string[];
  readonly hint: string | undefined;
  readonly complaints: ReadonlyMap<string, string>;
}): VNode {
  const group = useRef<HTMLFieldSetElement>(null);
  const set = (key: number, part: Partial<Row>): void =>
    change(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  const focus = (which: string): void =>
    void requestAnimationFrame(() => [...(group.current?.querySelectorAll<HTMLElement>(which) ?? [])].at(-1)?.focus());
  const add = (): void => {
    change([...rows, { key: Math.max(0, ...rows.map(({ key }) => key)) + 1, name: '', value: '', isMarked: false }]);
    focus('.rows-name');
  };
  const remove = (key: number): void => {
    change(rows.filter((row) => row.key !== key));
    focus('.rows-add');
  };
  const list = suggestions.filter((name) => !rows.some((row) => row.name === name));
  const invalid = complaints.has(field) ? 'true' : undefined;
  return html`<fieldset class="rows" ref=${group} aria-describedby=${`verify-${field}-more`}>
    <legend>${title}</legend>
    <button type="button" class="quiet rows-add" onClick=${add}>Add ${one}</button>
    ${rows.map(
      (row, index) =>
        html`<div class="rows-row" key=${row.key}>
          <input
            class="rows-name"
            aria-label=${`Name of ${one} ${index + 1}`}
            aria-invalid=${invalid}
            placeholder="NAME"
            autocomplete="off"
            autocapitalize="off"
            spellcheck=${false}
            list=${`verify-${field}-names`}
            value=${row.name}
            onInput=${(event: Event) => set(row.key, { name: (event.target as HTMLInputElement).value })}
          />
          <input
            class="rows-value"
            type=${isSecret(row) ? 'password' : 'text'}
            aria-label=${`Value of ${row.name === '' ? `${one} ${index + 1}` : row.name}`}
            placeholder="value"
            autocomplete=${isSecret(row) ? 'new-password' : 'off'}
            spellcheck=${false}
            value=${row.value}
            onInput=${(event: Event) => set(row.key, { value: (event.target as HTMLInputElement).value })}
          />
          ${
            markLabel !== undefined &&
            html`<label class="box">
              <input
                type="checkbox"
                checked=${row.isMarked}
                onChange=${(event: Event) => set(row.key, { isMarked: (event.target as HTMLInputElement).checked })}
              />
              ${markLabel}
            </label>`
          }
          <button
            type="button"
            class="quiet"
            aria-label=${`Remove ${row.name === '' ? `${one} ${index + 1}` : row.name}`}
            onClick=${() => remove(row.key)}
          >
            Remove
          </button>
        </div>`,
    )}
    <datalist id=${`verify-${field}-names`}>
      ${list.map((name) => html`<option key=${name} value=${name}></option>`)}
    </datalist>
    <${More} name=${field} hint=${hint} complaints=${complaints} />
  </fieldset>`;
}
