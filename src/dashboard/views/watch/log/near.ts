/** Which parts of a long list are near enough to what is looked at to be drawn. */
import { useEffect, useRef, useState } from 'preact/hooks';

type Told = (isNear: boolean, height: number) => void;

interface Watch {
  readonly observer: IntersectionObserver;
  readonly told: Map<Element, Told>;
}

const MARGIN = '800px 0px';
/** One observer for each list, however many parts it has. */
const watches = new WeakMap<Element, Watch>();

function watchOf(root: Element): Watch {
  const known = watches.get(root);
  if (known !== undefined) return known;
  const told = new Map<Element, Told>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting, boundingClientRect } of entries)
        told.get(target)?.(isIntersecting, boundingClientRect.height);
    },
    { root, rootMargin: MARGIN },
  );
  const watch = { observer, told };
  watches.set(root, watch);
  return watch;
}

/** Whether the element of `ref` is near, and how high it was when it was last drawn. `root` is what scrolls. */
export function useNear(root: Element | null): {
  readonly ref: { readonly current: HTMLDivElement | null };
  readonly isNear: boolean;
  readonly height: number | undefined;
} {
  const ref = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<{ isNear: boolean; height: number | undefined }>({
    isNear: false,
    height: undefined,
  });
  useEffect(() => {
    const element = ref.current;
    if (root === null || element === null) return undefined;
    const { observer, told } = watchOf(root);
    told.set(element, (isNear, height) => {
      setState((one) => (one.isNear === isNear ? one : { isNear, height: one.isNear ? height : one.height }));
    });
    observer.observe(element);
    return () => {
      observer.unobserve(element);
      told.delete(element);
    };
  }, [root]);
  return { ref, ...state };
}
