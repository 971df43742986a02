/** The contract of a view. */
import type { ComponentType } from 'preact';
import type { Route } from '../route.ts';

/** What draws a view. */
export type ViewComponent = ComponentType<{ readonly route: Route }>;

/** One view of the page. */
export interface View {
  /** First parts of the addresses that it serves; the first of them is the one that the navigation leads to. */
  readonly names: readonly string[];
  /** Of the browser's tab. */
  readonly title: string;
  /** Its word in the navigation; left out: it is reached from other views. */
  readonly way?: string;
  readonly load: () => Promise<ViewComponent>;
}
