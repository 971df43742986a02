/** Dockerfiles put together from parts, so that it is known beforehand what they say. */
import fc from 'fast-check';

/** A text, and what it says: of each instruction the keyword, the values of its words, and the bodies behind it. */
export interface Generated {
  readonly text: string;
  readonly says: readonly (readonly string[])[];
}

/** A word as it is written, and as it is read. */
interface Written {
  readonly written: string;
  readonly read: string;
}

const letters = fc.string({ unit: fc.constantFrom(...Array.from('abcxyz019._/é😀')), minLength: 1, maxLength: 6 });
/** Some words go on behind a line end, with comments and empty lines in between. */
const word: fc.Arbitrary<Written> = fc
  .tuple(letters, fc.option(fc.tuple(fc.constantFrom('\\\n', '\\ \t\n', '\\\n# why\n', '\\\n\n  # and\n'), letters)))
  .map(([first, more]) => ({ written: first + (more?.join('') ?? ''), read: first + (more?.[1] ?? '') }));
const blank = fc.constantFrom(' ', '  ', '\t', ' \\\n', ' \\\n    ', '\t\\  \n# one\n  # two\n\t', ' \\\n\n ');
const words = fc.array(fc.tuple(blank, word), { minLength: 1, maxLength: 5 });
const body = fc
  .array(fc.constantFrom('echo a', '\techo b', '# no comment', '', 'c \\', ' EOF', 'FROM é'), { maxLength: 4 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''));

function join(parts: readonly (readonly [string, Written])[]): string {
  return parts.map(([space, { written }]) => space + written).join('');
}
function readOf(parts: readonly (readonly [string, Written])[]): readonly string[] {
  return parts.map(([, { read }]) => read);
}

type Part = readonly [text: string, says: readonly string[]];

const instruction: fc.Arbitrary<Part> = fc.oneof(
  words.map((parts): Part => [`run true${join(parts)}`, ['RUN', ...readOf(parts)]]),
  fc.tuple(blank, word, words, blank, word).map(([space, owner, sources, before, to]): Part => {
    const flag = `${space}--chown=${owner.written}`;
    return [`COPY${flag}${join(sources)}${before}${to.written}`, ['COPY', owner.read, ...readOf(sources), to.read]];
  }),
  fc.tuple(fc.constantFrom('ENV', 'Label'), words).map(([keyword, parts]): Part => {
    const pairs = parts.map(([space, one]): [string, Written] => [space, { ...one, written: `k=${one.written}` }]);
    return [keyword + join(pairs), [keyword.toUpperCase(), ...readOf(parts).flatMap((value) => ['k', value])]];
  }),
  fc.tuple(fc.constantFrom('CMD', 'ONBUILD ENTRYPOINT'), words).map(([keyword, parts]): Part => {
    const strings = parts.map(([space, { written }]) => `${space}"${written}"`).join(' ,');
    return [`${keyword} [${strings} ]`, [...keyword.split(' '), ...readOf(parts)]];
  }),
  fc.tuple(body, fc.boolean()).map(([content, strips]): Part => {
    const read = strips ? content.replaceAll(/^\t+/gm, '') : content;
    return [`RUN <<${strips ? '-' : ''}EOF\n${content}${strips ? '\t\t' : ''}EOF`, ['RUN', read]];
  }),
  fc
    .tuple(body, body, blank, word)
    .map(([one, two, space, to]): Part => [
      `COPY <<a.txt <<"B"${space}${to.written}\n${one}a.txt\n${two}B`,
      ['COPY', to.read, one, two],
    ]),
);

/** Files of one stage with any instructions; lines end with a line feed. */
export const generatedDockerfile: fc.Arbitrary<Generated> = fc
  .array(fc.tuple(fc.constantFrom('', '  ', '\n', '# top\n\t'), instruction), { minLength: 1, maxLength: 6 })
  .map((parts) => ({
    text: `FROM scratch\n${parts.map(([before, [text]]) => `${before}${text}\n`).join('')}`,
    says: [['FROM', 'scratch'], ...parts.map(([, [, says]]) => says)],
  }));
