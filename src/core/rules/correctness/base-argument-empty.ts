/** Rule: FROM an ARG without a default. */
import { parseImageReference } from '../../dockerfile/image-reference.ts';
import type { Instruction } from '../../dockerfile/types.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'base-argument-empty',
  item: 'builds-and-starts',
  severity: 'info',
  title: 'Builds only with a build argument',
  why: 'Without `--build-arg` the name of the base image is not one, and the build stops before its first step.',
  fix: 'Give the ARG a default: `ARG VERSION=3.12-slim`.',
  source: 'BuildKit, build check InvalidDefaultArgInFrom.',
  aliases: ['InvalidDefaultArgInFrom'],
  examples: {
    bad: 'ARG VERSION\nFROM python:${VERSION}\n',
    good: 'ARG VERSION=3.12-slim\nFROM python:${VERSION}\n',
  },
  *check({ dockerfile }) {
    const first = dockerfile.stages[0]?.from.span.start.offset ?? 0;
    const defaults = defaultsOf(dockerfile.instructions.filter(({ span }) => span.start.offset < first));
    for (const { from } of dockerfile.stages) {
      const { raw, value, span } = from.image;
      // Anything but plain names of arguments is left to the builder.
      if (value !== undefined || !/^[^$"'\\`]*(?:\$(?:\w+|\{\w+\})[^$"'\\`]*)+$/.test(raw)) continue;
      const names = [...raw.matchAll(/\$\{?(\w+)\}?/g)].map((match) => match[1] ?? '');
      const empty = names.filter((name) => defaults.has(name) && defaults.get(name) === '');
      if (empty.length === 0 || names.some((name) => defaults.get(name) === undefined)) continue;
      const image = raw.replace(/\$\{?(\w+)\}?/g, (_, name: string) => defaults.get(name) ?? '');
      if (parseImageReference(image) !== undefined) continue;
      yield { at: span, message: `${raw} is an image only when ${empty.join(' and ')} is given with --build-arg.` };
    }
  },
});

/** The defaults of the arguments that FROM may use, empty where there is none; `undefined` for one that cannot be known. */
function defaultsOf(before: readonly Instruction[]): ReadonlyMap<string, string | undefined> {
  const defaults = new Map<string, string | undefined>();
  for (const one of before) {
    if (one.keyword !== 'ARG') continue;
    for (const { key, value } of one.pairs)
      if (key.value !== undefined) defaults.set(key.value, value === undefined ? '' : value.value);
  }
  return defaults;
}
