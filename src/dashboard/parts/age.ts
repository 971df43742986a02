/** How long ago something was. */
import { useEffect, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { html } from '../html.ts';
import { ago, moment } from './amounts.ts';

/** How long ago, with the moment itself as tooltip. It keeps up by itself. */
export function Age({ of }: { readonly of: string }): VNode {
  const [, setNow] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  return html`<time dateTime=${of} title=${moment(of)}>${ago(Date.now() - Date.parse(of))}</time>`;
}
