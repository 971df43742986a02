/**
 * Use case, inner part of analyze-dockerfile.ts: all the thinking of one analysis. Plain data in, plain data out, since it is done
 * in a thread that can be ended (port `Thinker`): a text made for it keeps rules busy for longer than anybody should wait.
 */
import { createTwoFilesPatch } from 'diff';
import { analyze } from '../core/analyze.ts';
import { mend } from '../core/fix.ts';
import { chooseProfile } from '../core/policy/profiles.ts';
import type { Subject } from '../core/rules/rule.ts';
import { textsToScan } from '../core/rules/questions/leaks.ts';
import { contextOf, dockerfileOf } from '../core/thinking.ts';
import { shownText } from '../core/secrets/shown-text.ts';
import type { Answer, PlainError, Question, TextsOfBuild } from '../core/thinking.ts';
import type { Finding } from '../schemas/finding.ts';
import type { Report } from '../schemas/report.ts';
import type { SecretScanner } from './ports.ts';

/** Thinks. `onStep` is told the index of each step of `STEPS` as it begins. */
export type Think = (question: Question, onStep: (step: number) => void) => Promise<Answer>;

/** Makes the function for a thread, which has a scanner of its own. */
export function makeThink(scanner: SecretScanner): Think {
  return async ({ texts, profile: wish, policy, today, fix, withText }, onStep) => {
    onStep(1);
    const dockerfile = dockerfileOf(texts, texts.dockerfile);
    onStep(2);
    const context = contextOf(texts);
    const profile = chooseProfile(wish, dockerfile, context);
    const unscanned: Subject = {
      dockerfile,
      path: texts.path,
      context,
      profile: profile.name,
      facts: { today, leaks: undefined },
      policy,
    };
    const toScan = textsToScan(unscanned);
    onStep(3);
    const { leaks, failure } = await scanner.scan(toScan).then(
      (found) => ({ leaks: found, failure: undefined }),
      (error: unknown) => ({ leaks: undefined, failure: plainError(error) }),
    );
    const subject: Subject = { ...unscanned, facts: { today, leaks } };
    onStep(4);
    const { findings, predicted, crashes } = analyze(subject, undefined, policy);
    onStep(5);
    const findingsOf = (text: string): readonly Finding[] =>
      text === texts.dockerfile
        ? findings
        : analyze({ ...subject, dockerfile: dockerfileOf(texts, text) }, undefined, policy).findings;
    return {
      analysis: { findings, predicted },
      profile,
      fixed: fix === undefined ? undefined : fixedOf(texts, findingsOf),
      shownText: withText
        ? shownText(
            dockerfile,
            leaks?.filter(({ path }) => path === texts.path),
          )
        : undefined,
      crashes: crashes.map(({ rule, error }) => ({ rule, error: plainError(error) })),
      scanFailure: failure,
    };
  };
}

function fixedOf(
  { dockerfile, path }: TextsOfBuild,
  findingsOf: (text: string) => readonly Finding[],
): NonNullable<Report['fixed']> {
  const { text, applied } = mend(dockerfile, findingsOf);
  const diff = text === dockerfile ? '' : createTwoFilesPatch(`a/${path}`, `b/${path}`, dockerfile, text);
  return { dockerfile: text, diff, applied: [...applied] };
}

function plainError(error: unknown): PlainError {
  return error instanceof Error
    ? { message: error.message, stack: error.stack ?? '' }
    : { message: String(error), stack: '' };
}
