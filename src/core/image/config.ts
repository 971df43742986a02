/** Secrets and canaries in the history and the configuration of an image; and the border of its base, read from both. */
import { isHarmlessValue, isMachineMade, isPlaceholder, secretName, secretValues } from '../rules/tables/secrets.ts';
import type { Needle } from './needles.ts';
import { latin1 } from '../secrets/encodings.ts';
import type { OwnStep } from './own-steps.ts';
import type { CanaryFound, Place, SecretSeen } from './seen.ts';

/** The configuration of an image, as far as it is read. */
export interface ImageConfig {
  /** Oldest first. */
  readonly history: readonly { readonly createdBy: string; readonly isEmptyLayer: boolean }[];
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Everything else of it, as JSON. */
  readonly rest: string;
}

/** An entry of the history that the Dockerfile made. */
export interface OwnEntry {
  readonly step: OwnStep;
  readonly text: string;
  /** Index of its layer; `undefined` for one that made none. */
  readonly layer: number | undefined;
}

/**
 * The entries of the history that the Dockerfile made, with their layers. `undefined` when history, layers and Dockerfile do not
 * fit together: then nobody can say where the base ends.
 */
export function ownEntries(
  { history }: ImageConfig,
  layers: number,
  steps: readonly OwnStep[],
): readonly OwnEntry[] | undefined {
  const first = history.length - steps.length;
  if (first < 0 || history.filter(({ isEmptyLayer }) => !isEmptyLayer).length !== layers) return undefined;
  let layer = history.slice(0, first).filter(({ isEmptyLayer }) => !isEmptyLayer).length;
  const entries: OwnEntry[] = [];
  for (const [index, step] of steps.entries()) {
    const entry = history[first + index];
    if (entry === undefined || !entry.createdBy.startsWith(step.keyword)) return undefined;
    entries.push({ step, text: entry.createdBy, layer: entry.isEmptyLayer ? undefined : layer });
    if (!entry.isEmptyLayer) layer += 1;
  }
  return entries;
}

/**
 * Secrets in what the Dockerfile left in the history: values of ARG, ENV and LABEL by their names, all else by its form. What
 * is searched as a canary is told as one.
 */
export function secretsInHistory(entries: readonly OwnEntry[], searched: ReadonlySet<string>): readonly SecretSeen[] {
  return entries.flatMap(({ step, text }) => {
    const place: Place = { where: WHERE[step.keyword] ?? 'history', path: null, layer: null, line: step.line };
    const byName = pairsIn(text, step.names)
      .filter(([name, value]) => isSecret(name, value) && !(step.keyword === 'ARG' && searched.has(name)))
      .map(([name]) => ({ ...place, kind: `the value of ${name}`, masked: `${name}=***` }));
    const byForm = byName.length > 0 ? [] : secretValues(text).map(({ kind, masked }) => ({ ...place, kind, masked }));
    return [...byName, ...byForm].map((one) => ({ ...one, isBuried: false, isCertain: true }));
  });
}

const WHERE: Readonly<Record<string, Place['where']>> = { ENV: 'environment', LABEL: 'label' };

/** Canaries in the history and the configuration, each place once. */
export function canariesInConfig(
  config: ImageConfig,
  entries: readonly OwnEntry[],
  needles: readonly Needle[],
): readonly CanaryFound[] {
  const found: CanaryFound[] = [];
  const search = (text: string, where: Place['where'], line: number | null): void => {
    const bytes = latin1(text);
    for (const { name, form, text: needle } of needles) {
      const isKnown = found.some((one) => one.name === name && one.where === where && one.line === line);
      if (!isKnown && bytes.includes(needle)) found.push({ name, form, where, path: null, layer: null, line });
    }
  };
  for (const { step, text } of entries) search(text, 'history', step.line);
  for (const text of config.env) search(text, 'environment', null);
  for (const pair of Object.entries(config.labels)) search(pair.join('='), 'label', null);
  search(config.rest, 'configuration', null);
  return found;
}

/** Of a command, before it is searched for what the build was given: longer than what is kept of it, and than most secrets. */
const MOST_SEARCHED = 40_000;

/** What the build was given goes first, whole: what only looks like a secret may end in the middle of one. */
function withoutNeedles(text: string, needles: readonly Needle[]): string {
  const longestFirst = needles.toSorted((one, other) => other.text.length - one.text.length);
  const bytes = latin1(text.slice(0, MOST_SEARCHED));
  const hidden = longestFirst.reduce((left, needle) => left.replaceAll(needle.text, '***'), bytes);
  return hidden === bytes ? text : new TextDecoder().decode(Uint8Array.from(hidden, (one) => one.charCodeAt(0)));
}

/** A command of the history with the secrets in it hidden, and bounded. */
export function maskedCommand(text: string, needles: readonly Needle[] = []): string {
  let masked = withoutNeedles(text, needles).slice(0, 1000);
  for (const { start, end, masked: shown } of [...secretValues(masked)].sort((one, other) => other.start - one.start)) {
    masked = masked.slice(0, start) + shown + masked.slice(end);
  }
  return masked.replaceAll(
    /\b([A-Za-z_][\w.-]*)=("[^"]*"|'[^']*'|[^\s"';&|]+)/g,
    (whole, name: string, value: string) => (isSecret(name, value.replace(/^["']|["']$/g, '')) ? `${name}=***` : whole),
  );
}

function isSecret(name: string, value: string): boolean {
  if (value === '' || isHarmlessValue(value) || isPlaceholder(value) || value.startsWith('$')) return false;
  const said = secretName(name);
  return said === 'strong' || (said === 'weak' && isMachineMade(value));
}

/** `A=1 B=some words` under known names: BuildKit writes the values as they are, without quotes. */
function pairsIn(text: string, names: readonly string[]): readonly (readonly [string, string])[] {
  const starts = names
    .map((name) => ({ name, at: text.indexOf(` ${name}=`) }))
    .filter(({ at }) => at !== -1)
    .sort((one, other) => one.at - other.at);
  return starts.map(({ name, at }, index) => {
    const value = text.slice(at + name.length + 2, starts[index + 1]?.at);
    return [name, value.replace(/^"(.*)"$/s, '$1')] as const;
  });
}
