/** Packs, sends, and leads to the build. A repeated attempt with the same content and options is the same submission. */
import { useRef, useState } from 'preact/hooks';
import type { Build } from '../../../schemas/build.ts';
import { ApiError } from '../../api/client.ts';
import { upload } from '../../api/upload.ts';
import { goTo, linkTo } from '../../route.ts';
import type { Context } from './context.ts';
import { pack } from './pack.ts';

/** How far it is. */
export type Progress =
  | { readonly phase: 'idle' }
  | { readonly phase: 'packing' | 'sending'; readonly done: number; readonly total: number }
  | { readonly phase: 'accepting' };

/** A submission, and how to begin and end one. */
export interface Submission {
  readonly progress: Progress;
  readonly error: ApiError | undefined;
  readonly refuse: (error: ApiError) => void;
  readonly submit: (context: Context, options: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly cancel: () => void;
}

/** One submission at a time. */
export function useSubmission(): Submission {
  const [progress, setProgress] = useState<Progress>({ phase: 'idle' });
  const [error, setError] = useState<ApiError>();
  const running = useRef<AbortController>(undefined);
  /** What was sent last, and under which key. */
  const last = useRef<{ readonly of: string; readonly content: Blob; readonly key: string }>(undefined);
  const packed = useRef<{ readonly of: Context; readonly content: Blob }>(undefined);

  const contentOf = async (context: Context, signal: AbortSignal): Promise<Blob> => {
    const { picked, sending } = context;
    if (picked.kind === 'archive') return picked.file;
    if (picked.kind === 'dockerfile') return new Blob([picked.text], { type: 'text/plain' });
    const files = sending?.sent ?? [];
    const told = (done: number): void => setProgress({ phase: 'packing', done, total: files.length });
    return await pack(files, { progress: told, signal });
  };
  const submit: Submission['submit'] = async (context, options) => {
    running.current?.abort();
    const wanted = new AbortController();
    running.current = wanted;
    const { signal } = wanted;
    setError(undefined);
    setProgress({ phase: 'packing', done: 0, total: 0 });
    try {
      if (packed.current?.of !== context) packed.current = { of: context, content: await contentOf(context, signal) };
      const { content } = packed.current;
      const told = JSON.stringify(options);
      if (last.current?.of !== told || last.current.content !== content) {
        last.current = { of: told, content, key: newKey() };
      }
      const build = await upload<Build>('/build-verify', formOf(context, told, content), {
        headers: { 'idempotency-key': last.current.key },
        progress: (done, total) =>
          setProgress(done < total ? { phase: 'sending', done, total } : { phase: 'accepting' }),
        signal,
      });
      goTo(linkTo(['builds', build.id]));
    } catch (problem) {
      if (!signal.aborted) setError(problem instanceof ApiError ? problem : new ApiError(messageOf(problem)));
    } finally {
      if (running.current === wanted) setProgress({ phase: 'idle' });
    }
  };
  return { progress, error, refuse: setError, submit, cancel: () => running.current?.abort() };
}

/** The part `options` stands first: what follows is read as it comes. */
function formOf({ picked }: Context, options: string, content: Blob): FormData {
  const form = new FormData();
  form.append('options', new Blob([options], { type: 'application/json' }));
  if (picked.kind === 'dockerfile') form.append('dockerfile', content, 'Dockerfile');
  else form.append('context', content, picked.kind === 'archive' ? picked.file.name : 'context.zip');
  return form;
}

/** `crypto.randomUUID` is for encrypted pages only, and Drydock may be reached by a plain address. */
function newKey(): string {
  return `page-${Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-')}`;
}

function messageOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}
