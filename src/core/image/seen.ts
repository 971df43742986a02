/** What one pass over a built image saw: plain data, bounded, values of secrets masked. Types only. */
import type { LayerNode } from '../../schemas/report.ts';

/** A list that was cut at its limit, and how many there were in all. */
export interface Some<T> {
  readonly first: readonly T[];
  readonly total: number;
}

/** A layer that the Dockerfile made. */
export interface OwnLayer {
  /** 1-based among all layers of the image, the base's included. */
  readonly number: number;
  /** Line of the Dockerfile. */
  readonly line: number;
  /** What made it, as the history tells, secrets masked. */
  readonly command: string;
  readonly sizeBytes: number;
  readonly files: number;
  /** What lies in it, the largest first; bounded. */
  readonly tree: readonly LayerNode[];
}

/** Where in the image something is. `path` only in files; `line` where the Dockerfile is known to have made it. */
export interface Place {
  readonly where: 'file' | 'history' | 'environment' | 'label' | 'configuration';
  readonly path: string | null;
  /** Of the layer, 1-based; `null` outside of files. */
  readonly layer: number | null;
  readonly line: number | null;
}

/** Something that looks like a secret. */
export interface SecretSeen extends Place {
  /** `a GitHub token`, `environment files` … */
  readonly kind: string;
  /** Its name or its tell-tale beginning; never the value. */
  readonly masked: string;
  /** A later layer deleted or replaced the file: everybody who can pull the image can still read it. */
  readonly isBuried: boolean;
  /** `false`: it may as well be an example. */
  readonly isCertain: boolean;
}

/** A value that was given to the build, found again in the image. */
export interface CanaryFound extends Place {
  /** Name of the build argument or the secret. */
  readonly name: string;
  readonly form: 'plain' | 'base64' | 'URL-encoded';
}

/** A file above the base that is in the final file system. */
export interface FileSeen {
  readonly kind: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly line: number;
  /** 1-based among all layers of the image. */
  readonly layer: number;
}

/** The cache of one package manager. */
export interface CacheSeen {
  readonly manager: string;
  readonly folder: string;
  readonly sizeBytes: number;
  readonly files: number;
}

/** What is in the image, above its base. */
export interface ImageContents {
  readonly seen: 'image';
  readonly sizeBytes: number;
  readonly base: { readonly layers: number; readonly sizeBytes: number };
  readonly layers: readonly OwnLayer[];
  /** Bytes of files that a layer of the Dockerfile replaced, or deleted after another one of it had written them. */
  readonly wastedBytes: number;
  readonly largest: readonly FileSeen[];
  readonly secrets: Some<SecretSeen>;
  /** Names whose value was searched. */
  readonly searched: readonly string[];
  readonly canaries: Some<CanaryFound>;
  readonly leftovers: Some<FileSeen>;
  readonly buildTools: Some<FileSeen>;
  readonly devPackages: Some<FileSeen>;
  /** The same in the base: information, because whoever wrote the Dockerfile did not install it. `uv at /usr/local/bin/uv`. */
  readonly shipped: { readonly buildTools: Some<string>; readonly devPackages: Some<string> };
  readonly caches: readonly CacheSeen[];
  readonly setuid: Some<FileSeen>;
  readonly worldWritable: Some<FileSeen>;
  /** Keys of the labels that the Dockerfile sets. */
  readonly labels: readonly string[];
  /** `false`: there were more files than are kept in mind, and some may be missing in the lists of files. */
  readonly allSorted: boolean;
  /** What was not looked at, in words; empty when everything was. */
  readonly cutOff: readonly string[];
}

/** What the pass saw, or why it saw nothing. */
export type ImageSeen = ImageContents | { readonly seen: 'unseen'; readonly reason: string };
