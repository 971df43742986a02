/** The log: sections that fold, search, and an end that is followed until the reader scrolls up. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { html } from '../../../html.ts';
import { DownloadButton } from '../../../parts/download.ts';
import { Refusal } from '../../../parts/notice.ts';
import { find } from './log-model.ts';
import { LogSection } from './log-section.ts';
import { LogSearch } from './log-search.ts';
import type { ReadLog } from './use-log.ts';

/** Within so many pixels of the end the reader is at the end. */
const AT_END_PX = 32;

/** The log of the build with that id. */
export function LogView({ log, id }: { readonly log: ReadLog; readonly id: string }): VNode {
  const { reader, version, isWhole, error } = log;
  const [root, setRoot] = useState<HTMLDivElement | null>(null);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [isWrapped, setWrapped] = useState(false);
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  const hits = useMemo(() => find(reader.sections, words), [reader, version, words]);
  const hit = hits[Math.min(at, hits.length - 1)];
  const [isFollowing, setFollowing] = useFollowedEnd(root, !isWhole && words === '');

  useLayoutEffect(() => {
    if (hit === undefined || root === null) return;
    const line = root.querySelector('.log-line-current');
    if (line === null) return;
    const { top } = line.getBoundingClientRect();
    root.scrollTop += top - root.getBoundingClientRect().top - root.clientHeight / 2;
  }, [hit?.section, hit?.line, words, root]);

  const toggle = (key: string): void => {
    const next = new Set(closed);
    if (!next.delete(key)) next.add(key);
    setClosed(next);
  };
  const search = (next: string): void => {
    setWords(next);
    setAt(0);
    if (next !== '') setFollowing(false);
  };
  const go = (by: number): void => {
    setAt((Math.min(at, hits.length - 1) + by + hits.length) % Math.max(1, hits.length));
    setFollowing(false);
  };
  const foldable = reader.sections.filter(({ lines }) => lines.length > 0).map(({ key }) => key);
  const areFolded = foldable.length > 0 && foldable.every((key) => closed.has(key));
  return html`<div class="log">
    <div class="log-bar">
      <${LogSearch} words=${words} search=${search} go=${go} at=${Math.min(at, hits.length - 1)} count=${hits.length} />
      <span class="log-tools">
        ${
          !isWhole &&
          html`<button type="button" aria-pressed=${isFollowing} onClick=${() => setFollowing(!isFollowing)}>
            Follow the end
          </button>`
        }
        <button type="button" aria-pressed=${isWrapped} onClick=${() => setWrapped(!isWrapped)}>Wrap</button>
        <button type="button" onClick=${() => setClosed(new Set(areFolded ? [] : foldable))}>
          ${areFolded ? 'Unfold all' : 'Fold all'}
        </button>
        <${DownloadButton} path=${`/build-verify/${encodeURIComponent(id)}/log?follow=false`} name=${`${id}.log`}>
          Download<span class="unseen"> the log</span>
        <//>
      </span>
    </div>
    ${error !== undefined && html`<${Refusal} error=${error} />`}
    <div
      class=${`log-scroll ${isWrapped ? 'log-wrapped' : ''}`}
      ref=${setRoot}
      tabindex="0"
      role="region"
      aria-label="Lines of the log"
    >
      <div class="log-sections">
        ${reader.sections.map(
          (section) =>
            html`<${LogSection}
              key=${`${section.key}${isWrapped ? 'w' : ''}`}
              of=${section}
              size=${section.lines.length}
              root=${root}
              isOpen=${!closed.has(section.key) || hit?.section === section.key}
              toggle=${toggle}
              found=${words}
              current=${hit?.section === section.key ? hit.line : undefined}
            />`,
        )}
        ${reader.sections.length === 0 && error === undefined && html`<p class="log-empty">${isWhole ? 'Nothing was printed.' : 'Nothing was printed yet.'}</p>`}
      </div>
    </div>
    <p class="log-foot small soft">${reader.count.toLocaleString('en')} lines${isWhole ? '' : ' so far'}</p>
  </div>`;
}

/** Keeps the end in sight while more comes, until the reader scrolls up; and again once he is back at the end. */
function useFollowedEnd(root: HTMLElement | null, isGrowing: boolean): [boolean, (follow: boolean) => void] {
  const [isFollowing, setFollowing] = useState(true);
  const follows = useRef(true);
  follows.current = isFollowing && isGrowing;
  useEffect(() => {
    const inner = root?.firstElementChild;
    if (root === null || inner === null || inner === undefined) return undefined;
    let last = root.scrollTop;
    const scrolled = (): void => {
      const isAtEnd = root.scrollHeight - root.scrollTop - root.clientHeight < AT_END_PX;
      if (isAtEnd) setFollowing(true);
      else if (root.scrollTop < last) setFollowing(false);
      last = root.scrollTop;
    };
    const grown = new ResizeObserver(() => {
      if (follows.current) root.scrollTop = root.scrollHeight;
    });
    grown.observe(inner);
    root.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      grown.disconnect();
      root.removeEventListener('scroll', scrolled);
    };
  }, [root]);
  useEffect(() => {
    if (root !== null && isFollowing && isGrowing) root.scrollTop = root.scrollHeight;
  }, [root, isFollowing, isGrowing]);
  return [isFollowing, setFollowing];
}
