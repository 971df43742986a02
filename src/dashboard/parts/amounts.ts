/** Times and sizes as people say them. */
import { useEffect, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { html } from '../html.ts';

const DIVISIONS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
  ['year', Infinity],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** How long ago, with the moment itself as tooltip. It keeps up by itself. */
export function Age({ of }: { readonly of: string }): VNode {
  const [, setNow] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  return html`<time dateTime=${of} title=${new Date(of).toLocaleString()}>${ago(Date.now() - Date.parse(of))}</time>`;
}

/** `3 minutes ago`, of milliseconds. */
export function ago(ms: number): string {
  let amount = Math.max(0, ms) / 1000;
  if (amount < 5) return 'just now';
  for (const [unit, size] of DIVISIONS) {
    if (amount < size) return relative.format(-Math.floor(amount), unit);
    amount /= size;
  }
  return '';
}

/** `0.4 s`, `12 s`, `3 min 4 s`, of milliseconds. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `12 kB`, `3.4 MB`: powers of a thousand, as image sizes are told. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** power;
  return `${power > 0 && amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${units[power]}`;
}
