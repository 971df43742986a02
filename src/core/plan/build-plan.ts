/**
 * What can only be worked out by asking the rules' questions about a build: done in a thread, since the questions of a text made for
 * it take seconds. What is left to the process takes time by the length of the Dockerfile, and no more than its reading.
 */
import type { BuildFailure } from '../../schemas/report.ts';
import { explainFailure } from '../failure/explain.ts';
import type { FailureSeen } from '../failure/types.ts';
import { declaredPackages } from '../image/declared.ts';
import type { DeclaredPackages } from '../image/declared.ts';
import { sentToBuilder } from './prepare-build.ts';
import { planRebuild } from './rebuild-plan.ts';
import type { RebuildPlan } from './rebuild-plan.ts';
import type { Subject } from '../rules/rule.ts';
import { contextOf, dockerfileOf } from '../thinking.ts';
import type { TextsOfBuild } from '../thinking.ts';

/** A build to plan. */
export interface PlanQuestion {
  readonly texts: TextsOfBuild;
  readonly profile: Subject['profile'];
}

/** What is sent to the builder, and what is built the second time. */
export interface BuildPlan {
  readonly rebuild: RebuildPlan;
  /** Paths of the files that the builder may not get. */
  readonly ignored: ReadonlySet<string>;
  /** What the manifests among the files that it gets ask for. */
  readonly declared: DeclaredPackages;
}

/** A failure to explain. */
export interface FailureQuestion {
  readonly texts: TextsOfBuild;
  readonly seen: FailureSeen;
}

/** Plans. Pure. */
export function planBuild({ texts, profile }: PlanQuestion): BuildPlan {
  const context = contextOf(texts);
  const keeps = sentToBuilder(context.ignore, texts.path);
  const ignored = (context.files ?? []).map(({ path }) => path).filter((path) => !keeps(path, false));
  const subject: Subject = {
    dockerfile: dockerfileOf(texts, texts.dockerfile),
    path: texts.path,
    context,
    profile,
    facts: { today: undefined, leaks: undefined },
    policy: {},
  };
  return { rebuild: planRebuild(subject), ignored: new Set(ignored), declared: declaredPackages(context.sent) };
}

/** Explains. Pure. */
export function explainBuild({ texts, seen }: FailureQuestion): BuildFailure {
  return explainFailure(seen, { dockerfile: dockerfileOf(texts, texts.dockerfile), context: contextOf(texts) });
}
