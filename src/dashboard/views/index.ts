/** Every view, in the order of the navigation. */
import { overview } from './overview/overview.ts';
import { verify } from './verify/verify.ts';
import type { View } from './view.ts';
import { write } from './write/write.ts';

/** The views. */
export const views: readonly View[] = [overview, write, verify];
import { read } from './read/read.ts';
import type { View } from './view.ts';
import { watch } from './watch/watch.ts';

/** The views. */
export const views: readonly View[] = [overview, watch, read];
