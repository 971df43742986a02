/** The two files that are written here, their editors, and what changes them: fixes, files that are opened, the way back. */
import { isolateHistory } from '@codemirror/commands';
import type { ChangeSpec } from '@codemirror/state';
import { useEffect, useRef, useState } from 'preact/hooks';
import { isSameDraft, keepDraft, readDraft, watchDraft } from '../../draft.ts';
import type { Draft } from '../../draft.ts';
import type { EditorHandle } from './editor.ts';
import { EXAMPLE } from './example.ts';
import { changeBetween } from './places.ts';

/** Paths of the files, as findings name them. */
export const FILES = ['Dockerfile', '.dockerignore'] as const;
/** One of them. */
export type FileName = (typeof FILES)[number];

const KEEP_AFTER_MS = 300;

/** The texts, and how to change them. */
export interface Texts {
  readonly draft: Draft;
  /** False: the browser keeps nothing. */
  readonly isKept: boolean;
  readonly handles: Readonly<Record<FileName, EditorHandle>>;
  textOf(file: FileName): string;
  /** Told by an editor; or a new profile. */
  set(part: Partial<Draft>): void;
  /** Replaces a whole text; the editor's undo brings the old one back. */
  replace(file: FileName, text: string): void;
  /** One change that one undo takes back, with the cursor in the editor behind it. */
  change(file: FileName, changes: ChangeSpec): void;
}

/**
 * The texts of the last visit, or the example. What is changed here is kept while it is written; what another tab keeps is taken
 * over, unless something here is not kept yet: the last who writes is right, and who only looks overwrites nobody.
 */
export function useTexts(): Texts {
  const [draft, setDraft] = useState<Draft>(() => readDraft() ?? EXAMPLE);
  const [isKept, setKept] = useState(true);
  const latest = useRef(draft);
  /** What is kept, as far as this tab knows: what differs from it was changed here. */
  const known = useRef(draft);
  const handles = useRef<Record<FileName, EditorHandle>>({
    Dockerfile: { view: undefined },
    '.dockerignore': { view: undefined },
  });
  const isChanged = (): boolean => !isSameDraft(latest.current, known.current);
  const keep = (): boolean => {
    if (!isChanged()) return true;
    const isDone = keepDraft(latest.current);
    if (isDone) known.current = latest.current;
    return isDone;
  };
  useEffect(() => {
    const timer = setTimeout(() => setKept(keep()), KEEP_AFTER_MS);
    return () => clearTimeout(timer);
  }, [draft]);
  useEffect(() => {
    addEventListener('pagehide', keep);
    return () => {
      removeEventListener('pagehide', keep);
      keep();
    };
  }, []);
  useEffect(
    () =>
      watchDraft((heard) => {
        const isOwn = isChanged();
        known.current = heard;
        if (isOwn) return;
        latest.current = heard;
        setDraft(heard);
        for (const file of FILES) showAnew(handles.current[file], textOf(file));
      }),
    [],
  );

  const textOf = (file: FileName): string =>
    file === 'Dockerfile' ? latest.current.dockerfile : latest.current.dockerignore;
  const change = (file: FileName, changes: ChangeSpec): void => {
    const { view } = handles.current[file];
    view?.dispatch({ changes, annotations: isolateHistory.of('full'), userEvent: 'input', scrollIntoView: true });
    view?.focus();
  };
  return {
    draft,
    isKept,
    handles: handles.current,
    textOf,
    set: (part) => {
      latest.current = { ...latest.current, ...part };
      setDraft(latest.current);
    },
    replace: (file, text) => change(file, changeBetween(textOf(file), text.replaceAll('\r\n', '\n')) ?? []),
    change,
  };
}

/** As one change that one undo takes back, with the cursor where it was. */
function showAnew({ view }: EditorHandle, text: string): void {
  const changes = changeBetween(view?.state.doc.toString() ?? text, text);
  if (changes !== undefined) view?.dispatch({ changes, annotations: isolateHistory.of('full') });
}
