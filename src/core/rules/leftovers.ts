/** What stays in the layer of a RUN: package caches, unless a flag, a variable, a mount or a later command takes them away. */
import type { RunInstruction, ShellCommand } from '../dockerfile/types.ts';
import { commandsOf } from './ask.ts';
import { callsFor, effectiveWords } from './installs.ts';
import type { Install } from './installs.ts';

/** True when the install's cache ends up in the layer. Only ask of managers that have a cache. */
export function leavesItsCache(install: Install): boolean {
  const { cache } = install.manager;
  if (cache === undefined) return false;
  const { flags, stage, run, command, index } = install;
  if (cache.flags.some((flag) => flags.includes(flag))) return false;
  if (cache.variables.some((variable) => isSwitchedOn(variable, command, run, stage.state.env))) return false;
  if (cache.folders.every((folder) => isMounted(run, folder))) return false;
  const later = commandsOf(run).slice(index + 1);
  return !later.some(
    (one) =>
      cache.cleaners.some((cleaner) => callsFor(one, ...cleaner)) ||
      cache.folders.some((folder) => deletes(one, folder)),
  );
}

/** True when a cache or tmpfs mount of this RUN covers the folder, so that nothing under it reaches the layer. */
export function isMounted(run: RunInstruction, folder: string): boolean {
  return run.mounts.some((mount) => {
    const target = mount.options.get('target') ?? mount.options.get('dst') ?? mount.options.get('destination');
    return (mount.type === 'cache' || mount.type === 'tmpfs') && target !== undefined && isWithin(folder, target);
  });
}

/** True when the command deletes the folder or everything in it: `rm -rf /var/lib/apt/lists/*`. */
export function deletes(command: ShellCommand, folder: string): boolean {
  const [program, ...words] = effectiveWords(command);
  if (program !== 'rm' || !words.some((word) => word !== undefined && /^-\w*[rR]|^--recursive$/.test(word)))
    return false;
  return words.some(
    (word) => word !== undefined && isWithin(folder, word.replace(/\/?\*$/, '').replace(/^~|^\$HOME/, '/root')),
  );
}

function isWithin(path: string, folder: string): boolean {
  const root = folder.replace(/\/+$/, '');
  return root !== '' && (path === root || path.startsWith(`${root}/`));
}

function isSwitchedOn(
  { name, mustSayYes }: { readonly name: string; readonly mustSayYes: boolean },
  command: ShellCommand,
  run: RunInstruction,
  env: ReadonlyMap<string, string | undefined>,
): boolean {
  const exported = commandsOf(run)
    .filter((one) => one.name === 'export')
    .flatMap((one) => one.args)
    .find((word) => word.value?.startsWith(`${name}=`));
  if (!command.assignments.has(name) && exported === undefined && !env.has(name)) return false;
  const value = command.assignments.get(name) ?? exported?.value?.slice(name.length + 1) ?? env.get(name);
  // A value that cannot be known was put there by somebody who meant something by it.
  if (value === undefined) return true;
  return value !== '' && !(mustSayYes && /^(?:0|false|off|no|f|n)$/i.test(value));
}
