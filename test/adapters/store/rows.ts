/** Reports and builds to store in tests. */
import type { Sealer } from '../../../src/use-cases/ports.ts';
import type {
  ClaimedBuild,
  NewBuild,
  Outcome,
  QueueRoom,
  SealedInputs,
  Store,
} from '../../../src/use-cases/store-port.ts';
import { ItemId } from '../../../src/schemas/item.ts';
import type { Report } from '../../../src/schemas/report.ts';
import { someOrigin } from '../../helpers/origin.ts';

/** A time, `seconds` after a fixed one. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
}

/** A report that the schema accepts, with letters that encodings like to break. */
export function report(id: string, more: Partial<Report> = {}): Report {
  return {
    schemaVersion: 1,
    id,
    kind: 'analysis',
    createdAt: at(0),
    durationMs: 1.5,
    verdict: 'not-ready',
    score: 42,
    grade: 'D',
    tool: { version: '0.1.0' },
    project: 'shop/api',
    profile: { name: 'service', detected: false, why: 'nothing says otherwise' },
    items: ItemId.options.map((item) => ({
      id: item,
      category: 'Security',
      level: 'info',
      title: `“${item}” – \u0000\u{1F6A2}'"\\`,
      status: 'unknown',
    })),
    findings: [],
    assumptions: [],
    ...more,
  };
}

/** Room for so many waiting builds, of any size. */
export function room(builds: number): QueueRoom {
  return { builds, bytes: Number.MAX_SAFE_INTEGER };
}

/** A build that was submitted `seconds` after the first one could be. */
export function newBuild(id: string, seconds = 0, sealed: SealedInputs = {}): NewBuild {
  return {
    id,
    project: 'shop/api',
    createdAt: at(seconds),
    contextId: `context-${id}`,
    contextBytes: 1000,
    options: { dockerfile: 'Dockerfile', port: 8080 },
    sealed,
    report: report(`analysis-${id}`),
    origin: someOrigin,
  };
}

/** A sealer that seals nothing but shows what went through it. */
export function plainSealer(mark = 'sealed:'): Sealer {
  return {
    fingerprint: (text) => mark + text,
    seal: (text) => Buffer.from(mark + Buffer.from(text).toString('base64')),
    open: (sealed) => {
      const text = sealed.toString();
      if (!text.startsWith(mark)) throw new Error('sealed with another key');
      return Buffer.from(text.slice(mark.length), 'base64').toString();
    },
  };
}

/** An end without a report. */
export const errored: Outcome = { state: 'errored', error: 'The engine went away.', finishedAt: at(90) };

/** Claims the build that has to be there. */
export async function claimed(store: Store, when: string): Promise<ClaimedBuild> {
  const claim = await store.claim(when);
  if (claim === undefined) throw new Error('There should be a build to claim.');
  return claim;
}
