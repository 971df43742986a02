/** Use case: a Dockerfile, and what is known around it, in; a report out. Text in memory only; uploads: analyze-context.ts. */
import { analyze } from '../core/analyze.ts';
import { makeBuildContext } from '../core/context/build-context.ts';
import { parseIgnoreFile } from '../core/context/ignore.ts';
import type { ContextFile } from '../core/context/types.ts';
import { parseDockerfile } from '../core/dockerfile/parse.ts';
import { chooseProfile } from '../core/profiles.ts';
import { analysisReport } from '../core/report.ts';
import type { ProfileName, Report } from '../schemas/report.ts';
import type { Clock, Log, Store } from './ports.ts';

/** A Dockerfile as text, and what is known around it. */
export interface AnalyzeInput {
  /** Decoded text: see dockerfile-text.ts. */
  readonly dockerfile: string;
  /** Path inside the context. */
  readonly path: string;
  /** Files of the context, complete; `undefined` when only the Dockerfile is known. */
  readonly files: readonly ContextFile[] | undefined;
  /** The ignore file in force, where there is one. */
  readonly ignore: { readonly path: string; readonly text: string } | undefined;
  readonly target?: string | undefined;
  readonly buildArgs?: Readonly<Record<string, string>> | undefined;
  readonly project?: string | undefined;
  readonly profile?: ProfileName | undefined;
  /** `false`: nothing is written. */
  readonly store: boolean;
  readonly assumptions?: readonly string[];
}

/** Analyses one Dockerfile. Throws AppError `storage-unavailable` when the report cannot be stored. */
export type AnalyzeDockerfile = (input: AnalyzeInput) => Promise<Report>;

/** Makes the use case. */
export function makeAnalyzeDockerfile(needs: {
  readonly store: Pick<Store, 'saveAnalysis'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
}): AnalyzeDockerfile {
  const { store, clock, log, version } = needs;
  return async (input) => {
    const createdAt = clock.now();
    const begun = clock.elapsed();
    const profile = chooseProfile(input.profile);
    const ignore = input.ignore === undefined ? undefined : parseIgnoreFile(input.ignore.text, input.ignore.path);
    const analysis = analyze({
      dockerfile: parseDockerfile(input.dockerfile, {
        ...(input.target === undefined ? {} : { target: input.target }),
        ...(input.buildArgs === undefined ? {} : { buildArgs: input.buildArgs }),
      }),
      path: input.path,
      context: makeBuildContext({
        ...(input.files === undefined ? {} : { files: input.files }),
        ...(ignore === undefined ? {} : { ignore }),
      }),
      profile: profile.name,
    });
    const id = clock.newId();
    for (const { rule, error } of analysis.crashes) log.error({ analysisId: id, rule, err: error }, 'rule crashed');
    const report = analysisReport(
      analysis,
      { project: input.project ?? null, profile, assumptions: input.assumptions ?? [] },
      { id, createdAt, durationMs: Math.max(0, clock.elapsed() - begun), toolVersion: version },
    );
    if (input.store) await store.saveAnalysis(report);
    return report;
  };
}
