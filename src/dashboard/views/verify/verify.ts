/** Verify: a folder, an archive or a Dockerfile goes to be built, run, stopped and built again. */
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ApiError } from '../../api/client.ts';
import { readDraft } from '../../draft.ts';
import type { Draft } from '../../draft.ts';
import { html } from '../../html.ts';
import { Refusal } from '../../parts/notice.ts';
import { linkTo } from '../../route.ts';
import type { Route } from '../../route.ts';
import { useContextOf } from './context.ts';
import type { Context } from './context.ts';
import { DropZone } from './drop-zone.ts';
import type { Facts } from './facts.ts';
import { described, Field } from './field.ts';
import { OptionsForm } from './options-form.ts';
import type { Picked } from './picked.ts';
import { usePreview } from './preview.ts';
import { PreviewCard } from './preview-card.ts';
import { SendingCard } from './sending-card.ts';
import { SubmitBar } from './submit-bar.ts';
import { useSubmission } from './submission.ts';
import { BLANK, complaintsOf, mistakesIn, optionsOf } from './wish.ts';
import type { Fields } from './wish.ts';

/** In place of a path: the text of Write. No file is called so. */
const FROM_WRITE = '\0write';

/** The view. */
export function Verify({ route }: { readonly route: Route }): VNode {
  const [draft] = useState<Draft | undefined>(() => (route.query.get('from') === 'write' ? readDraft() : undefined));
  const [picked, setPicked] = useState<Picked | undefined>(() =>
    draft === undefined ? undefined : { kind: 'dockerfile', name: 'from Write', text: draft.dockerfile },
  );
  const [path, setPath] = useState(draft === undefined ? '' : FROM_WRITE);
  const [fields, setFields] = useState<Fields>({ ...BLANK, profile: draft?.profile ?? '' });
  const context = useContextOf(picked, {
    path: path === FROM_WRITE ? '' : path,
    target: fields.target,
    draft: path === FROM_WRITE && picked?.kind === 'folder' ? draft : undefined,
  });
  const facts = context?.facts;
  const { report, error: previewError } = usePreview(context, fields.profile);
  const { progress, error, refuse, submit, cancel } = useSubmission();
  const [sent, setSent] = useState<Fields>(BLANK);
  const complaints = useMemo(() => complaintsOf(error?.problem, sent), [error, sent]);
  const form = useRef<HTMLFormElement>(null);
  const isBusy = progress.phase !== 'idle';

  useFilledIn(facts, setFields);
  useEffect(() => {
    if (error === undefined) return;
    const field = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    // In the middle, where no bar covers what is said of it.
    field?.focus({ preventScroll: true });
    field?.scrollIntoView({ block: 'center' });
    if (field === null) form.current?.querySelector('.notice-error')?.scrollIntoView({ block: 'nearest' });
  }, [error]);

  const pick = (next: Picked): void => {
    setPicked(next);
    setPath(draft !== undefined && next.kind === 'folder' ? FROM_WRITE : '');
  };
  const send = (event: Event): void => {
    event.preventDefault();
    if (context === undefined || context.trouble !== undefined || isBusy) return;
    const named =
      context.picked.kind === 'folder' ? context.dockerfile : path === '' || path === FROM_WRITE ? undefined : path;
    const errors = mistakesIn(fields, named);
    setSent(fields);
    if (errors.length > 0) {
      const title = 'This cannot be sent as it stands';
      const detail = 'Mend what is marked, then send it again.';
      refuse(new ApiError(detail, { type: 'about:blank', title, status: 400, detail, instance: '', errors }));
      return;
    }
    void submit(context, optionsOf(fields, facts, named === 'Dockerfile' ? undefined : named));
  };
  return html`<section class="verify" aria-labelledby="verify-title">
    <header class="verify-head">
      <h1 id="verify-title">Verify</h1>
      <p class="soft">Built for real, run, asked, stopped and built again.</p>
    </header>
    <form ref=${form} onSubmit=${send} novalidate>
      <div class="verify-columns">
        <section class="card" aria-label="What to verify">
          <h2>What to verify</h2>
          <${DropZone} picked=${picked} isBusy=${isBusy} pick=${pick} />
          ${context !== undefined && html`<${DockerfileChoice} context=${context} path=${path} choose=${setPath} hasDraft=${draft !== undefined} complaints=${complaints} />`}
          ${
            context !== undefined &&
            (context.trouble === undefined
              ? html`<${SendingCard} context=${context} />`
              : html`<p class="verify-trouble" role="alert">${context.trouble}</p>`)
          }
          <${PreviewCard} report=${report} error=${previewError} />
        </section>
        <section class="card" aria-label="Options">
          <h2>Options</h2>
          <${OptionsForm}
            fields=${fields}
            facts=${facts}
            report=${report}
            complaints=${complaints}
            set=${(part: Partial<Fields>) => setFields((before) => ({ ...before, ...part }))}
          />
        </section>
      </div>
      ${error !== undefined && html`<${Refusal} error=${error} />`}
      <div class="verify-end">
        <${SubmitBar}
          progress=${progress}
          isReady=${context !== undefined && context.trouble === undefined}
          cancel=${cancel}
        />
      </div>
    </form>
  </section>`;
}

