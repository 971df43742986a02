/** One report, whole: of an analysis or of a verification, part by part, with a way to each part. */
import { useEffect } from 'preact/hooks';
import type { ComponentChildren, VNode } from 'preact';
import type { Report } from '../../../schemas/report.ts';
import { html } from '../../html.ts';
import { goTo, linkTo } from '../../route.ts';
import type { Route } from '../../route.ts';
import { ChecklistPart, isNotPassing } from './checklist-part.ts';
import { Failure } from './failure.ts';
import { Ground } from './ground.ts';
import { ImagePart } from './image-part.ts';
import { ProductionPart } from './production-part.ts';
import { SourcePart } from './source-part.ts';
import { TimingsPart } from './timings-part.ts';
import { VerdictCard } from './verdict-card.ts';

interface Part {
  readonly id: string;
  readonly title: string;
  readonly note?: string;
  readonly content: ComponentChildren;
}

/** The report; `log` is shown as its last part. */
export function ReportPage({
  report,
  route,
  log,
}: {
  readonly report: Report;
  readonly route: Route;
  readonly log?: VNode;
}): VNode {
  const line = Number(route.query.get('line') ?? 0);
  const part = route.query.get('part') ?? '';
  const lineLink = (one: number): string => linkTo(route.path, { line: String(one) });
  const showLine = (one: number): void => {
    goTo(lineLink(one), { replace: true });
    reveal(`line-${one}`);
  };
  useEffect(() => {
    if (line > 0) reveal(`line-${line}`);
    else if (part !== '') reveal(`part-${part}`);
  }, [line, part, report.id]);
  useEffect(openWhenPrinted, []);
  const parts = partsOf(report, { line, lineLink, showLine }, log);
  return html`<div class="report-parts">
    <${VerdictCard} report=${report} />
    ${report.build?.failure != null && html`<${Failure} failure=${report.build.failure} source=${report.source} lineLink=${lineLink} />`}
    <nav class="parts-nav" aria-label="Parts of the report">
      ${parts.map(
        ({ id, title, note }) =>
          html`<a key=${id} href=${linkTo(route.path, { part: id })} onClick=${() => reveal(`part-${id}`)}
            >${title}${note !== undefined && html` <span class="parts-note">${note}</span>`}</a
          >`,
      )}
    </nav>
    ${parts.map(
      ({ id, title, content }) =>
        html`<section key=${id} id=${`part-${id}`} class="card part" tabindex="-1" aria-labelledby=${`title-${id}`}>
          <h2 id=${`title-${id}`}>${title}</h2>
          ${content}
        </section>`,
    )}
  </div>`;
}

function partsOf(
  report: Report,
  lines: {
    readonly line: number;
    readonly lineLink: (line: number) => string;
    readonly showLine: (line: number) => void;
  },
  log: VNode | undefined,
): readonly Part[] {
  const { lineLink } = lines;
  return [
    {
      ...{ id: 'checklist', title: 'Checklist', note: String(report.items.filter(isNotPassing).length) },
      content: html`<${ChecklistPart} report=${report} showLine=${lines.showLine} />`,
    },
    {
      ...{ id: 'dockerfile', title: 'Dockerfile', note: String(report.findings.length) },
      content: html`<${SourcePart} report=${report} line=${lines.line} lineLink=${lineLink} />`,
    },
    ...(report.image === undefined
      ? []
      : [{ id: 'image', title: 'Image', content: html`<${ImagePart} image=${report.image} lineLink=${lineLink} />` }]),
    ...(report.build === undefined
      ? []
      : [{ id: 'timings', title: 'Timings', content: html`<${TimingsPart} report=${report} lineLink=${lineLink} />` }]),
    ...(report.production === undefined
      ? []
      : [
          {
            ...{ id: 'production', title: 'Before production' },
            content: html`<${ProductionPart} production=${report.production} lineLink=${lineLink} />`,
          },
        ]),
    { id: 'ground', title: 'Judged by', content: html`<${Ground} report=${report} />` },
    ...(log === undefined ? [] : [{ id: 'log', title: 'Log', content: log }]),
  ];
}

/** Brings something into sight, and the focus with it. */
function reveal(id: string): void {
  // After what is being drawn now.
  requestAnimationFrame(() => {
    const element = document.getElementById(id);
    element?.scrollIntoView({ block: id.startsWith('line-') ? 'center' : 'start' });
    element?.focus({ preventScroll: true });
  });
}

/** On paper nothing can be opened: rows that do not pass, and findings where they are in the text, are printed open. */
function openWhenPrinted(): () => void {
  let opened: HTMLDetailsElement[] = [];
  const before = (): void => {
    const wanted = document.querySelectorAll<HTMLDetailsElement>(
      '.report .row:is(.row-fail, .row-warn, .row-unknown), #part-dockerfile .finding',
    );
    opened = [...wanted].filter((one) => !one.open);
    for (const one of opened) one.open = true;
  };
  const after = (): void => {
    for (const one of opened) one.open = false;
  };
  addEventListener('beforeprint', before);
  addEventListener('afterprint', after);
  return () => {
    removeEventListener('beforeprint', before);
    removeEventListener('afterprint', after);
  };
}
