/** Where the focus goes when what had it is taken away: lost, it would be on the whole document, and a keyboard begins anew. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Elements of whoever keeps the focus. */
export interface KeptFocus {
  /** What it is kept within. */
  readonly within: RefObject<HTMLDivElement | null>;
  /** Where it goes; it has `tabindex=-1`. */
  readonly heading: RefObject<HTMLHeadingElement | null>;
}

/** Whenever the component is drawn and the focus was within, but is nowhere afterwards, it goes to the heading. */
export function useKeptFocus(): KeptFocus {
  const within = useRef<HTMLDivElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const hadFocus = within.current?.contains(document.activeElement) === true;
  useLayoutEffect(() => {
    if (hadFocus && document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  });
  return { within, heading };
}
