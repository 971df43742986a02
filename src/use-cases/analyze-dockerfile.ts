/** Use case: a Dockerfile, and what is known around it, in; a report out. Text in memory only; uploads: analyze-context.ts. */
import { createTwoFilesPatch } from 'diff';
import { analyze } from '../core/analyze.ts';
import { makeBuildContext } from '../core/context/build-context.ts';
import { parseIgnoreFile } from '../core/context/ignore.ts';
import type { ContextFile } from '../core/context/types.ts';
import { parseDockerfile } from '../core/dockerfile/parse.ts';
import type { Dockerfile } from '../core/dockerfile/types.ts';
import { mend } from '../core/fix.ts';
import { policyInForce } from '../core/policy.ts';
import { chooseProfile } from '../core/profiles.ts';
import { analysisReport } from '../core/report.ts';
import type { Leak, Subject } from '../core/rules/rule.ts';
import { textsToScan } from '../core/rules/questions/leaks.ts';
import type { Finding } from '../schemas/finding.ts';
import type { OperatorPolicy, Policy } from '../schemas/policy.ts';
import type { ProfileName, Report } from '../schemas/report.ts';
import type { Clock, Log, SecretScanner, Store } from './ports.ts';
import { projectFileOf } from './project-file.ts';

/** A Dockerfile as text, and what is known around it. */
export interface AnalyzeInput {
  /** Decoded text: see dockerfile-text.ts. */
  readonly dockerfile: string;
  /** Path inside the context. */
  readonly path: string;
  /** Files of the context, complete; `undefined` when only the Dockerfile is known. */
  readonly files: readonly ContextFile[] | undefined;
  /** Every folder of the upload, where they are known: an empty one has no file to tell of it. */
  readonly folders?: readonly string[] | undefined;
  /** The ignore file in force, where there is one. */
  readonly ignore: { readonly path: string; readonly text: string } | undefined;
  readonly target?: string | undefined;
  readonly buildArgs?: Readonly<Record<string, string>> | undefined;
  readonly project?: string | undefined;
  readonly profile?: ProfileName | undefined;
  readonly policy?: Policy | undefined;
  /** Apply what can be mended without asking, and tell the mended text beside the report. */
  readonly fix?: 'safe' | undefined;
  /** `false`: nothing is written. */
  readonly store: boolean;
  readonly assumptions?: readonly string[];
}

/**
 * Analyses one Dockerfile. Throws AppError `storage-unavailable` when the report cannot be stored, `project-file-invalid` for a
 * drydock.yaml among the files that cannot be used.
 */
export type AnalyzeDockerfile = (input: AnalyzeInput) => Promise<Report>;

/** Makes the use case. */
export function makeAnalyzeDockerfile(needs: {
  readonly store: Pick<Store, 'saveAnalysis'>;
  readonly secretScanner: SecretScanner;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly operatorPolicy: OperatorPolicy | undefined;
}): AnalyzeDockerfile {
  const { store, secretScanner, clock, log, version, operatorPolicy } = needs;
  return async (input) => {
    const createdAt = clock.now();
    const begun = clock.elapsed();
    const file = projectFileOf(input.files);
    const policy = policyInForce({ operator: operatorPolicy, request: input.policy, repository: file.policy });
    const ignore = input.ignore === undefined ? undefined : parseIgnoreFile(input.ignore.text, input.ignore.path);
    const target = input.target ?? file.target;
    const parse = (text: string): Dockerfile =>
      parseDockerfile(text, {
        ...(target === undefined ? {} : { target }),
        ...(input.buildArgs === undefined ? {} : { buildArgs: input.buildArgs }),
      });
    const dockerfile = parse(input.dockerfile);
    const context = makeBuildContext({
      ...(input.files === undefined ? {} : { files: input.files }),
      ...(input.folders === undefined ? {} : { folders: input.folders }),
      ...(ignore === undefined ? {} : { ignore }),
    });
    const profile = chooseProfile({ request: input.profile, file: file.profile }, dockerfile, context);
    const unscanned: Subject = {
      dockerfile,
      path: input.path,
      context,
      profile: profile.name,
      facts: { today: createdAt.slice(0, 10), leaks: undefined },
      policy,
    };
    const leaks = await leaksIn(unscanned, secretScanner, log);
    const subject: Subject = { ...unscanned, facts: { ...unscanned.facts, leaks } };
    const lookAt = (text: string): readonly Finding[] =>
      analyze({ ...subject, dockerfile: parse(text) }, undefined, policy).findings;
    const analysis = analyze(subject, undefined, policy);
    const id = clock.newId();
    for (const { rule, error } of analysis.crashes) log.error({ analysisId: id, rule, err: error }, 'rule crashed');
    const report = analysisReport(
      analysis,
      { project: input.project ?? file.project ?? null, profile, policy, assumptions: input.assumptions ?? [] },
      { id, createdAt, durationMs: Math.max(0, clock.elapsed() - begun), toolVersion: version },
    );
    if (input.store) await store.saveAnalysis(report);
    return input.fix === undefined ? report : { ...report, fixed: fixedOf(input, lookAt) };
  };
}

/** `undefined` when the scanner failed: then nobody looked. */
async function leaksIn(subject: Subject, scanner: SecretScanner, log: Log): Promise<readonly Leak[] | undefined> {
  try {
    return await scanner.scan(textsToScan(subject));
  } catch (err) {
    log.error({ err }, 'secret scanner failed');
    return undefined;
  }
}

function fixedOf(
  { dockerfile, path }: AnalyzeInput,
  findingsOf: (text: string) => readonly Finding[],
): NonNullable<Report['fixed']> {
  const { text, applied } = mend(dockerfile, findingsOf);
  const diff = text === dockerfile ? '' : createTwoFilesPatch(`a/${path}`, `b/${path}`, dockerfile, text);
  return { dockerfile: text, diff, applied: [...applied] };
}
