/** The column `options` of a build: what was asked for, and the request that did. */
import type { NewBuild } from '../../use-cases/store-port.ts';

type Told = Pick<NewBuild, 'options' | 'origin'>;

/** As it lies in the row. */
export function optionsText({ options, origin }: Told): string {
  return JSON.stringify({ ...options, origin });
}

/** What `optionsText` was given. */
export function readOptions(text: string): Told {
  // Only optionsText writes this column. An option called `origin` would need another place for one of them.
  const { origin, ...options } = JSON.parse(text) as Told['options'] & Pick<Told, 'origin'>;
  return { options, ...(origin === undefined ? {} : { origin }) };
}
