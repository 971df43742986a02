/**
 * Plain facts of a Dockerfile for a form to begin with. Only what can be read off the text: the service reads far more exactly,
 * and what stays untouched here is left to it. Pure.
 */

/** A value, and the instruction that it was read from. */
export interface Fact {
  readonly value: string;
  readonly from: string;
}

/** What a Dockerfile says of itself. */
export interface Facts {
  /** Names of its stages. */
  readonly stages: readonly string[];
  readonly port: Fact | undefined;
  readonly health: Fact | undefined;
  /** Names of its build arguments. */
  readonly buildArgs: readonly string[];
  /** Ids of the secrets that a RUN mounts. */
  readonly secretIds: readonly string[];
  /** True when it takes files of the context. */
  readonly takesFiles: boolean;
}

/** Arguments that the builder itself sets. */
const PREDEFINED = /^(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)$|^(?:https?|ftp|no|all)_proxy$|^BUILDKIT_/i;

const OWN_URL = /\bhttps?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(\d{1,5}))?(\/[\w./~-]*)?/;

/**
 * Reads a Dockerfile.
 * @param target  the stage that is meant; left out: the last one
 */
export function readFacts(dockerfile: string, target?: string): Facts {
  const all = instructionsOf(dockerfile);
  const stages = stagesOf(all);
  const meant = stages.find(({ name }) => name !== undefined && name === target?.toLowerCase()) ?? stages.at(-1);
  const own = meant?.instructions ?? [];
  const check = own.findLast(([name]) => name === 'HEALTHCHECK')?.[1] ?? '';
  const url = OWN_URL.exec(check);
  const exposed = own.find(([name, rest]) => name === 'EXPOSE' && /^\d/.test(rest))?.[1];
  const port = url?.[1] ?? /^\d{1,5}/.exec(exposed ?? '')?.[0];
  return {
    stages: stages.flatMap(({ name }) => (name === undefined ? [] : [name])),
    port: port === undefined ? undefined : { value: port, from: url?.[1] === undefined ? 'EXPOSE' : 'HEALTHCHECK' },
    health: url?.[2] === undefined ? undefined : { value: url[2], from: 'HEALTHCHECK' },
    buildArgs: unique(
      all
        .filter(([name]) => name === 'ARG')
        .flatMap(([, rest]) => rest.match(/(?<=^|\s)[A-Za-z_]\w*(?==|\s|$)/g) ?? [])
        .filter((name) => !PREDEFINED.test(name)),
    ),
    secretIds: unique(all.flatMap(([name, rest]) => (name === 'RUN' ? secretsOf(rest) : []))),
    takesFiles: all.some(([name, rest]) => (name === 'COPY' || name === 'ADD') && !/--from=|<<|^https?:/.test(rest)),
  };
}

type Instruction = readonly [name: string, rest: string];

/** Instructions with their continuation lines joined and comments left out. */
function instructionsOf(text: string): readonly Instruction[] {
  const escape = /^\s*#\s*escape\s*=\s*`/im.test(text.split('\n', 3).join('\n')) ? '`' : '\\';
  const found: Instruction[] = [];
  let open = '';
  for (const line of text.split(/\r?\n/)) {
    const bare = line.trim();
    if (bare.startsWith('#') || (bare === '' && open !== '')) continue;
    if (bare.endsWith(escape)) {
      open += `${bare.slice(0, -1)} `;
      continue;
    }
    const [, name = '', rest = ''] = /^([A-Za-z]+)\s+(.*)$/.exec(open + bare) ?? [];
    if (name !== '') found.push([name.toUpperCase(), rest]);
    open = '';
  }
  return found;
}

function stagesOf(
  all: readonly Instruction[],
): readonly { readonly name: string | undefined; readonly instructions: readonly Instruction[] }[] {
  const stages: { name: string | undefined; instructions: Instruction[] }[] = [];
  for (const instruction of all) {
    const [name, rest] = instruction;
    if (name === 'FROM') stages.push({ name: /\sAS\s+(\S+)\s*$/i.exec(rest)?.[1]?.toLowerCase(), instructions: [] });
    else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/** Source: Dockerfile reference, "RUN --mount=type=secret": without an id the last part of the target is it. */
function secretsOf(rest: string): readonly string[] {
  return [...rest.matchAll(/--mount=(\S*\btype=secret\b\S*)/g)].flatMap(([, mount = '']) => {
    const value = (key: string): string | undefined =>
      new RegExp(String.raw`(?:^|,)${key}=([^,]+)`).exec(mount)?.[1]?.replaceAll('"', '');
    const id = value('id') ?? (value('target') ?? value('dst') ?? value('destination'))?.split('/').at(-1);
    return id === undefined || id.includes('$') ? [] : [id];
  });
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
