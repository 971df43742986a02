/** A badge: what the latest report of a project came to, as a picture of two words. */
import type { HistoryEntry } from '../schemas/project.ts';

const LABEL = 'drydock';
/** Of eleven pixels Verdana, as wide as its widest letters are on average. */
const LETTER = 7;
const PADDING = 10;

/** The picture; `undefined`: no report is there. */
export function badgeOf(latest: HistoryEntry | undefined): string {
  const said = latest === undefined ? 'no report' : `${latest.verdict.replace('-', ' ')} ${latest.score}`;
  const color = latest === undefined ? '#6b7280' : latest.verdict === 'ready' ? '#15803d' : '#b91c1c';
  const left = LABEL.length * LETTER + PADDING;
  const right = said.length * LETTER + PADDING;
  const text = (at: number, width: number, words: string): string =>
    `<text x="${at + width / 2}" y="14" textLength="${width - PADDING}">${words}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${LABEL}: ${said}">` +
    `<title>${LABEL}: ${said}</title><clipPath id="r"><rect width="${left + right}" height="20" rx="3"/></clipPath>` +
    `<g clip-path="url(#r)"><rect width="${left}" height="20" fill="#374151"/><rect x="${left}" width="${right}" height="20" fill="${color}"/></g>` +
    `<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">` +
    `${text(0, left, LABEL)}${text(left, right, said)}</g></svg>`
  );
}
