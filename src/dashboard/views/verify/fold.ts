/** A part of the form that is folded until it is wanted. */
import type { ComponentChildren, VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { html } from '../../html.ts';

/**
 * The part. It opens for a complaint about a field in it, before the focus goes there, and is closed by the reader alone.
 * @param names  of its fields
 */
export function Fold({
  title,
  names,
  complaints,
  children,
}: {
  readonly title: string;
  readonly names: readonly string[];
  readonly complaints: ReadonlyMap<string, string>;
  readonly children: ComponentChildren;
}): VNode {
  const part = useRef<HTMLDetailsElement>(null);
  const isMeant = names.some((name) => complaints.has(name));
  useLayoutEffect(() => {
    if (isMeant && part.current !== null) part.current.open = true;
  }, [isMeant, complaints]);
  return html`<details class="verify-advanced" ref=${part}>
    <summary>${title}</summary>
    ${children}
  </details>`;
}
