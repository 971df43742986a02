/** What the builder would see: the uploaded files and the ignore file in force. Types only; nothing here touches a disk. */
import type { Span } from '../dockerfile/types.ts';

/** One file of the upload. Folders are not listed; a link is listed with its target. */
export interface ContextFile {
  /** Relative to the context root, `/` between parts, no leading `./`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Text, where it was given or was worth reading (see `wantsContent`). */
  readonly content?: string;
  readonly linkTarget?: string;
}

/** One line of an ignore file that says something. */
export interface IgnorePattern {
  readonly raw: string;
  /** `!pattern`: takes back what an earlier line excluded. */
  readonly negated: boolean;
  readonly span: Span;
}

/** A `.dockerignore`, read as moby/patternmatcher reads it. */
export interface IgnoreFile {
  readonly path: string;
  readonly patterns: readonly IgnorePattern[];
  /** Lines that the builder would refuse. */
  readonly problems: readonly { readonly message: string; readonly span: Span }[];
  /** True when the builder would leave the file out. A file below an excluded folder counts as excluded unless a later `!` takes it back. */
  excludes(path: string): boolean;
  /** The line that leaves the path out; `undefined` when none does. */
  excludedBy(path: string): IgnorePattern | undefined;
}

/** Everything that is known about what stands around the Dockerfile. */
export interface BuildContext {
  /** Every uploaded file, sorted by path; `undefined` when only a Dockerfile (and perhaps an ignore file) was given. */
  readonly files: readonly ContextFile[] | undefined;
  /** Every uploaded folder, empty ones too; `undefined` when they are not known beyond what `files` tells. */
  readonly folders: ReadonlySet<string> | undefined;
  /** The ignore file in force; `undefined` when there is none, or when nothing is known of it (`files` says which). */
  readonly ignore: IgnoreFile | undefined;
  /** What the builder would get: `files` without what `ignore` excludes. Empty when `files` is unknown. */
  readonly sent: readonly ContextFile[];
  /** A file that was uploaded, ignored or not. */
  file(path: string): ContextFile | undefined;
}
