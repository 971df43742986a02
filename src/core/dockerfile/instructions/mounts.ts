/** `RUN --mount=…`: a comma-separated record of options, as Go's encoding/csv reads it. */
import type { Reading } from './reading.ts';
import { joinPath } from './paths.ts';
import type { Flag, Base, Mount, Span } from '../types.ts';

/** A mount whose source is found out when all stages are known. */
export interface MountNode extends Mount {
  source: Base | undefined;
}

const longNames: Readonly<Record<string, string>> = {
  src: 'source',
  dst: 'target',
  destination: 'target',
  ro: 'readonly',
  rw: 'readwrite',
};

const keys = new Set([
  ...['type', 'from', 'source', 'target', 'readonly', 'readwrite', 'id', 'sharing', 'required'],
  ...['mode', 'uid', 'gid', 'size', 'env'],
]);
const types = new Set(['bind', 'cache', 'tmpfs', 'secret', 'ssh']);
const booleans = new Set(['readonly', 'readwrite', 'required']);

const noMounts: readonly MountNode[] = [];

/** Reads the mounts of RUN; `undefined` when the builder would refuse one while reading the file. */
export function readMounts(flags: readonly Flag[], reading: Reading): readonly MountNode[] | undefined {
  if (flags.length === 0) return noMounts;
  const mounts: MountNode[] = [];
  for (const flag of flags) {
    if (flag.name !== 'mount') continue;
    const fields = csvFields(flag.value?.value ?? '');
    if (fields === undefined) {
      reading.problems.add(
        'mount-syntax',
        'The options of a mount are parted by commas; a quoted one is quoted as a whole.',
        flag.span,
      );
      return undefined;
    }
    const mount = readMount(fields, flag.span, reading);
    if (mount === undefined) return undefined;
    mounts.push(mount);
  }
  return mounts;
}

function readMount(fields: readonly string[], span: Span, reading: Reading): MountNode | undefined {
  const options = new Map<string, string | undefined>();
  let type: string | undefined = 'bind';
  let isRefused = false;
  const refuse = (message: string): void => {
    if (!isRefused) reading.problems.add('mount-option', message, span);
    isRefused = true;
  };
  for (const field of fields) {
    const equals = field.indexOf('=');
    const written = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
    const key = Object.hasOwn(longNames, written) ? (longNames[written] ?? written) : written;
    const text = equals < 0 ? 'true' : field.slice(equals + 1);
    if (key === 'from' && /\$./.test(text)) {
      reading.problems.add(
        'mount-syntax',
        '`from` of a mount takes no variables; name a stage that is built FROM them.',
        span,
      );
      return undefined;
    }
    const value = key === 'from' || equals < 0 ? text : reading.valueAt(text, () => span);
    if (equals < 0 && !booleans.has(key)) refuse(`The mount option ${written} needs a value.`);
    else if (!keys.has(key)) refuse(`A mount knows no option ${written}.`);
    if (key === 'type') type = value?.toLowerCase();
    options.set(key, value);
  }
  if (type !== undefined) checkMount(type, options, reading.workdir, refuse);
  return { type: type ?? '', options, source: undefined, span };
}

/** What the builder refuses of a mount as a whole. */
function checkMount(
  type: string,
  options: ReadonlyMap<string, string | undefined>,
  workdir: string | undefined,
  refuse: (message: string) => void,
): void {
  const given = (key: string): boolean => (options.get(key) ?? '') !== '';
  if (!types.has(type)) return refuse(`There is no mount of type ${type}; there are ${[...types].join(', ')}.`);
  for (const key of booleans) {
    const value = options.get(key);
    if (value !== undefined && !isBoolean(value))
      return refuse(`The mount option ${key} is true or false, not ${value}.`);
  }
  for (const [key, pattern] of numbers) {
    const value = options.get(key);
    if (value === undefined) continue;
    if (type === 'bind' || type === 'tmpfs') return refuse(`A mount of type ${type} takes no ${key}.`);
    if (!pattern.test(value) || Number.parseInt(value, key === 'mode' ? 8 : 10) > 0xffff_ffff)
      return refuse(`The mount option ${key} is a number, not ${value}.`);
  }
  if (options.has('required') && type !== 'secret' && type !== 'ssh')
    return refuse(`A mount of type ${type} takes no required.`);
  if (options.has('size') && type !== 'tmpfs') return refuse(`A mount of type ${type} takes no size.`);
  if (options.has('env') && type !== 'secret') return refuse(`A mount of type ${type} takes no env.`);
  if (given('sharing')) {
    if (!/^(shared|private|locked)$/i.test(options.get('sharing') ?? ''))
      return refuse('sharing is shared, private or locked.');
    if (type !== 'cache') return refuse(`A mount of type ${type} takes no sharing.`);
  }
  const size = options.get('size');
  if (size !== undefined && !/^\d+(\.\d+)* ?[kKmMgGtTpP]?[iI]?[bB]?$/.test(size))
    return refuse(`${size} is no size such as 64m.`);
  if (type === 'ssh') return;
  if (type !== 'secret') {
    const target = options.has('target') ? options.get('target') : '';
    if (joinPath(workdir, target) === '/') refuse('A mount needs a target below /.');
    return;
  }
  if (given('from')) return refuse('A secret comes from no stage.');
  if (given('source') && given('id')) return refuse('A secret has either source or id.');
  const names = ['source', 'target', 'id', 'env'];
  if (!names.some((key) => given(key) || (options.has(key) && options.get(key) === undefined)))
    refuse('A secret needs an id.');
}

const numbers: readonly (readonly [string, RegExp])[] = [
  ['mode', /^[0-7]+$/],
  ['uid', /^\d+$/],
  ['gid', /^\d+$/],
];

/** What Go takes for a boolean. */
export function isBoolean(text: string): boolean {
  return /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text);
}

/** One record of comma-separated values; `undefined` when a quote stands where none may. */
function csvFields(text: string): readonly string[] | undefined {
  if (text === '') return undefined;
  if (!text.includes('"')) return text.split(',');
  const fields: string[] = [];
  const field = /("(?:[^"]|"")*"|[^",]*)(,|$)/y;
  for (let at = 0; at <= text.length; at = field.lastIndex) {
    field.lastIndex = at;
    const match = field.exec(text);
    if (match === null) return undefined;
    const value = match[1] ?? '';
    fields.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (match[2] === '') return fields;
  }
  return fields;
}
