/** What was picked, made ready: which Dockerfile is meant, what it says, what the ignore file leaves out. */
import { useEffect, useState } from 'preact/hooks';
import { effectiveIgnorePath } from '../../../core/context/build-context.ts';
import { chooseDockerfile } from '../../../core/context/choose-dockerfile.ts';
import { parseIgnoreFile } from '../../../core/context/ignore.ts';
import type { IgnoreFile } from '../../../core/context/types.ts';
import type { Draft } from '../../draft.ts';
import { readFacts } from './facts.ts';
import type { Facts } from './facts.ts';
import { textOf, whyNot } from './picked.ts';
import type { Picked, PickedFile } from './picked.ts';
import { planSending } from './sending.ts';
import type { Sending } from './sending.ts';

/** A picked thing, ready to be sent. What only the service can see of an archive is absent. */
export interface Context {
  readonly picked: Picked;
  /** Files of a folder that may be the Dockerfile. */
  readonly candidates: readonly string[];
  /** The one that is meant. */
  readonly dockerfile: string | undefined;
  readonly text: string | undefined;
  readonly facts: Facts | undefined;
  readonly files: readonly PickedFile[];
  readonly ignore: IgnoreFile | undefined;
  readonly sending: Sending<PickedFile> | undefined;
  /** Why it cannot be sent as it is, for the reader. */
  readonly trouble: string | undefined;
}

/** Which Dockerfile is wanted. */
export interface DockerfileWish {
  /** Empty: the usual one. */
  readonly path: string;
  readonly target: string;
  /** A text that stands in for the one of the folder. */
  readonly draft: Draft | undefined;
}

/** Makes it ready, anew whenever another Dockerfile is wanted. `undefined` until then. */
export function useContextOf(picked: Picked | undefined, { path, target, draft }: DockerfileWish): Context | undefined {
  const [context, setContext] = useState<Context>();
  useEffect(() => {
    let isGone = false;
    if (picked === undefined) setContext(undefined);
    else {
      void makeContext(picked, { path, target, draft }).then((made) => {
        if (!isGone) setContext(made);
      });
    }
    return () => {
      isGone = true;
    };
  }, [picked, path, target, draft]);
  return context?.picked === picked ? context : undefined;
}

async function makeContext(picked: Picked, { path, target, draft }: DockerfileWish): Promise<Context> {
  const nothing = {
    candidates: [],
    text: undefined,
    facts: undefined,
    files: [],
    ignore: undefined,
    sending: undefined,
    trouble: undefined,
  };
  if (picked.kind === 'archive') return { ...nothing, picked, dockerfile: path === '' ? undefined : path };
  if (picked.kind === 'dockerfile') {
    const { text } = picked;
    return { ...nothing, picked, dockerfile: 'Dockerfile', text, facts: readFacts(text, target) };
  }
  const files = draft === undefined ? picked.files : withDraft(picked.files, draft);
  const paths = files.map((file) => file.path);
  const choice = chooseDockerfile(paths, draft !== undefined ? 'Dockerfile' : path === '' ? undefined : path);
  const all = chooseDockerfile(paths, '\0'); // no file is called so: all candidates
  const dockerfile = 'path' in choice ? choice.path : undefined;
  const listed = {
    ...nothing,
    picked,
    candidates: 'candidates' in all ? all.candidates : [],
    dockerfile,
    files,
  };
  const ignorePath = effectiveIgnorePath(dockerfile ?? 'Dockerfile', (one) => paths.includes(one));
  const read = async (of: string | undefined, kind: string): Promise<string | undefined> => {
    const found = files.find((file) => file.path === of);
    return found === undefined ? undefined : await textOf(found, kind);
  };
  try {
    const text = await read(dockerfile, 'Dockerfile');
    const ignoreText = await read(ignorePath, 'ignore file');
    const ignore =
      ignorePath === undefined || ignoreText === undefined ? undefined : parseIgnoreFile(ignoreText, ignorePath);
    const facts = text === undefined ? undefined : readFacts(text, target);
    return { ...listed, text, facts, ignore, sending: planSending(files, dockerfile, ignore) };
  } catch (error) {
    return { ...listed, trouble: whyNot(error) };
  }
}

/** The files with the text of Write in the place of the Dockerfile, and its ignore file where one was written. */
function withDraft(files: readonly PickedFile[], { dockerfile, dockerignore }: Draft): readonly PickedFile[] {
  const given = [
    fileOf('Dockerfile', dockerfile),
    ...(dockerignore === '' ? [] : [fileOf('.dockerignore', dockerignore)]),
  ];
  return [...files.filter(({ path }) => !given.some((one) => one.path === path)), ...given];
}

function fileOf(path: string, text: string): PickedFile {
  const file = new File([text], path);
  return { path, size: file.size, file };
}
