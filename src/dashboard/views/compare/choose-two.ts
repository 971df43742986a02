/** What stands where the address names no two reports. */
import { useRef } from 'preact/hooks';
import type { VNode } from 'preact';
import { html } from '../../html.ts';
import { goTo, linkTo } from '../../route.ts';

/** Asks for the ids; projects are the easier way. */
export function ChooseTwo({ base, head }: { readonly base: string; readonly head: string }): VNode {
  const form = useRef<HTMLFormElement>(null);
  const go = (event: Event): void => {
    event.preventDefault();
    const given = new FormData(form.current ?? undefined);
    const word = (name: string): string => {
      const value = given.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    goTo(linkTo(['compare'], { base: word('base'), head: word('head') }));
  };
  return html`<form ref=${form} class="card stack choose-two" onSubmit=${go}>
    <p>
      Two reports, of analyses or of builds that have ended. In <a href=${linkTo(['projects'])}>a project</a> they are
      chosen from a list.
    </p>
    <label
      >Base, the earlier one
      <input
        name="base"
        required
        autocomplete="off"
        spellcheck=${false}
        defaultValue=${base}
        placeholder="id of a report"
    /></label>
    <label
      >Head, the later one
      <input
        name="head"
        required
        autocomplete="off"
        spellcheck=${false}
        defaultValue=${head}
        placeholder="id of a report"
    /></label>
    <p class="actions"><button type="submit" class="primary">Compare</button></p>
  </form>`;
}
