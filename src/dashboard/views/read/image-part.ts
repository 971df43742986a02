/** The image: what the base brought, what the Dockerfile put on it layer by layer, what is large, and what is there for nothing. */
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { ImageReport } from '../../../schemas/report.ts';
import { html } from '../../html.ts';
import { size } from '../../parts/amounts.ts';
import { imageTree, partAt, trail } from './layer-tree.ts';
import type { Part } from './layer-tree.ts';
import { Treemap } from './treemap.ts';

type LineLink = (line: number) => string;

/** The part. */
export function ImagePart({ image, lineLink }: { readonly image: ImageReport; readonly lineLink: LineLink }): VNode {
  const { id, sizeBytes, base, layers, wastedBytes = 0, largest = [] } = image;
  const own = imageTree(image);
  return html`<div class="stack">
    <dl class="facts">
      <div>
        <dt>Image id</dt>
        <dd><code>${id}</code></dd>
      </div>
      <div>
        <dt>Size</dt>
        <dd>${size(sizeBytes)}</dd>
      </div>
    </dl>
    ${
      base === undefined || layers === undefined
        ? html`<p class="soft">The image could not be looked into, so nothing is known of its layers.</p>`
        : html`<div class="stack">
            <${Share}
              base=${base.sizeBytes}
              layers=${base.layers}
              own=${own.sizeBytes}
              wasted=${Math.min(wastedBytes, own.sizeBytes)}
            />
            ${
              own.sizeBytes === 0
                ? html`<p class="soft">The Dockerfile put no file on its base.</p>`
                : html`<${Layers} own=${own} lineLink=${lineLink} />`
            }
          </div>`
    }
    ${largest.length > 0 && html`<${Largest} of=${largest} lineLink=${lineLink} />`}
  </div>`;
}

function Share({
  base,
  layers,
  own,
  wasted,
}: {
  readonly base: number;
  readonly layers: number;
  readonly own: number;
  readonly wasted: number;
}): VNode {
  const parts = [
    { id: 'base', bytes: base, word: `from the base, in ${layers} layers` },
    { id: 'own', bytes: own - wasted, word: 'from this Dockerfile' },
    { id: 'wasted', bytes: wasted, word: 'written for nothing: a later layer replaces or deletes it' },
  ].filter(({ bytes }) => bytes > 0);
  return html`<div class="share">
    <div class="share-bar" aria-hidden="true">
      ${parts.map(({ id, bytes }) => html`<span key=${id} class=${`share-${id}`} style=${{ flexGrow: bytes }}></span>`)}
    </div>
    <ul class="share-words">
      ${parts.map(
        ({ id, bytes, word }) =>
          html`<li key=${id}>
            <span class=${`share-key share-${id}`} aria-hidden="true"></span><strong>${size(bytes)}</strong> ${word}
          </li>`,
      )}
    </ul>
  </div>`;
}

/** The map, the way into it, and the same as a table. Its roles are written out because a browser forgets them where lines are laid out as cards. */
function Layers({ own, lineLink }: { readonly own: Part; readonly lineLink: LineLink }): VNode {
  const [key, setKey] = useState('');
  const way = trail(own, key);
  const here = partAt(own, key);
  const leave = (): void => setKey(way.at(-2)?.key ?? '');
  return html`<div class="layers">
    <p class="layers-way">
      ${way.map((part, index) =>
        index === way.length - 1
          ? html`<strong key=${part.key} aria-current="true">${part.name}</strong>`
          : html`<button key=${part.key} type="button" class="quiet" onClick=${() => setKey(part.key)}>
              ${part.name}
            </button>`,
      )}
      <span class="soft">${size(here.sizeBytes)}</span>
    </p>
    <div class="layers-both">
      <${Treemap} of=${here} enter=${setKey} leave=${leave} />
      <div class="layers-table" tabindex="0" role="region" aria-label=${`Contents of ${here.name}`}>
        <table class="table as-cards layers-cards" role="table">
          <thead role="rowgroup">
            <tr role="row">
              ${key === '' && html`<th scope="col" role="columnheader" class="number-cell">Line</th>`}
              <th scope="col" role="columnheader">${key === '' ? 'Layer' : 'Name'}</th>
              <th scope="col" role="columnheader" class="number-cell">Size</th>
              <th scope="col" role="columnheader" class="number-cell">For nothing</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${bySize(here).map((part) => html`<${TableRow} key=${part.key} of=${part} isLayer=${key === ''} enter=${setKey} lineLink=${lineLink} />`)}
          </tbody>
        </table>
      </div>
    </div>
  </div>`;
}

/** Layers in the order in which they were made, everything else the largest first. */
function bySize({ key, children }: Part): readonly Part[] {
  return key === '' ? children : children.toSorted((a, b) => b.sizeBytes - a.sizeBytes);
}

function TableRow({
  of,
  isLayer,
  enter,
  lineLink,
}: {
  readonly of: Part;
  readonly isLayer: boolean;
  readonly enter: (key: string) => void;
  readonly lineLink: LineLink;
}): VNode {
  const { key, name, line, sizeBytes, wastedBytes, children } = of;
  return html`<tr role="row">
    ${isLayer && html`<td role="cell" class="number-cell layers-line">${line !== null && html`<a href=${lineLink(line)} aria-label=${`Line ${line}`}>${line}</a>`}</td>`}
    <td role="cell" class="layers-name">
      ${
        children.length > 0
          ? html`<button type="button" class="quiet layers-enter" onClick=${() => enter(key)}>
              <code>${name}</code>
            </button>`
          : html`<code>${name}</code>`
      }
    </td>
    <td role="cell" class="number-cell">${size(sizeBytes)}</td>
    <td role="cell" class="number-cell layers-wasted">
      ${wastedBytes > 0 ? html`<span class="waste">${size(wastedBytes)}</span>` : '–'}
    </td>
  </tr>`;
}

function Largest({
  of,
  lineLink,
}: {
  readonly of: NonNullable<ImageReport['largest']>;
  readonly lineLink: LineLink;
}): VNode {
  return html`<details class="disclosed">
    <summary>The largest files above the base</summary>
    <table class="table">
      <thead>
        <tr>
          <th scope="col">File</th>
          <th scope="col" class="number-cell">Size</th>
          <th scope="col" class="number-cell">Line</th>
        </tr>
      </thead>
      <tbody>
        ${of.map(
          ({ path, sizeBytes, line }) =>
            html`<tr key=${path}>
              <td><code>${path}</code></td>
              <td class="number-cell">${size(sizeBytes)}</td>
              <td class="number-cell"><a href=${lineLink(line)}>${line}</a></td>
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
}
