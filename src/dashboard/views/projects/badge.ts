/** The badge of a project, and the code that shows it elsewhere. */
import type { VNode } from 'preact';
import { html } from '../../html.ts';
import { CopyText } from '../../parts/copy.ts';
import { linkTo } from '../../route.ts';

/**
 * The card.
 * @param latest  id of the latest report: another one is another picture
 */
export function Badge({ name, latest }: { readonly name: string; readonly latest: string }): VNode {
  const path = `/projects/${encodeURIComponent(name)}/badge.svg`;
  const { markdown, markup } = badgeCode(location.origin, name);
  return html`<section class="card" aria-labelledby="badge-title">
    <h2 id="badge-title">Badge</h2>
    <p><img key=${latest} src=${path} height="20" alt=${`Badge of ${name}`} /></p>
    <p class="soft small">It needs no token and tells verdict and score only. It follows the latest report.</p>
    <h3>Markdown</h3>
    <${CopyText} text=${markdown} what="the Markdown of the badge" />
    <h3>HTML</h3>
    <${CopyText} text=${markup} what="the HTML of the badge" />
  </section>`;
}

/** The code. A name may hold nothing that Markdown or HTML reads otherwise. Pure. */
export function badgeCode(origin: string, name: string): { readonly markdown: string; readonly markup: string } {
  const picture = `${origin}/projects/${encodeURIComponent(name)}/badge.svg`;
  const page = `${origin}/${linkTo(['projects', name])}`;
  return {
    markdown: `[![Drydock](${picture})](${page})`,
    markup: `<a href="${page}"><img src="${picture}" alt="Drydock" height="20"></a>`,
  };
}
