/** Where an instruction may hold a secret: the values of its variables and labels, the credentials in its command. Pure. */
import { shellCommands } from '../dockerfile/shell/shell.ts';
import type { Instruction, Span } from '../dockerfile/types.ts';
import { credentialsIn } from '../rules/questions/credentials.ts';
import { isHarmlessValue, isMachineMade, isPlaceholder, secretName } from '../rules/tables/secrets.ts';

/** A value that may be a secret, by its name or by the place where it stands. */
export interface Candidate {
  /** `undefined`: it is not known here. */
  readonly text: string | undefined;
  /** Where it is written, with the quotes or the name of an option around it. */
  readonly at: Span;
  /** It is one, as secret-variable and secret-in-command judge it. */
  readonly isSecret: boolean;
}

/** All of them, stand-ins such as `changeme` included; not what cannot be one: nothing, a switch, a small number, a path. */
export function candidatesIn(instruction: Instruction): readonly Candidate[] {
  switch (instruction.keyword) {
    case 'ENV':
    case 'ARG':
    case 'LABEL':
      return instruction.pairs.flatMap(({ key, value }): Candidate[] => {
        const looks = secretName(key.value ?? key.raw);
        const text = value === undefined ? undefined : (value.value ?? fallback(value.raw));
        if (value === undefined || looks === 'no' || isHarmlessValue(text ?? '-')) return [];
        const isOne = text !== undefined && !isPlaceholder(text) && (looks === 'strong' || isMachineMade(text));
        return [{ text, at: value.span, isSecret: isOne }];
      });
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
    case 'HEALTHCHECK':
      return instruction.command === undefined
        ? []
        : credentialsIn(shellCommands(instruction.command)).flatMap(({ text, kind, at }): Candidate[] =>
            text === undefined || isHarmlessValue(text)
              ? []
              : [{ text, at, isSecret: !isPlaceholder(text) && (kind === 'credential' || isMachineMade(text)) }],
          );
    default:
      return [];
  }
}

/** `h7Gt2xQz` of `${DB_PASSWORD:-h7Gt2xQz}`. */
function fallback(raw: string): string | undefined {
  return /^"?\$\{\w+:?-([^${}]*)\}"?$/.exec(raw)?.[1];
}