/** Fills in what a newly read Dockerfile says, where nobody has written something else. */
function useFilledIn(facts: Facts | undefined, setFields: (change: (before: Fields) => Fields) => void): void {
  const before = useRef<Facts>(undefined);
  useEffect(() => {
    if (facts === undefined) return;
    const old = before.current;
    before.current = facts;
    const filled = (now: string, was: string | undefined, is: string | undefined): string =>
      now === '' || now === was ? (is ?? '') : now;
    setFields((fields) => ({
      ...fields,
      port: filled(fields.port, old?.port?.value, facts.port?.value),
      health: filled(fields.health, old?.health?.value, facts.health?.value),
      secrets:
        fields.secrets.some(({ value }) => value !== '') || facts.secretIds.length === 0
          ? fields.secrets
          : facts.secretIds.map((name, key) => ({ key: key + 1, name, value: '', isMarked: false })),
    }));
  }, [facts, setFields]);
}

/** Which Dockerfile: chosen among those of a folder, typed where only the service can look. */
function DockerfileChoice({
  context: { picked, candidates, dockerfile },
  path,
  choose,
  hasDraft,
  complaints,
}: {
  readonly context: Context;
  readonly path: string;
  readonly choose: (path: string) => void;
  readonly hasDraft: boolean;
  readonly complaints: ReadonlyMap<string, string>;
}): VNode | null {
  if (picked.kind === 'dockerfile') {
    return hasDraft ? html`<p class="small"><a href=${linkTo(['write'])}>Go on writing it</a></p>` : null;
  }
  const chosen = (event: Event): void => choose((event.target as HTMLInputElement).value);
  if (picked.kind === 'archive' || (candidates.length === 0 && !hasDraft)) {
    const hint =
      picked.kind === 'archive'
        ? 'Default: Dockerfile, or the only one at the root.'
        : 'No file of this folder is named like one.';
    return html`<${Field} name="dockerfile" label="Path of the Dockerfile" hint=${hint} complaints=${complaints}>
      <input
        ...${described('dockerfile', complaints)}
        autocomplete="off"
        spellcheck=${false}
        value=${path}
        onChange=${chosen}
      />
    <//>`;
  }
  return html`<${Field}
    name="dockerfile"
    label="Dockerfile"
    hint=${candidates.length > 1 ? `${candidates.length} files may be meant.` : undefined}
    complaints=${complaints}
  >
    <select
      ...${described('dockerfile', complaints)}
      value=${path === FROM_WRITE ? FROM_WRITE : (dockerfile ?? '')}
      onChange=${chosen}
    >
      ${dockerfile === undefined && html`<option value="">Choose one</option>`}
      ${hasDraft && html`<option value=${FROM_WRITE}>The text from Write</option>`}
      ${candidates.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}
    </select>
  <//>`;
}
