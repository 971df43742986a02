/** The two files that are written here, their editors, and what changes them: fixes, files that are opened, the way back. */
import { isolateHistory } from '@codemirror/commands';
import type { ChangeSpec } from '@codemirror/state';
import { useEffect, useRef, useState } from 'preact/hooks';
import { keepDraft, readDraft } from '../../draft.ts';
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

/** The texts of the last visit, or the example. They are kept while they are written. */
export function useTexts(): Texts {
  const [draft, setDraft] = useState<Draft>(() => readDraft() ?? EXAMPLE);
  const [isKept, setKept] = useState(true);
  const latest = useRef(draft);
  const handles = useRef<Record<FileName, EditorHandle>>({
    Dockerfile: { view: undefined },
    '.dockerignore': { view: undefined },
  });
  useEffect(() => {
    if (latest.current === draft && draft === EXAMPLE) return undefined; // only read so far
    const keep = (): void => setKept(keepDraft(latest.current));
    const timer = setTimeout(keep, KEEP_AFTER_MS);
    addEventListener('pagehide', keep);
    return () => {
      clearTimeout(timer);
      removeEventListener('pagehide', keep);
    };
  }, [draft]);
  useEffect(() => () => void keepDraft(latest.current), []);

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
