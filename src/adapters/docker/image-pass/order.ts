/** What a pass over an image is told, and what crosses the border between the process and the thread that does it. */
import type { DeclaredPackages } from '../../../core/image/declared.ts';
import type { Needle } from '../../../core/image/needles.ts';
import type { OwnStep } from '../../../core/image/own-steps.ts';
import type { ImageSeen } from '../../../core/image/seen.ts';

/** How much is looked at. */
export interface PassLimits {
  /** Of one text file, from its beginning. */
  readonly maxTextBytes: number;
  /** Entries of all layers together that are kept in mind. */
  readonly maxEntries: number;
  /** Characters of all their paths. */
  readonly maxPathCharacters: number;
  /** Unpacked bytes of the whole image. */
  readonly maxBytes: number;
  /** Longest list in the answer. */
  readonly maxTold: number;
}

/** Ten times a large image; what goes beyond was made to be in the way. */
export const USUAL_LIMITS: PassLimits = {
  maxTextBytes: 1024 * 1024,
  maxEntries: 400_000,
  maxPathCharacters: 32 * 1024 * 1024,
  maxBytes: 20 * 1024 ** 3,
  maxTold: 100,
};

/** The order for one pass: plain data, because it is copied into the thread. */
export interface PassOrder {
  readonly steps: readonly OwnStep[];
  readonly needles: readonly Needle[];
  readonly declared: DeclaredPackages;
  /** Digests of layers that surely are the base's: their files are counted and not read. */
  readonly baseLayers: readonly string[];
  readonly limits: PassLimits;
}

/** From the process to the thread. Without bytes: that was all. */
export interface PassInput {
  readonly bytes: Uint8Array | undefined;
}

/** From the thread to the process. */
export type PassOutput =
  /** One more input was read. */
  { readonly kind: 'taken' } | { readonly kind: 'seen'; readonly image: ImageSeen };
