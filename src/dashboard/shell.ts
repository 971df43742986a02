/** What surrounds every view: the name, the ways to go, how the service is, and the dialog for the token. */
import { useEffect, useRef } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Health } from '../schemas/health.ts';
import { LateView } from './late-view.ts';
import { isReachable } from './api/client.ts';
import { useLoaded } from './api/loaded.ts';
import { askForTokenAgain, wantToken } from './api/token.ts';
import { html } from './html.ts';
import { linkTo, useRoute } from './route.ts';
import type { Route } from './route.ts';
import { TokenDialog, TokenNotice } from './token-dialog.ts';
import { views } from './views/index.ts';
import { useWatched } from './watchable.ts';

const HEALTH_EVERY_MS = 10_000;

/** The whole page. */
export function Shell(): VNode {
  const route = useRoute();
  const [name = ''] = route.path;
  const view = views.find(({ names }) => names.includes(name));
  const main = useRef<HTMLElement>(null);
  const place = route.path.join('/');
  const before = useRef(place);
  useEffect(() => {
    document.title = view === undefined ? 'Drydock' : `${view.title} · Drydock`;
    // A reader without eyes is told of the new place; on the first one the browser tells by itself.
    if (before.current !== place) {
      main.current?.focus({ preventScroll: true });
      askForTokenAgain();
    }
    before.current = place;
  }, [place]);
  return html`<div class="page">
    <a class="skip" href="#content" onClick=${skip(main)}>Skip to content</a>
    <header class="top">
      <a class="brand" href=${linkTo([])}><span class="brand-mark" aria-hidden="true"></span>Drydock</a>
      <${Ways} route=${route} />
      <${Wellbeing} />
    </header>
    <${Offline} />
    <${TokenNotice} />
    <main id="content" tabindex="-1" ref=${main}>
      ${view === undefined ? html`<${Nowhere} />` : html`<${LateView} key=${place} view=${view} route=${route} />`}
    </main>
    <${TokenDialog} />
  </div>`;
}

function skip(main: { readonly current: HTMLElement | null }): (event: Event) => void {
  return (event) => {
    event.preventDefault(); // the address says where the reader is, and that stays
    main.current?.focus();
  };
}

function Ways({ route }: { readonly route: Route }): VNode {
  const here = route.path[0] ?? '';
  return html`<nav aria-label="Views">
    ${views
      .filter(({ way }) => way !== undefined)
      .map(
        ({ names, way }) =>
          html`<a
            href=${linkTo(names.slice(0, 1).filter((name) => name !== ''))}
            aria-current=${names.includes(here) ? 'page' : undefined}
            >${way}</a
          >`,
      )}
  </nav>`;
}

/** A dot and a word; the details as its tooltip, and on the overview. */
function Wellbeing(): VNode {
  const { value } = useLoaded<Health>('/health', HEALTH_EVERY_MS);
  const isThere = useWatched(isReachable);
  const status = !isThere ? 'down' : (value?.status ?? 'unknown');
  const words = { ok: 'well', degraded: 'degraded', down: 'down', unknown: '…' }[status];
  const marks = { ok: 'pass', degraded: 'warn', down: 'fail', unknown: 'unknown' };
  const why = [value?.database, value?.engine, value?.disk]
    .map((part) => part?.detail ?? '')
    .filter((text) => text !== '');
  return html`<span class="wellbeing" title=${why.join('\n')}>
    <span class=${`mark mark-${marks[status]}`} aria-hidden="true"></span><span class="unseen">The service is </span
    ><span>${words}</span>
    <button type="button" class="quiet" onClick=${wantToken}>Token</button>
  </span>`;
}

function Offline(): VNode | null {
  if (useWatched(isReachable)) return null;
  return html`<p class="offline" role="alert">
    Drydock cannot be reached. What you see is the last that was known; it goes on by itself when the service is back.
  </p>`;
}

function Nowhere(): VNode {
  return html`<div class="notice notice-empty">
    <h1>There is nothing here</h1>
    <p>The link may be from another version. <a href=${linkTo([])}>Go to the overview.</a></p>
  </div>`;
}
