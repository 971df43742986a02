/** Markup as tagged templates: no build step, no evaluated strings, so the strictest Content-Security-Policy holds. */
import htm from 'htm';
import { h } from 'preact';
import type { VNode } from 'preact';

/** Makes a node of a template; a component stands where a tag may: html`<${Status} of=${item.status} />`. One root element each. */
export const html = htm.bind(h) as (strings: TemplateStringsArray, ...values: readonly unknown[]) => VNode;
