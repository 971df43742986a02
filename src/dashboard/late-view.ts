/** A view whose modules come when it is first gone to. */
import { useEffect, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { pause, waitAfter } from './api/again.ts';
import { askForOwnFiles } from './api/own-files.ts';
import { html } from './html.ts';
import { Loading } from './parts/notice.ts';
import type { Route } from './route.ts';
import type { View, ViewComponent } from './views/view.ts';

const loaded = new Map<View, ViewComponent>();

/** A browser may remember that a file did not come, and never ask for it again: so often it is tried with a service that has it. */
const MOST_IN_VAIN = 4;
/** As of `waitAfter`: about four seconds, since the reader looks at the place where it will be. */
const LONGEST_WAIT = 3;

/** Shows a view, at once where it was shown before. One that does not come is waited for; everything else that is shown stays. */
export function LateView({ view, route }: { readonly view: View; readonly route: Route }): VNode {
  const [, drawAnew] = useState(0);
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    if (loaded.has(view)) return undefined;
    const gone = new AbortController();
    void bring(view, () => setAway(true), gone.signal).then(() => drawAnew((times) => times + 1));
    return () => gone.abort();
  }, [view]);
  const Component = loaded.get(view);
  if (Component !== undefined) return html`<${Component} route=${route} />`;
  return isAway ? html`<${Away} what=${view.title} />` : html`<${Loading} what=${view.title} />`;
}

/** Loads it, as often as it takes. Only where the service has other files by now is the whole page loaded again (main.ts). */
async function bring(view: View, away: () => void, signal: AbortSignal): Promise<void> {
  let inVain = 0;
  for (let failures = 0; !signal.aborted; failures++) {
    const component = await view.load().catch(() => undefined);
    if (component !== undefined) {
      loaded.set(view, component);
      dispatchEvent(new Event('drydock:shown'));
      return;
    }
    const files = await askForOwnFiles();
    if (signal.aborted) return;
    if (files === 'away') away();
    if (files === 'same') inVain++;
    if (files === 'other' || inVain > MOST_IN_VAIN) {
      dispatchEvent(new Event('drydock:lost'));
      return;
    }
    await pause(waitAfter(Math.min(failures, LONGEST_WAIT)), signal);
  }
}

function Away({ what }: { readonly what: string }): VNode {
  return html`<div class="notice notice-empty" role="status">
    <h1>${what} is not loaded yet</h1>
    <p>It was not opened here before, and the service is away. It comes by itself when the service is back.</p>
  </div>`;
}
