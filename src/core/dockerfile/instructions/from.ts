/** FROM: the image, the platform and the name of a stage. */
import type { Reading } from './reading.ts';
import { acceptFlags, flagValue } from './flags.ts';
import { frameOf, unknownInstruction } from './frame.ts';
import { isPathPart } from '../image-reference.ts';
import { isPlatform } from './platform.ts';
import type { FromInstruction, UnknownInstruction } from '../types.ts';
import { type Parts, splitPlain } from '../text/words.ts';

const stageName = /^[a-z][a-z0-9-_.]*$/;

/** Reads FROM. One that is refused for its name or its flags still begins a stage: everything below belongs to it. */
export function readFrom(parts: Parts, reading: Reading): FromInstruction | UnknownInstruction {
  const { line, rest } = parts;
  const { text } = line;
  const [image, as, alias, ...more] = splitPlain(text, rest);
  const hasAs = as !== undefined && text.slice(as.from, as.to).toLowerCase() === 'as';
  const isWhole = as === undefined || (hasAs && alias !== undefined && more.length === 0);
  if (!isWhole || image === undefined) {
    reading.refuse(
      'argument-count',
      'FROM takes an image, or an image AS a name.',
      line,
      image === undefined ? parts.keyword : rest,
    );
  }
  if (image === undefined) return unknownInstruction(parts, frameOf(parts, 'FROM', reading));

  // Only the arguments from before the first FROM count here.
  reading.leaveStage();
  const frame = frameOf(parts, 'FROM', reading);
  const isAccepted = acceptFlags(frame.flags, 'FROM', reading);
  const given = isAccepted ? flagValue(frame.flags, 'platform') : undefined;
  // Nothing at all is no platform given; a variable that comes to nothing is a mistake.
  const platform = given !== undefined && /^["']*$/.test(given.raw) ? undefined : given;
  if (platform?.value === '') {
    reading.problems.add('platform-blank', `The platform ${platform.raw} is empty.`, platform.span);
  } else if (platform?.value !== undefined && !isPlatform(platform.value)) {
    reading.problems.add('platform-value', `${platform.value} is no platform such as linux/amd64.`, platform.span);
  }
  const name = hasAs && alias !== undefined ? text.slice(alias.from, alias.to).toLowerCase() : undefined;
  const isNamed = name !== undefined && stageName.test(name);
  if (alias !== undefined && name !== undefined && !isNamed) {
    const message = `${name} cannot be the name of a stage: letters, digits, - _ and . with a letter first.`;
    reading.refuse('stage-name', message, line, alias);
  }
  // The builder looks for a context of that name, and such names are image names.
  if (alias !== undefined && isNamed && !isPathPart(name)) {
    reading.refuse(
      'stage-name-form',
      `${name} cannot be the name of a stage: signs stand one at a time, between letters and digits.`,
      line,
      alias,
    );
  }
  return {
    ...frame,
    keyword: 'FROM',
    image: reading.expanded(line, image.from, image.to),
    platform,
    alias: isNamed && alias !== undefined ? line.word(alias.from, alias.to, name) : undefined,
  };
}
