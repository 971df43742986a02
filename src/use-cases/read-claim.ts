/** Use case, inner part of verify-image.ts: everything that is known of a claimed build before the engine is asked. */
import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { makeBuildContext } from '../core/context/build-context.ts';
import { parseIgnoreFile } from '../core/context/ignore.ts';
import { parseDockerfile } from '../core/dockerfile/parse.ts';
import type { Dockerfile } from '../core/dockerfile/types.ts';
import type { PolicyInForce } from '../core/policy.ts';
import { policyInForce } from '../core/policy.ts';
import { sentToBuilder, withoutFrontend } from '../core/prepare-build.ts';
import type { Subject } from '../core/rules/rule.ts';
import { purposeOf } from '../core/profiles.ts';
import type { RunPlan } from '../core/run-plan.ts';
import { planRun } from '../core/run-plan.ts';
import type { OperatorPolicy } from '../schemas/policy.ts';
import { AppError } from './errors.ts';
import type { ClaimedBuild, SpooledContext, Spool } from './ports.ts';
import { projectFileOf } from './project-file.ts';
import { readContext } from './read-context.ts';

/** A claim, read. */
export interface ReadClaim {
  /** Dockerfile and context as the rules saw them, for what is planned from them. */
  readonly subject: Subject;
  readonly context: SpooledContext;
  readonly policy: PolicyInForce;
  readonly plan: RunPlan;
  readonly assumptions: readonly string[];
  /** What the builder gets: ignored files left out, the frontend taken out, these files in place of the uploaded ones. */
  readonly tar: (changed: ReadonlyMap<string, Buffer>) => Readable;
}

/** Reads it. Throws AppError `storage-unavailable` when the upload is gone, and what readContext throws. */
export async function readClaim(
  { contextId, options, sealed, report }: ClaimedBuild,
  needs: {
    readonly spool: Pick<Spool, 'open'>;
    readonly maxDockerfileBytes: number;
    readonly operatorPolicy: OperatorPolicy | undefined;
  },
): Promise<ReadClaim> {
  const context = await needs.spool.open(contextId);
  if (context === undefined) {
    throw new AppError('storage-unavailable', 'The uploaded context is no longer on the disk. Submit it again.');
  }
  const read = await readContext(context, options.dockerfile, needs.maxDockerfileBytes);
  const { path, files, folders } = read;
  const dockerfile = parseDockerfile(read.dockerfile, {
    ...(options.target === undefined ? {} : { target: options.target }),
    ...(sealed.buildArgs === undefined ? {} : { buildArgs: sealed.buildArgs }),
  });
  const ignore = read.ignore === undefined ? undefined : parseIgnoreFile(read.ignore.text, read.ignore.path);
  const keeps = sentToBuilder(ignore, path);
  const sent = textToBuild(read.bytes, dockerfile);
  const plan = planRun(dockerfile, options);
  return {
    subject: {
      dockerfile,
      path,
      context: makeBuildContext({ files, folders, ...(ignore === undefined ? {} : { ignore }) }),
      profile: report.profile.name,
      facts: { today: undefined, leaks: undefined },
      policy: {},
    },
    context,
    policy: policyInForce({
      operator: needs.operatorPolicy,
      request: options.policy,
      repository: projectFileOf(files).policy,
    }),
    plan,
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
      ...(purposeOf(report.profile.name) === 'service' ? plan.assumptions : []),
    ],
    tar: (changed) =>
      context.tar(
        (entry) => keeps(entry.path, entry.type === 'directory'),
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
