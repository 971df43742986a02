/** Every view, in the order of the navigation. Each is fetched when it is first gone to: who reads a report loads no editor. */
import type { View } from './view.ts';

/** The views. */
export const views: readonly View[] = [
  {
    names: [''],
    title: 'Overview',
    way: 'Overview',
    load: async () => (await import('./overview/overview.ts')).Overview,
  },
  { names: ['write'], title: 'Write', way: 'Write', load: async () => (await import('./write/write.ts')).Write },
  { names: ['verify'], title: 'Verify', way: 'Verify', load: async () => (await import('./verify/verify.ts')).Verify },
  {
    names: ['projects'],
    title: 'Projects',
    way: 'Projects',
    load: async () => (await import('./projects/projects.ts')).Projects,
  },
  { names: ['checks'], title: 'Checks', way: 'Checks', load: async () => (await import('./checks/checks.ts')).Checks },
  { names: ['builds'], title: 'Build', load: async () => (await import('./watch/watch.ts')).Watch },
  { names: ['analyses'], title: 'Analysis', load: async () => (await import('./read/read.ts')).Read },
  { names: ['compare'], title: 'Compare', load: async () => (await import('./compare/compare.ts')).Compare },
];
