/** Sizes as areas: what lies in a layer or folder, and one level below. Everything here is in the table beside it, too. */
import { hierarchy, treemap } from 'd3-hierarchy';
import type { HierarchyRectangularNode } from 'd3-hierarchy';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { html } from '../../html.ts';
import { size } from '../../parts/amounts.ts';
import type { Part } from './layer-tree.ts';

const TITLE_PX = 22;
const DEPTH = 2;
/** A name needs so much room. */
const NAME_WIDTH_PX = 44;
const NAME_HEIGHT_PX = 18;

/**
 * The map of one part. One stop for the Tab key: arrows go from area to area, Enter goes into one, Backspace out.
 * @param enter  goes into a part
 * @param leave  goes out to the one around
 */
export function Treemap({
  of,
  enter,
  leave,
}: {
  readonly of: Part;
  readonly enter: (key: string) => void;
  readonly leave: () => void;
}): VNode {
  const box = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  const [at, setAt] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setRoom({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => setAt(0), [of.key]);
  const areas = room.width === 0 ? [] : laidOut(of, room);
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(areas.length - 1, to));
    setAt(next);
    box.current?.querySelectorAll<HTMLElement>('.area')[next]?.focus();
  };
  const pressed = (event: KeyboardEvent): void => {
    const by: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const step = by[event.key];
    if (step !== undefined) move(at + step);
    else if (event.key === 'Home') move(0);
    else if (event.key === 'End') move(areas.length - 1);
    else if (event.key === 'Backspace' || event.key === 'Escape') {
      leave();
      requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('.area')?.focus());
    } else return;
    event.preventDefault();
  };
  return html`<div class="treemap" ref=${box} role="group" aria-label=${`Sizes in ${of.name}`} onKeyDown=${pressed}>
    ${areas.map(({ part, isFrame, left, top, width, height }, index) => {
      const isWaste = part.wastedBytes > part.sizeBytes / 2;
      const title = `${part.line === null || part.path !== '' ? '' : `line ${part.line}: `}${part.path || part.name}, ${size(part.sizeBytes)}${
        part.wastedBytes > 0 ? `, ${size(part.wastedBytes)} of it for nothing` : ''
      }`;
      return html`<button
        key=${part.key}
        type="button"
        class=${`area ${isFrame ? 'area-frame' : ''} ${isWaste ? 'area-waste' : ''} area-tone-${Number(part.key.split('/')[0]) % 6}`}
        style=${{ left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` }}
        title=${title}
        aria-label=${title}
        tabindex=${index === Math.min(at, areas.length - 1) ? 0 : -1}
        onFocus=${() => setAt(index)}
        onClick=${() => {
          if (part.children.length > 0) enter(part.key);
        }}
      >
        ${
          width >= NAME_WIDTH_PX &&
          height >= NAME_HEIGHT_PX &&
          html`<span class="area-name">${part.name} <span class="area-size">${size(part.sizeBytes)}</span></span>`
        }
      </button>`;
    })}
  </div>`;
}

interface Area {
  readonly part: Part;
  /** Other areas lie on it. */
  readonly isFrame: boolean;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function laidOut(of: Part, { width, height }: { readonly width: number; readonly height: number }): readonly Area[] {
  const below = (part: Part): readonly Part[] => part.children.filter((one) => one.sizeBytes > 0);
  const tree = hierarchy<Part>(of, (part) => (depthBelow(of, part) < DEPTH ? below(part) : []))
    // What is not told piece by piece counts with the whole of its folder.
    .sum((part) => (depthBelow(of, part) >= DEPTH || below(part).length === 0 ? part.sizeBytes : 0))
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const rectangles = treemap<Part>()
    .size([width, height])
    .paddingInner(2)
    .paddingTop((node) => (node.depth === 0 ? 0 : TITLE_PX))
    .round(true)(tree);
  const areas: Area[] = [];
  rectangles.eachBefore((node: HierarchyRectangularNode<Part>) => {
    const [left, top] = [node.x0, node.y0];
    const area = { part: node.data, isFrame: node.children !== undefined, left, top };
    if (node.depth > 0) areas.push({ ...area, width: node.x1 - left, height: node.y1 - top });
  });
  return areas.filter((area) => area.width > 1 && area.height > 1);
}

function depthBelow(of: Part, part: Part): number {
  const depth = ({ key }: Part): number => (key === '' ? 0 : key.split('/').length);
  return depth(part) - depth(of);
}
