/** The options, with what the Dockerfile says of itself filled in. */
import type { VNode } from 'preact';
import type { Report } from '../../../schemas/report.ts';
import { PROFILES } from '../../draft.ts';
import { html } from '../../html.ts';
import type { Facts } from './facts.ts';
import { described, Field } from './field.ts';
import { Fold } from './fold.ts';
import { Rows } from './rows.ts';
import type { Fields } from './wish.ts';

/** What the form is told. */
interface Needs {
  readonly fields: Fields;
  readonly facts: Facts | undefined;
  readonly report: Report | undefined;
  readonly complaints: ReadonlyMap<string, string>;
  readonly set: (part: Partial<Fields>) => void;
}

/** What the form has no fields for, by example. */
const FURTHER = `{
  "services": {"db": {"image": "postgres:17"}},
  "labels": {"org.opencontainers.image.version": "1.4"}
}`;

const FOLDED = ['startTimeoutSeconds', 'stopTimeoutSeconds', 'egress', 'noCache'];

/** The fields. */
export function OptionsForm(needs: Needs): VNode {
  const { fields, facts, report, complaints, set } = needs;
  const typed = (event: Event): string => (event.target as HTMLInputElement).value;
  const text = (name: keyof Fields, more: Readonly<Record<string, unknown>> = {}): VNode =>
    html`<input
      ...${described(name, complaints)}
      autocomplete="off"
      spellcheck=${false}
      value=${fields[name]}
      onInput=${(event: Event) => set({ [name]: typed(event) })}
      ...${more}
    />`;
  const detected =
    report?.profile.detected === true
      ? `Detected: ${report.profile.name}`
      : report === undefined
        ? 'Detected'
        : 'Default: service';
  return html`<div class="verify-options">
    <div class="verify-fields">
      <${Field} name="project" label="Project" hint="Groups reports over time." complaints=${complaints}>
        ${text('project', { placeholder: 'shop/api' })}
      <//>
      <${Field}
        name="profile"
        label="Profile"
        hint=${report?.profile.detected === true ? report.profile.why : undefined}
        complaints=${complaints}
      >
        <select
          ...${described('profile', complaints)}
          value=${fields.profile}
          onChange=${(event: Event) => set({ profile: typed(event) as Fields['profile'] })}
        >
          <option value="">${detected}</option>
          ${Object.entries(PROFILES).map(([name, words]) => html`<option key=${name} value=${name}>${words}</option>`)}
        </select>
      <//>
      <${Field} name="target" label="Target stage" hint="Default: the last one." complaints=${complaints}>
        ${text('target', { list: 'verify-stages', placeholder: facts?.stages.at(-1) ?? 'the last stage' })}
      <//>
      <${Field} name="port" label="Port" hint=${from(facts?.port?.from, 'Where it listens.')} complaints=${complaints}>
        ${text('port', { inputmode: 'numeric', placeholder: 'from EXPOSE' })}
      <//>
      <${Field}
        name="health"
        label="Health path"
        hint=${from(facts?.health?.from, 'Answers 200 when it is well.')}
        complaints=${complaints}
      >
        ${text('health', { placeholder: '/health' })}
      <//>
      <${Field} name="platform" label="Platform" hint="Default: the engine's own." complaints=${complaints}>
        ${text('platform', { placeholder: 'linux/amd64' })}
      <//>
    </div>
    <datalist id="verify-stages">
      ${facts?.stages.map((name) => html`<option key=${name} value=${name}></option>`)}
    </datalist>
    <${Rows}
      field="env"
      title="Environment of the container"
      one="variable"
      rows=${fields.env}
      change=${(env: Fields['env']) => set({ env })}
      isSecret=${({ name }: { name: string }) => /pass|secret|token|key|credential/i.test(name)}
      markLabel="required"
      hint="Each required one is left out in turn, and the service has to end at once and name it."
      complaints=${complaints}
    />
    <${Rows}
      field="secrets"
      title="Build secrets"
      one="secret"
      rows=${fields.secrets}
      change=${(secrets: Fields['secrets']) => set({ secrets })}
      isSecret=${() => true}
      suggestions=${facts?.secretIds ?? []}
      hint=${secretWords(facts)}
      complaints=${complaints}
    />
    <${Rows}
      field="buildArgs"
      title="Build arguments"
      one="argument"
      rows=${fields.buildArgs}
      change=${(buildArgs: Fields['buildArgs']) => set({ buildArgs })}
      isSecret=${({ isMarked }: { isMarked: boolean }) => isMarked}
      markLabel="secret"
      suggestions=${facts?.buildArgs ?? []}
      hint=${argumentWords(facts)}
      complaints=${complaints}
    />
    <${Fold} title="Time, network, cache" names=${FOLDED} complaints=${complaints}>
      <div class="verify-fields">
        <${Field}
          name="startTimeoutSeconds"
          label="Start within, seconds"
          hint="Default 60; 300 for a job."
          complaints=${complaints}
        >
          ${text('startTimeoutSeconds', { inputmode: 'numeric', placeholder: '60' })}
        <//>
        <${Field}
          name="stopTimeoutSeconds"
          label="Stop within, seconds"
          hint="After the stop signal. Default 10."
          complaints=${complaints}
        >
          ${text('stopTimeoutSeconds', { inputmode: 'numeric', placeholder: '10' })}
        <//>
      </div>
      <label class="box">
        <input
          type="checkbox"
          checked=${fields.egress}
          onChange=${(event: Event) => set({ egress: (event.target as HTMLInputElement).checked })}
        />
        The container may reach the outside (egress)
      </label>
      <label class="box">
        <input
          type="checkbox"
          checked=${fields.noCache}
          onChange=${(event: Event) => set({ noCache: (event.target as HTMLInputElement).checked })}
        />
        Run every build step anew (no cache)
      </label>
    <//>
    <${Fold} title="Services, registries, labels, command" names=${['further']} complaints=${complaints}>
      <${Field}
        name="further"
        label="Further options, as JSON"
        hint=${html`As <a href="/docs#/Verification" target="_blank">POST /build-verify</a> takes them. What belongs to
          the code may stand in <code>drydock.yaml</code> at the root of the context instead.`}
        complaints=${complaints}
      >
        <textarea
          ...${described('further', complaints)}
          rows="6"
          autocomplete="off"
          spellcheck=${false}
          placeholder=${FURTHER}
          value=${fields.further}
          onInput=${(event: Event) => set({ further: typed(event) })}
        ></textarea>
      <//>
    <//>
    <p class="small soft">What is blank is detected, and the report says what was assumed.</p>
  </div>`;
}

function from(instruction: string | undefined, otherwise: string): string {
  return instruction === undefined ? otherwise : `Read from ${instruction}.`;
}

function secretWords(facts: Facts | undefined): string {
  const ids = facts?.secretIds ?? [];
  const wiped = 'For RUN --mount=type=secret. Sealed, wiped when the build ends, never kept in this browser.';
  return ids.length === 0 ? wiped : `The Dockerfile asks for ${ids.join(', ')}. ${wiped}`;
}

function argumentWords(facts: Facts | undefined): string | undefined {
  if (facts === undefined) return undefined; // nothing is chosen, or only the service can look into it
  const names = facts.buildArgs;
  return names.length === 0 ? 'The Dockerfile takes none.' : `The Dockerfile takes ${names.slice(0, 8).join(', ')}.`;
}
