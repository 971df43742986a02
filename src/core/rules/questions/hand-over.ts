/** Whether what is started as root hands over to another user by itself, as the entrypoints of databases do. */
import type { Instruction } from '../../dockerfile/types.ts';
import { programOf } from '../../dockerfile/shell/starters.ts';
import { commandsOf, isRoot, shippedStages } from './ask.ts';
import { question } from './question.ts';
import { mainCommand, startedCommands } from './start-commands.ts';
import type { Started } from './start-commands.ts';

/** `unknown`: the image has a tool that is good for nothing else, and the script that may call it was not given. */
export const handsOver = question((subject): 'yes' | 'no' | 'unknown' => {
  const all = startedCommands(subject);
  const main = mainCommand(subject);
  if (all.some((one) => isHanded(one) && (one === main || takesItsPlace(one)))) return 'yes';
  return all.some(isUnreadScript) && toolOfImage(subject) !== undefined ? 'unknown' : 'no';
});

/** The tool for that in the image: gosu or su-exec. */
export const toolOfImage = question((subject): string | undefined => {
  for (const stage of shippedStages(subject)) {
    for (const one of stage.instructions) {
      const tool = pathsIn(one)
        .map((path) => /^(?:gosu|su-exec)$/.exec(programOf(path?.replace(/[=~].*$/, '')) ?? '')?.[0])
        .find((name) => name !== undefined);
      if (tool !== undefined) return tool;
    }
  }
  return undefined;
});

function isHanded({ user }: Started): boolean {
  return user !== undefined && !isRoot(user.split(':', 1)[0] ?? '');
}

/** What only prepares something, `su app -c migrate`, comes back to root. */
function takesItsPlace({ launchers, isConditional }: Started): boolean {
  return (
    launchers.includes('exec') || (isConditional && launchers.some((name) => name === 'gosu' || name === 'su-exec'))
  );
}

/** Scripts that were read have been followed: what is left of their names could not be. */
function isUnreadScript({ words, launchers }: Started): boolean {
  const program = programOf(words[0]?.value) ?? '';
  const path = /^(?:ba|da|a)?sh$/.test(program) ? words[1]?.value : words[0]?.value;
  return launchers.includes('docker-entrypoint.sh') || /\.(?:ba)?sh$|entrypoint[\w.-]*$|^\/init$/i.test(path ?? '');
}

/** Words of a step, and the paths of a copy. */
function pathsIn(one: Instruction): readonly (string | undefined)[] {
  if (one.keyword === 'RUN')
    return commandsOf(one).flatMap(({ name, args }) => [name, ...args.map(({ value }) => value)]);
  if (one.keyword !== 'COPY' && one.keyword !== 'ADD') return [];
  return [...one.sources.map(({ value }) => value), one.destination?.value];
}
