/** What is hidden of one build, and a log in which none of it stands: engines and registries repeat in their errors what they were sent. */
import { maskOf } from '../core/secrets/mask.ts';
import type { Mask } from '../core/secrets/mask.ts';
import { proxySecrets } from './build-surroundings.ts';
import type { BuildSurroundings } from './build-surroundings.ts';
import type { RegistryLogins } from './engine-port.ts';
import type { Log } from './ports.ts';
import type { ClaimedBuild } from './store-port.ts';

/**
 * A mask for all that a build is given in confidence, by the request and by the operator.
 *
 * @param made  build arguments with a value that was made up
 * @param more  what else is to be hidden
 */
export function maskFor(
  { options, sealed }: Pick<ClaimedBuild, 'options' | 'sealed'>,
  operator: { readonly surroundings: BuildSurroundings; readonly registryLogins: RegistryLogins },
  made: Readonly<Record<string, string>> = {},
  more: readonly string[] = [],
): Mask {
  return maskOf({ ...sealed, secretBuildArgs: options.secretBuildArgs, buildArgs: { ...made, ...sealed.buildArgs } }, [
    ...proxySecrets({ ...operator.surroundings.proxies, ...sealed.buildArgs }),
    ...Object.values(operator.registryLogins).map(({ password }) => password),
    ...more,
  ]);
}

/** The same log, with texts and errors masked. */
export function maskedLog(log: Log, mask: Mask): Log {
  const shown = (fields: object): object =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        typeof value === 'string' ? mask(value) : value instanceof Error ? maskedError(value, mask) : value,
      ]),
    );
  return {
    debug: (fields, message) => log.debug(shown(fields), message),
    info: (fields, message) => log.info(shown(fields), message),
    warn: (fields, message) => log.warn(shown(fields), message),
    error: (fields, message) => log.error(shown(fields), message),
  };
}

/** Its texts, those of its causes, and its code; whatever else a library has hung onto it stays behind. */
function maskedError(error: Error, mask: Mask): Error {
  const { cause } = error;
  const copy = new Error(mask(error.message), cause instanceof Error ? { cause: maskedError(cause, mask) } : {});
  copy.name = error.name;
  copy.stack = mask(error.stack ?? '');
  return 'code' in error && typeof error.code === 'string' ? Object.assign(copy, { code: error.code }) : copy;
}
