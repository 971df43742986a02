/** How probes speak of what lies in an image: places, sizes, lists. Pure. */
import type { Evidence } from '../../schemas/item.ts';
import type { Proof } from '../probes/probe.ts';
import type { CanaryFound, FileSeen, Place, SecretSeen, Some } from './seen.ts';

/** `1.2 MB`, decimal as registries count. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [unit, by] = bytes < 1e6 ? ['kB', 1e3] : bytes < 1e9 ? ['MB', 1e6] : ['GB', 1e9];
  return `${Math.round((bytes / by) * 10) / 10} ${unit}`;
}

/** `/app/.env (line 4, layer 6)`. */
export function placeOf({ where, path, layer, line }: Place): string {
  const at = [line === null ? '' : `line ${line}`, layer === null ? '' : `layer ${layer}`].filter(Boolean).join(', ');
  const what =
    where === 'file' ? (path?.startsWith('/') === true ? path : `/${path ?? ''}`) : `the ${where} of the image`;
  return at === '' ? what : `${what} (${at})`;
}

/** A secret and its place, the value hidden. */
export function secretLine(secret: SecretSeen): string {
  const buried = secret.isBuried ? ', deleted or replaced later, and still there to be read' : '';
  return `${secret.kind} (${secret.masked}) in ${placeOf(secret)}${buried}`;
}

/** A canary and its place. */
export function canaryLine(found: CanaryFound): string {
  return `${found.name}${found.form === 'plain' ? '' : `, in ${found.form} form,`} in ${placeOf(found)}`;
}

/** The first of a list and how many more there are: `a, b and 3 more`. */
export function first<T>({ first: some, total }: Some<T>, word: (one: T) => string, most = 3): string {
  const told = some.slice(0, most).map(word);
  const rest = total - told.length;
  return rest > 0 ? `${told.join(', ')} and ${rest} more` : told.join(', ');
}

/** `uv: /usr/local/bin/uv (line 4, layer 6)`. */
function fileLine({ kind, path, line, layer }: FileSeen): string {
  return `${kind}: ${placeOf({ where: 'file', path, line, layer })}`;
}

/** Files as evidence: how many, and where the first ones are. */
export function fileEvidence(fact: string, files: Some<FileSeen>): readonly Evidence[] {
  return [
    { fact: `${fact}, number`, value: files.total },
    ...files.first.slice(0, 20).map((one) => ({ fact, value: fileLine(one) })),
  ];
}

/** What the base has of the same, as evidence: it is not judged. */
export function shippedEvidence({ first, total }: Some<string>): readonly Evidence[] {
  if (total === 0) return [];
  const fact = 'in the base, not judged';
  return [{ fact: `${fact}, number`, value: total }, ...first.slice(0, 10).map((value) => ({ fact, value }))];
}

/** What was not looked at, as evidence. */
export function cutOffEvidence(cutOff: readonly string[]): readonly Evidence[] {
  return cutOff.map((value) => ({ fact: 'not looked at', value }));
}

/** What a probe says when the pass saw nothing. */
export function unseen(reason: string): Proof {
  return { status: 'unknown', summary: `The image could not be looked into: ${reason}.`.slice(0, 1000), evidence: [] };
}

/** What a probe says when it found nothing, unless files were left unsorted: then nobody knows. */
export function nothingFound(summary: string, allSorted: boolean, evidence: readonly Evidence[]): Proof {
  return allSorted
    ? { status: 'pass', summary, evidence }
    : {
        status: 'unknown',
        summary: 'Nothing was found, but the image holds more files than are kept in mind.',
        evidence,
      };
}
