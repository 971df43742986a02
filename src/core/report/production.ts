/** The block `production` of the report: facts that were seen already, put where they are asked for. Pure; bounded; names, never values. */
import type { BaseImage, Production, SecretEntry } from '../../schemas/production.ts';
import type { BuildOptions } from '../../schemas/options.ts';
import type { Dockerfile } from '../dockerfile/types.ts';
import type { ProcessesSeen, StoppedBox } from '../probes/box.ts';
import { isHarmlessValue, isMachineMade, secretName, secretValues } from '../rules/tables/secrets.ts';

/** What the answers are made from. */
export interface ProductionFacts {
  readonly dockerfile: Dockerfile;
  /** What was given to build and container; values are looked at for their form, and not told. */
  readonly given: Pick<BuildOptions, 'env' | 'requiredEnv'>;
  readonly images: readonly BaseImage[];
  readonly imageId: string | undefined;
  /** `undefined`: it was not run. */
  readonly processes: ProcessesSeen | undefined;
  readonly stop: StoppedBox | undefined;
}

const NOT_SCANNED =
  'Drydock does not look for known vulnerabilities. Have a scanner look at the image before it ships, and again while it is in use: what is known changes every day.';
const MOST_SECRETS = 200;

/** Answers. */
export function productionPart(facts: ProductionFacts): Production {
  const { dockerfile, given, images, imageId, processes, stop } = facts;
  const unanswered: string[] = [];
  const missing = (question: string, why: string): null => {
    unanswered.push(`${question}: ${why}.`.slice(0, 1000));
    return null;
  };
  const unrun = imageId === undefined ? 'the image was not built' : 'it was not run';
  return {
    images: [...images],
    imageId: imageId ?? missing('Which image was built', 'none came out'),
    vulnerabilityScan: { scanned: false, explanation: NOT_SCANNED },
    secrets: [...secretsIn(dockerfile), ...secretsAtRunTime(given)].slice(0, MOST_SECRETS),
    pid1: pid1Of(processes, (why) => missing('Which user PID 1 ran as', why ?? unrun)),
    stop: stopOf(stop, (why) => missing('How it stopped', why ?? unrun)),
    unanswered,
  };
}

function pid1Of(seen: ProcessesSeen | undefined, missing: (why?: string) => null): Production['pid1'] {
  switch (seen?.seen) {
    case undefined:
      return missing();
    case 'unseen':
      return missing(seen.reason);
    case 'user':
      return { uid: seen.uid, gid: null, command: null };
    case 'processes': {
      const [first] = seen.processes;
      return first === undefined
        ? missing('the process list is empty')
        : { uid: first.uid, gid: first.gid, command: first.command.slice(0, 1000) };
    }
    default:
      return seen satisfies never;
  }
}

function stopOf(seen: StoppedBox | undefined, missing: (why?: string) => null): Production['stop'] {
  switch (seen?.seen) {
    case undefined:
      return missing();
    case 'unseen':
    case 'gone':
      return missing(seen.reason);
    case 'done':
      return missing('it was done before anybody had to stop it');
    case 'stop': {
      const { signal, seconds, exitCode, killed } = seen;
      return { signal: signal.slice(0, 20), seconds, exitCode, killed };
    }
    default:
      return seen satisfies never;
  }
}

/** What the Dockerfile brings in: its own variables, arguments and mounts, in the order of the file. */
function secretsIn(dockerfile: Dockerfile): readonly SecretEntry[] {
  const reachable = new Set(
    dockerfile.stages.filter(({ isReachable }) => isReachable).flatMap((one) => one.instructions),
  );
  const firstFrom = dockerfile.instructions.findIndex(({ keyword }) => keyword === 'FROM');
  return dockerfile.instructions.flatMap((instruction, index): readonly SecretEntry[] => {
    if (index > firstFrom && !reachable.has(instruction)) return [];
    const line = instruction.span.start.line;
    if (instruction.keyword === 'RUN') {
      return instruction.mounts
        .filter(({ type }) => type === 'secret')
        .map(({ options }) => {
          const name = options.get('id') ?? options.get('target')?.split('/').at(-1) ?? options.get('env') ?? 'unnamed';
          return { name: name.slice(0, 200), through: 'secret mount', line };
        });
    }
    if (instruction.keyword !== 'ENV' && instruction.keyword !== 'ARG') return [];
    const through = instruction.keyword;
    return instruction.pairs.flatMap(({ key, value, span }) => {
      const name = key.value ?? key.raw;
      const isOne = looksSecret(name, value?.value ?? value?.raw);
      return isOne ? [{ name: name.slice(0, 200), through, line: span.start.line }] : [];
    });
  });
}

function secretsAtRunTime({ env = {}, requiredEnv = [] }: ProductionFacts['given']): readonly SecretEntry[] {
  // A variable may be called `constructor`, as every object has one.
  const valueOf = (name: string): string | undefined => (Object.hasOwn(env, name) ? env[name] : undefined);
  const names = new Set([...Object.keys(env), ...requiredEnv].filter((name) => looksSecret(name, valueOf(name))));
  return [...names].toSorted().map((name) => ({ name: name.slice(0, 200), through: 'run time', line: null }));
}

/** By its name, or by the form of what it holds. Nobody is asked whether `PASSWORD_REQUIRED=true` is one. */
function looksSecret(name: string, value: string | undefined): boolean {
  if (value !== undefined && value !== '' && isHarmlessValue(value)) return false;
  const looks = secretName(name);
  if (looks === 'strong') return true;
  if (value === undefined) return false;
  return secretValues(value).length > 0 || (looks === 'weak' && isMachineMade(value));
}
