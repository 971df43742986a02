/** Use case, inner part of verify-image.ts: everything that is known of a claimed build before the engine is asked. */
import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { parseDockerfile } from '../core/dockerfile/parse.ts';
import type { Dockerfile } from '../core/dockerfile/types.ts';
import type { DeclaredPackages } from '../core/image/declared.ts';
import type { PolicyInForce } from '../core/policy/policy.ts';
import { policyInForce } from '../core/policy/policy.ts';
import { withoutFrontend } from '../core/plan/prepare-build.ts';
import { purposeOf } from '../core/policy/profiles.ts';
import type { RebuildPlan } from '../core/plan/rebuild-plan.ts';
import type { RunPlan } from '../core/plan/run-plan.ts';
import { planRun } from '../core/plan/run-plan.ts';
import { dockerfileOf } from '../core/thinking.ts';
import type { TextsOfBuild } from '../core/thinking.ts';
import type { OperatorPolicy } from '../schemas/policy.ts';
import { AppError } from './errors.ts';
import type { SpooledContext, Spool, Thinker } from './ports.ts';
import type { ClaimedBuild } from './store-port.ts';
import { projectFileOf } from './project-file.ts';
import { readContext } from './read-context.ts';

/** A claim, read. */
export interface ReadClaim {
  readonly dockerfile: Dockerfile;
  /** Dockerfile and context as the rules saw them, for what is worked out from them later. */
  readonly texts: TextsOfBuild;
  readonly context: SpooledContext;
  readonly policy: PolicyInForce;
  readonly run: RunPlan;
  readonly rebuild: RebuildPlan;
  readonly declared: DeclaredPackages;
  readonly assumptions: readonly string[];
  /** What the builder gets: ignored files left out, the frontend taken out, these files in place of the uploaded ones. */
  readonly tar: (changed: ReadonlyMap<string, Buffer>) => Readable;
}

/** Reads it. Throws AppError `storage-unavailable` when the upload is gone, and what readContext and `Thinker.plan` throw. */
export async function readClaim(
  { contextId, options, sealed, report }: ClaimedBuild,
  needs: {
    readonly spool: Pick<Spool, 'open'>;
    readonly thinker: Pick<Thinker, 'plan'>;
    readonly maxDockerfileBytes: number;
    readonly operatorPolicy: OperatorPolicy | undefined;
  },
  signal: AbortSignal,
): Promise<ReadClaim> {
  const context = await needs.spool.open(contextId);
  if (context === undefined) {
    throw new AppError('storage-unavailable', 'The uploaded context is no longer on the disk. Submit it again.');
  }
  const read = await readContext(context, options.dockerfile, needs.maxDockerfileBytes);
  const { path, files, folders, ignore } = read;
  const { target } = options;
  const { buildArgs } = sealed;
  const texts: TextsOfBuild = { dockerfile: read.dockerfile, path, files, folders, ignore, target, buildArgs };
  const { rebuild, ignored, declared } = await needs.thinker.plan({ texts, profile: report.profile.name }, signal);
  // Reading alone takes time by the length of the text: a quarter of a second for a megabyte.
  const dockerfile = dockerfileOf(texts, texts.dockerfile);
  const sent = textToBuild(read.bytes, dockerfile);
  const run = planRun(dockerfile, { ...options, env: sealed.env, profile: report.profile.name });
  return {
    dockerfile,
    texts,
    context,
    policy: policyInForce({
      operator: needs.operatorPolicy,
      request: options.policy,
      repository: projectFileOf(files).policy,
    }),
    run,
    rebuild,
    declared,
    assumptions: [
      ...(sent.assumption === undefined ? [] : [sent.assumption]),
      ...(options.command === undefined || purposeOf(report.profile.name) === undefined
        ? []
        : [
            `It was started with the command of the request, not with that of the image: ${JSON.stringify(options.command)}`.slice(
              0,
              1000,
            ),
          ]),
      // Nobody knocks at what runs to its end, or is not run at all.
      ...(purposeOf(report.profile.name) === 'service' ? run.assumptions : []),
    ],
    tar: (changed) =>
      context.tar(
        (entry) => entry.type === 'directory' || !ignored.has(entry.path),
        // Always in place of what was uploaded: that may be a link to a file that is ignored.
        new Map([...changed, [path, sent.bytes]]),
      ),
  };
}

/** The bytes to build: what was uploaded, the frontend taken out. Text that is not UTF-8 is passed on as it is. */
function textToBuild(
  bytes: Uint8Array,
  dockerfile: Dockerfile,
): { readonly bytes: Buffer; readonly assumption: string | undefined } {
  if (isUtf8(bytes)) {
    const { text, assumption } = withoutFrontend(dockerfile);
    return { bytes: Buffer.from(text), assumption };
  }
  // Directives are ASCII, so one letter a byte reads them rightly and brings every other byte back unchanged.
  const { text, assumption } = withoutFrontend(parseDockerfile(Buffer.from(bytes).toString('latin1')));
  return { bytes: Buffer.from(text, 'latin1'), assumption };
}
