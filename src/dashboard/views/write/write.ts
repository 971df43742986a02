/** Write: a Dockerfile, judged while it is written; each finding with why, what instead, and where it can be mended. */
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Finding } from '../../../schemas/finding.ts';
import type { ProfileName } from '../../../schemas/report.ts';
import { ApiError } from '../../api/client.ts';
import { keepDraft, PROFILES } from '../../draft.ts';
import { html } from '../../html.ts';
import { Checklist } from '../../parts/checklist.ts';
import { Refusal } from '../../parts/notice.ts';
import { goTo, linkTo } from '../../route.ts';
import { analyse, useAnalysis } from './analysis.ts';
import { Editor } from './editor.ts';
import { FindingsList } from './findings-list.ts';
import { KeepDialog } from './keep-dialog.ts';
import { changeBetween, changesOf, rangeOf } from './places.ts';
import { FILES, useTexts } from './texts.ts';
import type { FileName } from './texts.ts';
import { tabOf, Toolbar } from './toolbar.ts';
import { inWords, VerdictLine } from './verdict-line.ts';

const HINTS: Readonly<Record<FileName, string>> = {
  Dockerfile: 'Write or paste a Dockerfile, or drop one here.',
  '.dockerignore': '.git\n.env*\n**/node_modules',
};
/** A text beyond the service's own default limit is a mistake of the hand: another file was meant. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The view. */
export function Write(): VNode {
  const texts = useTexts();
  const { draft } = texts;
  const { analysed, error, isPending } = useAnalysis(draft);
  const [file, setFile] = useState<FileName>('Dockerfile');
  const [note, setNote] = useState('');
  const [isKeeping, setKeeping] = useState(false);
  const report = analysed?.report;
  const findings = report?.findings ?? [];
  const latest = useRef(analysed);
  latest.current = analysed;
  const isOf = (one: FileName, text: string | undefined): boolean => text !== undefined && texts.textOf(one) === text;
  const analysedText = (one: FileName): string | undefined =>
    one === 'Dockerfile' ? latest.current?.draft.dockerfile : latest.current?.draft.dockerignore;

  const show = (finding: Finding): void => {
    const one = fileOf(finding);
    setFile(one);
    const { view } = texts.handles[one];
    if (view === undefined) return;
    const { from } = rangeOf(finding.span, view.state.doc);
    // Drawn first: what is hidden takes no focus.
    requestAnimationFrame(() => {
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
      view.focus();
    });
  };
  const mend = async (finding: Finding): Promise<void> => {
    const one = fileOf(finding);
    let current: Finding | undefined = finding;
    try {
      if (!isOf(one, analysedText(one))) {
        // Offsets count in the text that was analysed, and this one has changed since.
        const asked = { ...draft, dockerfile: texts.textOf('Dockerfile'), dockerignore: texts.textOf('.dockerignore') };
        const fresh = await analyse(asked, { isStored: false });
        current = fresh.findings.find(({ fingerprint }) => fingerprint === finding.fingerprint);
        if (!isOf(one, one === 'Dockerfile' ? asked.dockerfile : asked.dockerignore)) current = undefined;
      }
    } catch (problem) {
      setNote(problem instanceof ApiError ? problem.message : String(problem));
      return;
    }
    if (current === undefined) {
      setNote('The text has changed, and this fix no longer fits it.');
      return;
    }
    setFile(one);
    texts.change(one, changesOf(current));
    setNote(`Fixed: ${finding.rule}. Undo takes it back.`);
  };
  const mendAll = (): void => {
    const fixed = report?.fixed;
    if (fixed === undefined || !isOf('Dockerfile', analysedText('Dockerfile'))) return;
    setFile('Dockerfile');
    texts.change('Dockerfile', changeBetween(texts.textOf('Dockerfile'), fixed.dockerfile) ?? []);
    setNote(`Fixed: ${[...new Set(fixed.applied.map(({ rule }) => rule))].join(', ')}. Undo takes it back.`);
  };
  const open = async (given: File): Promise<void> => {
    const one: FileName = given.name.endsWith('.dockerignore') ? '.dockerignore' : 'Dockerfile';
    const text = given.size > MOST_BYTES ? undefined : await given.text();
    if (text === undefined || text.includes('\0')) {
      setNote(`${given.name} is not a Dockerfile: ${text === undefined ? 'it is too large' : 'it is not text'}.`);
      return;
    }
    setFile(one);
    texts.replace(one, text);
    setNote(`${given.name} was opened. Undo brings back what stood here.`);
  };
  const drop = (event: DragEvent): void => {
    const { items, files } = event.dataTransfer ?? {};
    if (files === undefined || files.length === 0) return;
    // The editor itself would paste the file where the pointer is.
    event.preventDefault();
    event.stopPropagation();
    const [given] = files;
    if (items?.[0]?.webkitGetAsEntry()?.isDirectory === true) setNote('That is a folder. Drop it on Verify.');
    else if (given !== undefined) void open(given);
  };
  const verify = (): void => {
    keepDraft({ ...draft, dockerfile: texts.textOf('Dockerfile'), dockerignore: texts.textOf('.dockerignore') });
    goTo(linkTo(['verify'], { from: 'write' }));
  };
  const fixes = report?.fixed?.applied.length ?? 0;

  return html`<section class="write" aria-labelledby="write-title">
    <header class="write-head">
      <h1 id="write-title">Write</h1>
      <${VerdictLine} of=${report} isPending=${isPending} />
      <div class="write-actions">
        <button type="button" disabled=${fixes === 0} onClick=${mendAll}>
          ${fixes === 0 ? 'No safe fixes' : `Apply ${fixes} safe ${fixes === 1 ? 'fix' : 'fixes'}`}
        </button>
        <button type="button" disabled=${report === undefined} onClick=${() => setKeeping(true)}>
          Keep this report
        </button>
        <button type="button" class="primary" disabled=${report === undefined} onClick=${verify}>Verify it</button>
      </div>
    </header>
    <p class="unseen" role="status">${report === undefined ? '' : inWords(report)}</p>
    ${
      error !== undefined &&
      html`<div class="write-error">
        <${Refusal} error=${error} />
        <p class="small soft">Your text is still here, as you wrote it.</p>
      </div>`
    }
    <div class="write-columns">
      <div class="write-left">
        <div class="write-editor" onDropCapture=${drop} onDragOver=${(event: Event) => event.preventDefault()}>
          <${Toolbar}
            file=${file}
            counts=${countsOf(findings)}
            choose=${setFile}
            replace=${(text: string) => texts.replace(file, text)}
            open=${(given: File) => void open(given)}
          />
          <div id="write-panel" role="tabpanel" aria-labelledby=${tabOf(file)}>
            ${FILES.map(
              (one) =>
                html`<${Editor}
                  key=${one}
                  label=${one}
                  file=${one}
                  text=${texts.textOf(one)}
                  hint=${HINTS[one]}
                  handle=${texts.handles[one]}
                  isHidden=${one !== file}
                  findings=${findings}
                  analysed=${analysedText(one)}
                  changed=${(text: string) => {
                    texts.set(one === 'Dockerfile' ? { dockerfile: text } : { dockerignore: text });
                    setNote('');
                  }}
                  apply=${(finding: Finding) => void mend(finding)}
                />`,
            )}
          </div>
          <footer class="write-foot">
            <span role="status">${note === '' ? keptWords(texts.isKept) : note}</span>
            <span class="write-keys"
              ><kbd>F8</kbd> next finding <kbd>Ctrl</kbd> <kbd>.</kbd> fix it <kbd>Esc</kbd> <kbd>Tab</kbd> leave</span
            >
          </footer>
        </div>
        <${FindingsList} report=${report} show=${show} apply=${(finding: Finding) => void mend(finding)} />
      </div>
      <section class="card write-checklist" aria-labelledby="checklist-title">
        <div class="write-checklist-head">
          <h2 id="checklist-title">Checklist</h2>
          <label class="write-profile">
            Profile
            <select
              value=${draft.profile ?? ''}
              onChange=${(event: Event) =>
                texts.set({ profile: ((event.target as HTMLSelectElement).value as ProfileName) || undefined })}
            >
              <option value="">
                ${report?.profile.detected === false && draft.profile === undefined ? 'Default: service' : 'Detected'}${report !== undefined && report.profile.detected ? `: ${report.profile.name}` : ''}
              </option>
              ${Object.entries(PROFILES).map(([name, words]) => html`<option key=${name} value=${name}>${words}</option>`)}
            </select>
          </label>
        </div>
        ${report?.profile.detected === true && html`<p class="small soft">${report.profile.why}</p>`}
        ${
          report === undefined
            ? html`<p class="soft">Twenty rows that an image has to pass. They fill in while you write.</p>`
            : html`<${Checklist}
                items=${report.items}
                findings=${findings}
                show=${show}
                apply=${(finding: Finding) => void mend(finding)}
              />`
        }
      </section>
    </div>
    <${KeepDialog} isOpen=${isKeeping} draft=${draft} close=${() => setKeeping(false)} />
  </section>`;
}

function fileOf(finding: Finding): FileName {
  return finding.file.endsWith('.dockerignore') ? '.dockerignore' : 'Dockerfile';
}

function countsOf(findings: readonly Finding[]): Readonly<Record<FileName, number>> {
  const grave = findings.filter(
    ({ severity, waived }) => waived === undefined && (severity === 'error' || severity === 'warning'),
  );
  const ofIgnore = grave.filter((finding) => fileOf(finding) === '.dockerignore').length;
  return { Dockerfile: grave.length - ofIgnore, '.dockerignore': ofIgnore };
}

function keptWords(isKept: boolean): string {
  return isKept
    ? 'Kept in this browser only, until you clear it.'
    : 'This browser keeps nothing: a reload would lose the text.';
}
