/** The text that is being written. It stays in this browser alone, until it is kept or verified: a reload loses nothing. */
import type { ProfileName } from '../schemas/report.ts';

/** What the editor holds. */
export interface Draft {
  readonly dockerfile: string;
  /** Empty: nothing is known of an ignore file. */
  readonly dockerignore: string;
  /** `undefined`: detected. */
  readonly profile: ProfileName | undefined;
}

const KEY = 'drydock.draft';

/** The text of the last visit; `undefined` on the first one. */
export function readDraft(): Draft | undefined {
  try {
    return draftOf(localStorage.getItem(KEY));
  } catch {
    return undefined; // a browser that keeps nothing
  }
}

/** Tells of each text that another tab keeps. Answers how to stop. */
export function watchDraft(heard: (draft: Draft) => void): () => void {
  const changed = ({ key, newValue }: StorageEvent): void => {
    const draft = key === KEY ? draftOf(newValue) : undefined;
    if (draft !== undefined) heard(draft);
  };
  addEventListener('storage', changed);
  return () => removeEventListener('storage', changed);
}

/** Whether two texts are the same, word for word. */
export function isSameDraft(one: Draft, other: Draft): boolean {
  return (
    one.dockerfile === other.dockerfile && one.dockerignore === other.dockerignore && one.profile === other.profile
  );
}

/** Keeps it. False: this browser keeps nothing, because it is told not to or has no room. */
export function keepDraft(draft: Draft): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/** The profiles by what they are for, in the order in which they are offered. */
export const PROFILES: Readonly<Record<ProfileName, string>> = {
  service: 'Service',
  kubernetes: 'Kubernetes',
  'cloud-run': 'Cloud Run',
  job: 'Job',
  cli: 'Command-line tool',
  'base-image': 'Base image',
};

function draftOf(kept: string | null): Draft | undefined {
  if (kept === null) return undefined;
  try {
    const { dockerfile, dockerignore, profile } = JSON.parse(kept) as Partial<Record<string, unknown>>;
    if (typeof dockerfile !== 'string') return undefined;
    return {
      dockerfile,
      dockerignore: typeof dockerignore === 'string' ? dockerignore : '',
      profile: isProfile(profile) ? profile : undefined,
    };
  } catch {
    return undefined; // another version's text
  }
}

function isProfile(value: unknown): value is ProfileName {
  return typeof value === 'string' && Object.hasOwn(PROFILES, value);
}
