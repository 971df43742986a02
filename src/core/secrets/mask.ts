/**
 * Keeps what was given in confidence out of what is told: the values of build arguments and variables that are secrets
 * are replaced wherever a builder, a container or a rule has repeated them.
 *
 * Not every value is hidden: `VERSION=1.2` would take every "1.2" out of the log. A value counts as a secret when its name
 * says so, or when its own form does. What was given as a secret or as a password is one whatever it looks like.
 */
import type { BuildOptions } from '../../schemas/options.ts';
import type { Production } from '../../schemas/production.ts';
import type { BuildStep, ImageReport, Report } from '../../schemas/report.ts';
import { base64Forms, hexForms, latin1, urlForms } from './encodings.ts';
import { edgePlaces, makeFindPieces, starred, wholePlaces } from './places.ts';
import { isMachineMade, secretName, secretValues } from '../rules/tables/secrets.ts';

/** Hides secrets in a text. */
export type Mask = (text: string) => string;

/** Shorter ones would hide common words, and are no secrets worth the name. */
const SHORTEST = 4;

/** A mask for the secrets among named values. Pure. */
export function makeMask(...given: readonly (Readonly<Record<string, string>> | undefined)[]): Mask {
  return hiding(secretsAmong(given));
}

/**
 * A mask for everything that a build was given in confidence. Pure.
 *
 * @param more  what else is to be hidden, in every form in which it may be repeated
 */
export function maskOf(
  given: Pick<BuildOptions, 'buildArgs' | 'secretBuildArgs' | 'env' | 'secrets' | 'registries' | 'services'>,
  more: readonly string[] = [],
): Mask {
  return hiding([
    ...secretsAmong([given.buildArgs, given.env, ...Object.values(given.services ?? {}).map(({ env }) => env)]),
    ...Object.values(given.secrets ?? {}).flatMap(partsOf),
    ...Object.entries(given.buildArgs ?? {}).flatMap(([name, value]) =>
      given.secretBuildArgs?.includes(name) === true ? partsOf(value) : [],
    ),
    ...Object.values(given.registries ?? {}).map(({ password }) => password),
    ...more,
  ]);
}

function secretsAmong(given: readonly (Readonly<Record<string, string>> | undefined)[]): readonly string[] {
  return given
    .flatMap((values) => Object.entries(values ?? {}))
    .filter(([name, value]) => isSecret(name, value))
    .map(([, value]) => value);
}

/** A line of a secret, or a word in it, that is hidden on its own has at least so many characters. */
const SHORTEST_PART = 8;

/** A secret, and what a program may print of it: its lines, and the words in them that a machine made. */
function partsOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const words = lines.flatMap((line) => line.split(/[\s=:"',;]+/)).filter((word) => isMachineMade(word));
  return [secret, ...[...lines, ...words].filter((part) => part.length >= SHORTEST_PART)];
}

/** Encoded values are hidden from this length on: shorter ones are found in other texts by chance. */
const SHORTEST_ENCODED = 8;

function hiding(secrets: readonly string[]): Mask {
  const values = [...new Set(secrets.flatMap((value) => [value, value.trim()]))].filter(
    (value) => value.length >= SHORTEST,
  );
  const encoded = values.flatMap(encodedForms);
  const forms = [...values.flatMap(plainForms), ...encoded];
  const distinct = [...new Set(forms)];
  const findPieces = makeFindPieces([...encoded, ...values.filter(isMachineMade)]);
  return (text) => starred(text, [...wholePlaces(text, distinct), ...edgePlaces(text, distinct), ...findPieces(text)]);
}

/** As it is, and as texts and addresses have it. */
function plainForms(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  // An engine is asked for a build by an address with JSON in it.
  return [value, json, ...urlForms(value), ...(json === value ? [] : urlForms(json))];
}

/** In letters that say nothing to a reader. */
function encodedForms(value: string): readonly string[] {
  const bytes = latin1(value);
  if (bytes.length < SHORTEST_ENCODED) return [];
  // By itself it ends with letters that only its end decides.
  return [btoa(bytes), ...base64Forms(bytes), ...hexForms(bytes)];
}

/** Plain data with every text in it masked, however deep. */
export function maskDeep<T>(data: T, mask: Mask): T {
  return deep(data, mask) as T; // the same shape: only texts differ
}

function deep(data: unknown, mask: Mask): unknown {
  if (typeof data === 'string') return mask(data);
  if (Array.isArray(data)) return data.map((one) => deep(one, mask));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, one]) => [name, deep(one, mask)]));
}

