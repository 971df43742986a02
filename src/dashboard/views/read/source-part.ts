/** Findings where they are: in the Dockerfile's own text, each below its line; the others around it. */
import type { VNode } from 'preact';
import type { Finding as FindingData } from '../../../schemas/finding.ts';
import type { Report } from '../../../schemas/report.ts';
import { html } from '../../html.ts';
import { CopyButton } from '../../parts/copy.ts';
import { Finding } from '../../parts/finding.ts';
import { bySeverity, sourceLines } from './source-lines.ts';
import type { SourceLine } from './source-lines.ts';

/**
 * The part.
 * @param line      the line that is pointed at; 0: none
 * @param lineLink  the address of a line
 */
export function SourcePart({
  report,
  line,
  lineLink,
}: {
  readonly report: Report;
  readonly line: number;
  readonly lineLink: (line: number) => string;
}): VNode {
  const { source, findings } = report;
  const isIn = ({ span, file }: FindingData): boolean =>
    span !== null && source !== undefined && (file === source.path || file === '');
  const around = findings.filter((finding) => !isIn(finding));
  return html`<div class="stack">
    ${
      source === undefined
        ? html`<p class="soft">This report does not hold the text of the Dockerfile; findings name their lines.</p>`
        : html`<${Source} source=${source} findings=${findings.filter(isIn)} line=${line} lineLink=${lineLink} />`
    }
    ${
      around.length > 0 &&
      html`<div>
        <h3>${source === undefined ? 'Findings' : 'About the whole'}</h3>
        ${byPlace(around).map((finding) => html`<${Finding} key=${finding.fingerprint} of=${finding} />`)}
      </div>`
    }
    ${findings.length === 0 && html`<p class="soft">Nothing was found.</p>`}
  </div>`;
}

function Source({
  source,
  findings,
  line,
  lineLink,
}: {
  readonly source: NonNullable<Report['source']>;
  readonly findings: readonly FindingData[];
  readonly line: number;
  readonly lineLink: (line: number) => string;
}): VNode {
  return html`<div class="source">
    <p class="source-head">
      <code>${source.path}</code>
      <${CopyButton} text=${() => source.text}>Copy text<//>
    </p>
    <ol class="source-lines" aria-label=${`Lines of ${source.path}`}>
      ${sourceLines(source.text, findings).map(
        (one) =>
          html`<${Line} key=${one.number} of=${one} isPointedAt=${one.number === line} link=${lineLink(one.number)} />`,
      )}
    </ol>
  </div>`;
}

function Line({
  of,
  isPointedAt,
  link,
}: {
  readonly of: SourceLine;
  readonly isPointedAt: boolean;
  readonly link: string;
}): VNode {
  const { number, pieces, findings } = of;
  return html`<li class=${isPointedAt ? 'source-here' : ''}>
    <div class="source-line">
      <a id=${`line-${number}`} class="source-number" href=${link} aria-label=${`Line ${number}`}>${number}</a>
      <code class="source-text"
        >${pieces.map(
          ({ text, kind, mark }) =>
            html`<span class=${`source-${kind}${mark === undefined ? '' : ` source-mark source-mark-${mark}`}`}
              >${text}</span
            >`,
        )}</code
      >
    </div>
    ${
      findings.length > 0 &&
      html`<div class="source-findings">
        ${findings.map((finding) => html`<${Finding} key=${finding.fingerprint} of=${finding} isOpen=${isPointedAt} />`)}
      </div>`
    }
  </li>`;
}

/** Those with a line first, in order; the rest behind them, the worst first. */
function byPlace(findings: readonly FindingData[]): readonly FindingData[] {
  return bySeverity(findings).toSorted((a, b) => (a.span?.line ?? Infinity) - (b.span?.line ?? Infinity) || 0);
}
