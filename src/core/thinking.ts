/** What is thought about in a thread of its own, and what comes of it: plain data, since it is copied there and back. */
import type { Report } from '../schemas/report.ts';
import type { Analysis } from './analyze.ts';
import { makeBuildContext } from './context/build-context.ts';
import { parseIgnoreFile } from './context/ignore.ts';
import type { BuildContext, ContextFile } from './context/types.ts';
import { parseDockerfile } from './dockerfile/parse.ts';
import type { Dockerfile } from './dockerfile/types.ts';
import type { PolicyInForce } from './policy/policy.ts';
import type { ProfileWish } from './policy/profiles.ts';

/** A Dockerfile as text, and what stands around it. */
export interface TextsOfBuild {
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
}

/** An analysis to think about. */
export interface Question {
  readonly texts: TextsOfBuild;
  readonly profile: ProfileWish;
  readonly policy: PolicyInForce;
  /** `2026-06-01` */
  readonly today: string;
  /** Mend, too, what can be mended without asking. */
  readonly fix: 'safe' | undefined;
  /** Tell the text as well, as it may be shown. */
  readonly withText: boolean;
}

/** What came of it. */
export interface Answer {
  readonly analysis: Pick<Analysis, 'findings' | 'predicted'>;
  readonly profile: Report['profile'];
  readonly fixed: Report['fixed'];
  /** The Dockerfile with its secrets masked, where it was asked for. */
  readonly shownText: string | undefined;
  /** Mistakes of ours, for the log. */
  readonly crashes: readonly { readonly rule: string; readonly error: PlainError }[];
  /** Why the secret scanner failed: then nobody looked. */
  readonly scanFailure: PlainError | undefined;
}

/** An error as far as a log tells it. */
export interface PlainError {
  readonly message: string;
  readonly stack: string;
}

/** What is done, in the order in which it is done; ends the sentence "It was given up while …". */
export const STEPS = [
  'the thread was starting',
  'the Dockerfile was read',
  'the ignore file was applied',
  'secrets were searched for',
  'the rules were asked',
  'the text was mended',
  'the builds were planned',
  'the failure was explained',
] as const;

/** Reads a text as the Dockerfile of these texts: theirs, or what it is mended to. Pure. */
export function dockerfileOf({ target, buildArgs }: TextsOfBuild, text: string): Dockerfile {
  return parseDockerfile(text, {
    ...(target === undefined ? {} : { target }),
    ...(buildArgs === undefined ? {} : { buildArgs }),
  });
}

/** What the texts say of the context. Pure. */
export function contextOf({ files, folders, ignore }: TextsOfBuild): BuildContext {
  return makeBuildContext({
    ...(files === undefined ? {} : { files }),
    ...(folders === undefined ? {} : { folders }),
    ...(ignore === undefined ? {} : { ignore: parseIgnoreFile(ignore.text, ignore.path) }),
  });
}
