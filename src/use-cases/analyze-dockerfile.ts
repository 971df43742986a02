/** Use case: a Dockerfile, and what is known around it, in; a report out. Text in memory only; uploads: analyze-context.ts. */
import { policyInForce } from '../core/policy/policy.ts';
import { analysisReport } from '../core/report/report.ts';
import type { TextsOfBuild } from '../core/thinking.ts';
import type { OperatorPolicy, Policy } from '../schemas/policy.ts';
import type { ProfileName, Report } from '../schemas/report.ts';
import { projectFor } from './access.ts';
import type { Access } from './access.ts';
import type { Clock, Log, Thinker } from './ports.ts';
import type { Store } from './store-port.ts';
import { projectFileOf } from './project-file.ts';

/** A Dockerfile as text, and what is known around it. */
export interface AnalyzeInput extends TextsOfBuild {
  readonly project?: string | undefined;
  readonly profile?: ProfileName | undefined;
  readonly policy?: Policy | undefined;
  /** Apply what can be mended without asking, and tell the mended text beside the report. */
  readonly fix?: 'safe' | undefined;
  /** `false`: nothing is written. */
  readonly store: boolean;
  /** The report shows the Dockerfile, its secrets masked. Default: when it is stored. */
  readonly withSource?: boolean;
  readonly assumptions?: readonly string[];
  readonly access: Access;
  /** `reqId` in the log. */
  readonly requestId?: string | undefined;
}

/**
 * Analyses one Dockerfile. Throws AppError `storage-unavailable` when the report cannot be stored, `project-file-invalid` for a
 * drydock.yaml among the files that cannot be used, `project-forbidden`, and those of `Thinker`.
 */
export type AnalyzeDockerfile = (input: AnalyzeInput) => Promise<Report>;

/** Makes the use case. */
export function makeAnalyzeDockerfile(needs: {
  readonly store: Pick<Store, 'saveAnalysis'>;
  readonly thinker: Pick<Thinker, 'analyze'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly operatorPolicy: OperatorPolicy | undefined;
}): AnalyzeDockerfile {
  const { store, thinker, clock, log, version, operatorPolicy } = needs;
  return async (input) => {
    const createdAt = clock.now();
    const begun = clock.elapsed();
    const file = projectFileOf(input.files);
    const project = projectFor(input.access, input.project ?? file.project) ?? null;
    const policy = policyInForce({ operator: operatorPolicy, request: input.policy, repository: file.policy });
    const { analysis, profile, fixed, shownText, crashes, scanFailure } = await thinker.analyze({
      texts: textsOf({ ...input, target: input.target ?? file.target }),
      profile: { request: input.profile, file: file.profile },
      policy,
      today: createdAt.slice(0, 10),
      fix: input.fix,
      withText: input.withSource ?? input.store,
    });
    const id = clock.newId();
    const about = { reqId: input.requestId, analysisId: id };
    if (scanFailure !== undefined) log.error({ ...about, err: scanFailure }, 'secret scanner failed');
    for (const { rule, error } of crashes) log.error({ ...about, rule, err: error }, 'rule crashed');
    const source = shownText === undefined ? undefined : { path: input.path, text: shownText };
    const report = analysisReport(
      analysis,
      { project, profile, policy, source, assumptions: input.assumptions ?? [] },
      { id, createdAt, durationMs: Math.max(0, clock.elapsed() - begun), toolVersion: version },
    );
    if (input.store) await store.saveAnalysis(report);
    return fixed === undefined ? report : { ...report, fixed };
  };
}

/** Nothing more than what is thought about: all of it is copied into a thread. */
function textsOf({ dockerfile, path, files, folders, ignore, target, buildArgs }: TextsOfBuild): TextsOfBuild {
  return { dockerfile, path, files, folders, ignore, target, buildArgs };
}
