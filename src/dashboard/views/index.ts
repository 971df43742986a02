/** Every view, in the order of the navigation. */
import { checks } from './checks/checks.ts';
import { compare } from './compare/compare.ts';
import { overview } from './overview/overview.ts';
import { projects } from './projects/projects.ts';
import { read } from './read/read.ts';
import { verify } from './verify/verify.ts';
import type { View } from './view.ts';
import { watch } from './watch/watch.ts';
import { write } from './write/write.ts';

/** The views. */
export const views: readonly View[] = [overview, write, verify, projects, checks, watch, read, compare];
