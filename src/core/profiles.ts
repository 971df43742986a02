/** What an image is for, and which rows of the checklist that leaves out, so that good images are not nagged. */
import type { ItemId } from '../schemas/item.ts';
import type { ProfileName, Report } from '../schemas/report.ts';

/** The rows that do not apply under each profile. */
export const dropped: Readonly<Record<ProfileName, readonly ItemId[]>> = {
  service: [],
  // Both platforms run probes of their own and never look at HEALTHCHECK.
  kubernetes: ['healthcheck', 'start-period'],
  'cloud-run': ['healthcheck', 'start-period'],
  job: ['healthcheck', 'start-period', 'port-documented'],
  cli: ['healthcheck', 'start-period', 'port-documented', 'signal-handling', 'fails-fast', 'logs-to-stdout'],
  // Whoever builds on it decides on user, command and port.
  'base-image': [
    'non-root-user',
    'healthcheck',
    'start-period',
    'port-documented',
    'signal-handling',
    'fails-fast',
    'logs-to-stdout',
  ],
};

/** The profile as the report tells it. Without a wish it is `service`, the strictest one. */
export function chooseProfile(wish: ProfileName | undefined): Report['profile'] {
  return wish === undefined
    ? { name: 'service', detected: false, why: 'No profile was given; `service` is the default.' }
    : { name: wish, detected: false, why: 'Given in the request.' };
}
