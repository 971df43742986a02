/** Use case, inner part of run-build.ts: the image built a second time, after one source file was changed. */
import type { RebuiltBox } from '../core/probes/box.ts';
import type { RebuildPlan } from '../core/plan/rebuild-plan.ts';
import type { ImageBuildResult } from './engine-port.ts';
import { RegistryUnreachable } from './errors.ts';
import type { SpooledContext } from './ports.ts';

/** Source files are small; one that is not was never planned. */
const MOST_BYTES = 2 * 1024 * 1024;

/** Builds again and tells which steps came from the cache. Throws what the engine throws; a registry is not needed. */
export async function rebuild(job: {
  readonly plan: RebuildPlan;
  readonly first: ImageBuildResult;
  readonly context: Pick<SpooledContext, 'read'>;
  /** A change that was made before would be found in the cache of the builder, so each one has to be new. */
  readonly newId: () => string;
  readonly build: (changed: ReadonlyMap<string, Buffer>) => Promise<ImageBuildResult>;
}): Promise<RebuiltBox> {
  const { plan, first, context, newId, build } = job;
  if ('cannot' in plan) return { seen: 'unseen', reason: plan.cannot };
  const before = await context.read(plan.touch, MOST_BYTES);
  const changed = new Map([[plan.touch, Buffer.concat([before, blanksOf(newId())])]]);
  const second = await build(changed).catch((error: unknown) => {
    // What was proven of the image until now stands.
    if (error instanceof RegistryUnreachable) return undefined;
    throw error;
  });
  if (second === undefined)
    return { seen: 'unseen', reason: 'a registry could not be reached when it was built again' };
  if (second.failure !== undefined) {
    return { seen: 'unseen', reason: `the build failed after blank lines were added to ${plan.touch}` };
  }
  return {
    seen: 'rebuilt',
    touched: plan.touch,
    steps: second.steps.flatMap(({ line, cached, durationMs }) =>
      line === null ? [] : [{ line, cached, seconds: durationMs === null ? undefined : durationMs / 1000 }],
    ),
    copies: plan.copies,
    installs: plan.installs,
    firstSeconds: rounded(first.durationMs),
    seconds: rounded(second.durationMs),
  };
}

/** An id as blank lines: no two are alike, and no language minds them at the end of a file. */
function blanksOf(id: string): Buffer {
  const bits = id
    .replaceAll('-', '')
    .split('')
    .map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0'));
  return Buffer.from(`\n${bits.join('').replaceAll('0', ' ').replaceAll('1', '\n')}\n`);
}

function rounded(ms: number): number {
  return Math.round(ms / 100) / 10;
}
