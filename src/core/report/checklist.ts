/** The twenty rows of the production-readiness checklist, in the order they are told. A row keeps its place for ever. */
import type { Category, ItemId, Level } from '../../schemas/item.ts';

/** What is fixed about a row; whether it holds is the report's business. */
export interface ChecklistItem {
  readonly category: Category;
  readonly level: Level;
  /** What a reader should be able to say when the row passes. */
  readonly title: string;
}

/** Every item with its category, level and title. */
export const checklist: Readonly<Record<ItemId, ChecklistItem>> = {
  'base-image-pinned': {
    category: 'Base image',
    level: 'required',
    title: 'The base image is pinned to a specific version',
  },
  'base-image-fits': { category: 'Base image', level: 'recommended', title: 'The base image fits what it carries' },
  'non-root-user': { category: 'Security', level: 'required', title: 'It runs as a non-root user' },
  'no-secrets': { category: 'Security', level: 'required', title: 'No secret is in the image' },
  'context-excludes': {
    category: 'Security',
    level: 'recommended',
    title: 'The build context leaves out what the image must not hold',
  },
  'multi-stage': {
    category: 'Performance',
    level: 'recommended',
    title: 'The final image holds no build tools',
  },
  'layer-caching': {
    category: 'Performance',
    level: 'recommended',
    title: 'A source change does not reinstall the dependencies',
  },
  'no-package-cache': {
    category: 'Performance',
    level: 'recommended',
    title: 'No package manager leaves its cache in the image',
  },
  healthcheck: { category: 'Reliability', level: 'required', title: 'It reports its health' },
  'start-period': {
    category: 'Reliability',
    level: 'recommended',
    title: 'The health check gives it time to start',
  },
  'signal-handling': { category: 'Reliability', level: 'required', title: 'It stops cleanly when it is told to' },
  'fails-fast': {
    category: 'Reliability',
    level: 'recommended',
    title: 'A missing setting ends it at once, by name',
  },
  'port-documented': { category: 'Operations', level: 'recommended', title: 'It says which port it listens on' },
  labels: { category: 'Operations', level: 'info', title: 'The image says what it is' },
  'logs-to-stdout': { category: 'Operations', level: 'recommended', title: 'It logs to stdout and stderr' },
  'no-dev-dependencies': {
    category: 'Operations',
    level: 'recommended',
    title: 'No development dependency is in the image',
  },
  'image-size': { category: 'Performance', level: 'recommended', title: 'The image carries no dead weight' },
  reproducible: { category: 'Base image', level: 'info', title: 'The same source builds the same image' },
  hardened: { category: 'Security', level: 'info', title: 'It runs with the least rights' },
  'builds-and-starts': { category: 'Correctness', level: 'required', title: 'It builds, starts and stays up' },
};
