/**
 * What an image is for, and which rows of the checklist that leaves out, so that good images are not nagged. What was not given
 * is read off the Dockerfile and its surroundings, and the reason is said; where nothing speaks clearly it is a service, the
 * strictest.
 */
import type { ItemId } from '../../schemas/item.ts';
import type { ProfileName, Report } from '../../schemas/report.ts';
import type { BuildContext } from '../context/types.ts';
import type { CommandInstruction, Dockerfile, Stage } from '../dockerfile/types.ts';
import type { Purpose } from '../probes/box.ts';
import { knownImage } from '../rules/tables/base-images.ts';

/** The rows that do not apply under each profile. */
export const dropped: Readonly<Record<ProfileName, readonly ItemId[]>> = {
  service: [],
  // Both platforms run probes of their own (askedByPlatform) and never look at HEALTHCHECK.
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

/**
 * Probes that speak for a row that the profile leaves out: both platforms ask the service itself, whatever its image says. What they
 * see counts; where they could not look, the row stays out.
 */
export const askedByPlatform: Readonly<Partial<Record<ProfileName, readonly string[]>>> = {
  kubernetes: ['answers-health', 'health-sees-dependency'],
  'cloud-run': ['answers-health', 'health-sees-dependency'],
};

/** What is wished, and by whom. */
export interface ProfileWish {
  readonly request?: ProfileName | undefined;
  readonly file?: ProfileName | undefined;
}

/** The profile as the report tells it: the request's, else that of drydock.yaml, else what was detected. Pure. */
export function chooseProfile(wish: ProfileWish, dockerfile: Dockerfile, context: BuildContext): Report['profile'] {
  if (wish.request !== undefined) return { name: wish.request, detected: false, why: 'Given in the request.' };
  if (wish.file !== undefined) return { name: wish.file, detected: false, why: 'Given in drydock.yaml.' };
  const found = detect(dockerfile, context);
  return found === undefined
    ? { name: 'service', detected: false, why: 'No profile was given and none shows; `service` is the default.' }
    : { ...found, detected: true };
}

/** What an image of that profile is run as; `undefined`: it is built, and not run. Pure. */
export function purposeOf(name: ProfileName): Purpose | undefined {
  switch (name) {
    case 'service':
    case 'kubernetes':
    case 'cloud-run':
      return 'service';
    case 'job':
    case 'cli':
      return name;
    case 'base-image':
      return undefined;
    default:
      return name satisfies never;
  }
}

type Found = { readonly name: ProfileName; readonly why: string } | undefined;

function detect(dockerfile: Dockerfile, context: BuildContext): Found {
  const stage = dockerfile.target;
  if (stage === undefined) return undefined;
  return isService(stage) ? platform(context) : (baseImage(stage) ?? commandLine(stage));
}

/** EXPOSE and HEALTHCHECK are written for something that answers. */
function isService({ state }: Stage): boolean {
  return state.exposed.length > 0 || (state.healthcheck !== undefined && state.healthcheck.command !== undefined);
}

const KUBERNETES =
  /(?:^|\/)(?:Chart\.ya?ml|kustomization\.ya?ml|skaffold\.ya?ml)$|(?:^|\/)(?:k8s|kubernetes|kube|kustomize)\/(?:.*\/)?[^/]+\.ya?ml$/;
const COMPOSE = /(?:^|\/)(?:docker-)?compose(?:[._-][\w.-]*)?\.ya?ml$/;

/** Manifests of Kubernetes and no compose file: nobody but Kubernetes asks the container how it is. */
function platform({ files = [] }: BuildContext): Found {
  const manifest = files.find(({ path }) => KUBERNETES.test(path));
  if (manifest === undefined || files.some(({ path }) => COMPOSE.test(path))) return undefined;
  return {
    name: 'kubernetes',
    why: `The context has ${manifest.path.slice(0, 200)} and no compose file: Kubernetes runs it.`,
  };
}

/** Nothing is started, and what the image stands on starts nothing of use either. */
function baseImage(stage: Stage): Found {
  const { entrypoint, cmd } = stage.state;
  if (entrypoint !== undefined || cmd !== undefined) return undefined;
  let base = stage.base;
  while (base.kind === 'stage') base = base.stage.base;
  if (base.kind === 'scratch')
    return { name: 'base-image', why: 'It starts nothing and stands on scratch: its files are for others to take.' };
  const known = base.kind === 'image' ? knownImage(base.reference) : undefined;
  return known === undefined || known.command
    ? undefined
    : { name: 'base-image', why: 'There is neither CMD nor ENTRYPOINT: what is started, whoever builds on it says.' };
}

const HELP = /^(?:-h|--?help|help|--?version|version)$/;
const SHELL = /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|z|a)?sh$/;

/** An entrypoint that explains itself when nobody says more, or a shell for people to type into. */
function commandLine({ state }: Stage): Found {
  const program = wordsOf(state.entrypoint);
  const words = wordsOf(state.cmd);
  if (words === undefined || (state.entrypoint !== undefined && program === undefined)) return undefined;
  const [first = ''] = words;
  if (program !== undefined && words.length === 1 && HELP.test(first)) {
    return { name: 'cli', why: `Without arguments it prints its help (CMD ${first}): a command, not a service.` };
  }
  const whole = [...(program ?? []), ...words];
  return whole.length === 1 && SHELL.test(whole[0] ?? '')
    ? { name: 'cli', why: `It starts ${whole[0] ?? ''}: a place to type commands, not a service.` }
    : undefined;
}

/** The words of a command whose words are plain; `undefined` where there is none, or a shell would have to read it. */
function wordsOf(instruction: CommandInstruction | undefined): readonly string[] | undefined {
  if (instruction === undefined) return undefined;
  const { form, args, text } = instruction.command;
  const words =
    form === 'exec' ? args.map(({ value }) => value) : /^[\w./-]+$/.test(text.trim()) ? [text.trim()] : [undefined];
  return words.every((word) => word !== undefined) ? words : undefined;
}