function isSecret(name: string, value: string): boolean {
  if (secretName(name) !== 'no' || /PASS|SECRET|TOKEN/i.test(name)) return true;
  return secretValues(value).length > 0 || isMachineMade(value);
}

/** The steps of a build with their foreign texts masked. */
function maskSteps(steps: readonly BuildStep[], mask: Mask): BuildStep[] {
  return steps.map((step) => ({
    ...step,
    name: mask(step.name),
    command: step.command === null ? null : mask(step.command),
    error: step.error === null ? null : mask(step.error),
    log: mask(step.log),
  }));
}

function maskImage(image: ImageReport, mask: Mask): ImageReport {
  const { layers, largest } = image;
  return {
    ...image,
    ...(layers === undefined ? {} : { layers: layers.map((one) => ({ ...one, command: mask(one.command) })) }),
    ...(largest === undefined ? {} : { largest: largest.map((one) => ({ ...one, path: mask(one.path) })) }),
  };
}

/** Names may have been given a secret too, such as an image behind a build argument. */
function maskProduction(production: Production, mask: Mask): Production {
  const { images, secrets, pid1, unanswered } = production;
  const shown = (text: string | null): string | null => (text === null ? null : mask(text));
  return {
    ...production,
    images: images.map((one) => ({ ...one, written: mask(one.written), reference: shown(one.reference) })),
    secrets: secrets.map((one) => ({ ...one, name: mask(one.name) })),
    pid1: pid1 === null ? null : { ...pid1, command: shown(pid1.command) },
    unanswered: unanswered.map(mask),
  };
}

/** A report with every text masked that may repeat what a build or a container was given. */
export function maskReport(report: Report, mask: Mask): Report {
  const { build, image, run, production, source } = report;
  return {
    ...report,
    ...(source === undefined ? {} : { source: { ...source, text: mask(source.text) } }),
    items: report.items.map((item) => ({
      ...item,
      ...(item.predicted === undefined
        ? {}
        : { predicted: { ...item.predicted, summary: mask(item.predicted.summary) } }),
      ...(item.proven === undefined
        ? {}
        : {
            proven: {
              ...item.proven,
              summary: mask(item.proven.summary),
              evidence: item.proven.evidence.map(({ fact, value }) => ({
                fact,
                value: typeof value === 'string' ? mask(value) : value,
              })),
            },
          }),
    })),
    findings: report.findings.map((finding) => ({
      ...finding,
      message: mask(finding.message),
      ...(finding.waived === undefined ? {} : { waived: { ...finding.waived, reason: mask(finding.waived.reason) } }),
    })),
    assumptions: report.assumptions.map(mask),
    ...(build === undefined
      ? {}
      : {
          build: {
            ...build,
            steps: maskSteps(build.steps, mask),
            failure:
              build.failure === null
                ? null
                : {
                    ...build.failure,
                    advice: mask(build.failure.advice),
                    message: mask(build.failure.message),
                    step: build.failure.step === null ? null : mask(build.failure.step),
                    log: mask(build.failure.log),
                  },
          },
        }),
    ...(image === undefined ? {} : { image: maskImage(image, mask) }),
    ...(run === undefined ? {} : { run: { ...run, log: mask(run.log) } }),
    ...(production === undefined ? {} : { production: maskProduction(production, mask) }),
  };
}
