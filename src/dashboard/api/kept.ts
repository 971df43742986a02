/** What was known a moment ago, so that a wider or narrower question does not blank what is looked at. */
import { useRef } from 'preact/hooks';

/**
 * The value, or while there is none the last one.
 * @param of  whose value it is: what was known of another is never shown
 */
export function useKept<T>(value: T | undefined, of: string): T | undefined {
  const last = useRef<{ readonly of: string; readonly value: T | undefined }>({ of, value });
  if (value !== undefined || last.current.of !== of) last.current = { of, value };
  return last.current.value;
}
