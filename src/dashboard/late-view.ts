/** A view whose modules come when it is first gone to. */
import { useEffect, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { html } from './html.ts';
import { Loading } from './parts/notice.ts';
import type { Route } from './route.ts';
import type { View, ViewComponent } from './views/view.ts';

const loaded = new Map<View, ViewComponent>();

/** Shows a view, at once where it was shown before. One of which a file is lost has the whole page loaded again (main.ts). */
export function LateView({ view, route }: { readonly view: View; readonly route: Route }): VNode {
  const [, drawAnew] = useState(0);
  useEffect(() => {
    if (loaded.has(view)) return;
    view.load().then(
      (component) => {
        loaded.set(view, component);
        drawAnew((times) => times + 1);
        dispatchEvent(new Event('drydock:shown'));
      },
      () => dispatchEvent(new Event('drydock:lost')),
    );
  }, [view]);
  const Component = loaded.get(view);
  return Component === undefined ? html`<${Loading} what=${view.title} />` : html`<${Component} route=${route} />`;
}
