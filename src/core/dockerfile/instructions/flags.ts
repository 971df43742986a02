/** The flags of each instruction: which there are, which may stand several times, and in which variables are expanded. */
import type { Reading } from './reading.ts';
import type { Flag, Word } from '../types.ts';
import type { Parts, RawFlag } from '../text/words.ts';

/** `switch`: alone, or `=true` and `=false`. `value`: one value. `list`: may stand several times. */
interface FlagKind {
  readonly kind: 'switch' | 'value' | 'list';
  readonly expands?: boolean;
}

type FlagTable = Readonly<Record<string, FlagKind>>;

const onOff: FlagKind = { kind: 'switch' };
const value: FlagKind = { kind: 'value' };
const expanded: FlagKind = { kind: 'value', expands: true };
const list: FlagKind = { kind: 'list' };

/** Instructions that are not listed take no flags. */
const tables: Readonly<Record<string, FlagTable | 'ignored'>> = {
  ADD: {
    chown: expanded,
    chmod: expanded,
    checksum: expanded,
    link: onOff,
    'keep-git-dir': onOff,
    unpack: onOff,
    exclude: list,
  },
  // Here the builder cuts flags off and never looks at them.
  ARG: 'ignored',
  COPY: { from: value, chown: expanded, chmod: expanded, link: onOff, parents: onOff, exclude: list },
  FROM: { platform: expanded },
  HEALTHCHECK: { interval: value, timeout: value, 'start-period': value, 'start-interval': value, retries: value },
  RUN: { mount: list, device: list, network: value, security: value },
  STOPSIGNAL: 'ignored',
};

const noFlags: readonly Flag[] = [];

/** The flags of an instruction, read but not judged. */
export function readFlags(parts: Parts, keyword: string, reading: Reading): readonly Flag[] {
  if (parts.flags.length === 0) return noFlags;
  const table = tables[keyword];
  return parts.flags.map((flag) => readFlag(flag, parts, typeof table === 'object' ? table : {}, reading));
}

function readFlag(flag: RawFlag, { line }: Parts, table: FlagTable, reading: Reading): Flag {
  const equals = flag.text.indexOf('=');
  const name = equals < 0 ? flag.text.slice(2) : flag.text.slice(2, equals);
  const span = line.span(flag.from, flag.to);
  if (equals < 0) return { name, value: undefined, span };
  const text = flag.text.slice(equals + 1);
  const from = line.text.indexOf('=', flag.from) + 1;
  const expands = Object.hasOwn(table, name) && table[name]?.expands === true;
  return { name, value: line.word(from, flag.to, expands ? reading.value(text, line, from, flag.to) : text), span };
}

/** Reports what the builder refuses of the flags; true when there is nothing of the kind. */
export function acceptFlags(flags: readonly Flag[], keyword: string, reading: Reading): boolean {
  if (flags.length === 0) return true;
  const table = tables[keyword] ?? {};
  if (table === 'ignored') return true;
  const seen = new Set<string>();
  for (const flag of flags) {
    const kind = Object.hasOwn(table, flag.name) ? table[flag.name]?.kind : undefined;
    const refused = refusal(flag, kind, seen, keyword, table);
    if (refused !== undefined) {
      reading.problems.add(refused[0], refused[1], flag.span);
      return false;
    }
    seen.add(flag.name);
  }
  return true;
}

function refusal(
  flag: Flag,
  kind: FlagKind['kind'] | undefined,
  seen: ReadonlySet<string>,
  keyword: string,
  table: FlagTable,
): readonly ['unknown-flag' | 'duplicate-flag' | 'flag-value-missing' | 'flag-value', string] | undefined {
  const { name } = flag;
  if (kind === undefined) {
    const known = Object.keys(table).map((key) => `--${key}`);
    return [
      'unknown-flag',
      `${keyword} knows no --${name}; ${known.length === 0 ? 'it takes no flags' : `it knows ${known.join(', ')}`}.`,
    ];
  }
  if (kind !== 'list' && seen.has(name)) return ['duplicate-flag', `--${name} stands twice; it may stand once.`];
  if (kind !== 'switch') {
    return flag.value === undefined ? ['flag-value-missing', `--${name} needs a value: --${name}=…`] : undefined;
  }
  const given = flag.value?.value;
  if (given === undefined || /^(true|false)$/i.test(given)) return undefined;
  return given === ''
    ? ['flag-value-missing', `--${name}= needs a value.`]
    : ['flag-value', `--${name} is true or false, not ${given}.`];
}

/** The value of a flag that is given once. */
export function flagValue(flags: readonly Flag[], name: string): Word | undefined {
  return flags.findLast((flag) => flag.name === name)?.value;
}
