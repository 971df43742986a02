/** How everything that Drydock makes on an engine is marked, so that it is found again whatever happened. */
import type { Client } from './client.ts';

/** Whose build a thing belongs to. */
export const BUILD_LABEL = 'drydock.build';
/** Which installation made it: several may share one engine, and none may sweep what is another's. */
export const INSTANCE_LABEL = 'drydock.instance';

/** The labels of one build. */
export function labelsOf(client: Pick<Client, 'instance'>, buildId: string): Record<string, string> {
  return { [BUILD_LABEL]: buildId, [INSTANCE_LABEL]: client.instance };
}

/** Repository of a build's images; every tag of it belongs to that build. */
export function repositoryOf(buildId: string): string {
  return `drydock/${buildId}`;
}

/** The tag of the image that is built. */
export function imageTagOf(buildId: string): string {
  return `${repositoryOf(buildId)}:build`;
}
