/** The secrets that stand in the text of a Dockerfile: what its rules object to, and what no answer may repeat. Pure. */
import { shellCommands } from '../dockerfile/shell/shell.ts';
import type { Dockerfile, Instruction } from '../dockerfile/types.ts';
import { credentialsIn } from '../rules/questions/credentials.ts';
import { isHarmlessValue, isMachineMade, isPlaceholder, secretName, secretValues } from '../rules/tables/secrets.ts';

/** Shorter ones are words that stand in other places as well: a log without them could not be read. */
const SHORTEST = 8;

const known = new WeakMap<Dockerfile, readonly string[]>();

/**
 * The values, without stand-ins such as `changeme`; the first who asks pays. They are given back to be hidden, never to be told.
 * Sees what secret-variable, secret-value and secret-in-command see.
 */
export function writtenSecrets(dockerfile: Dockerfile): readonly string[] {
  const before = known.get(dockerfile);
  if (before !== undefined) return before;
  const { text, instructions } = dockerfile;
  const byForm = secretValues(text).map(({ start, end }) => text.slice(start, end));
  const found = [...new Set([...byForm, ...instructions.flatMap(inInstruction)])].filter(
    (value) => value.length >= SHORTEST,
  );
  known.set(dockerfile, found);
  return found;
}

function inInstruction(instruction: Instruction): readonly string[] {
  switch (instruction.keyword) {
    case 'ENV':
    case 'ARG':
    case 'LABEL':
      return instruction.pairs.flatMap(({ key, value }) => {
        const held = value === undefined ? undefined : (value.value ?? fallback(value.raw));
        return held !== undefined && isOne(key.value ?? key.raw, held) ? [held] : [];
      });
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
    case 'HEALTHCHECK':
      return instruction.command === undefined
        ? []
        : credentialsIn(shellCommands(instruction.command)).flatMap(({ text, kind }) =>
            text === undefined ||
            isHarmlessValue(text) ||
            isPlaceholder(text) ||
            (kind !== 'credential' && !isMachineMade(text))
              ? []
              : [text],
          );
    default:
      return [];
  }
}

/** `h7Gt2xQz` of `${DB_PASSWORD:-h7Gt2xQz}`. */
function fallback(raw: string): string | undefined {
  return /^"?\$\{\w+:?-([^${}]*)\}"?$/.exec(raw)?.[1];
}

function isOne(name: string, value: string): boolean {
  if (isHarmlessValue(value) || isPlaceholder(value)) return false;
  const looks = secretName(name);
  return looks === 'strong' || (looks === 'weak' && isMachineMade(value));
}
