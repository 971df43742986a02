/**
 * What holds for any text whatever: reading never throws, every place is inside the text and says what it should, the tree
 * put back together gives the original, and time grows with the size.
 */
import fc from 'fast-check';
import t from 'tap';
import { parseDockerfile } from '../../../src/core/dockerfile/parse.ts';
import { parseImageReference } from '../../../src/core/dockerfile/image-reference.ts';
import { shellCommands } from '../../../src/core/dockerfile/shell/shell.ts';
import type { Instruction, Span } from '../../../src/core/dockerfile/types.ts';
import { readDockerfileCases } from '../../helpers/dockerfile-cases.ts';
import { printDockerfile } from '../../helpers/print-dockerfile.ts';
import { generatedDockerfile } from '../../helpers/generated-dockerfile.ts';
import { lies } from '../../helpers/text-of-tree.ts';
import { leavesOf, spansOf, wordsIn, wordsOf } from '../../helpers/walk-dockerfile.ts';

// The same texts each time, so that a run tells of the change at hand; SEED=… tries others.
fc.configureGlobal({ seed: Number(process.env['SEED'] ?? 1) });

const cases = readDockerfileCases('test/cases/dockerfile');
const seeds = cases.map(({ text }) => text);
const pieces = [
  ...Array.from('\\`"\'${}[]#=:/,| \t\n\u0000\u00a0\uFEFFé\u{1f600}'),
  ...['${', '<<EOF', '\nEOF\n', '\r\n', '\\\n', '--', '&&', '$(', '\ud800'],
  ...['FROM a', 'RUN ', 'COPY ', 'ENV a=$a', 'ARG b', 'ONBUILD '],
];

/** A case, cut and pasted. */
const mutated = fc
  .tuple(
    fc.constantFrom(...seeds),
    fc.array(fc.tuple(fc.nat(400), fc.nat(12), fc.constantFrom(...pieces)), { maxLength: 6 }),
  )
  .map(([text, changes]) =>
    changes.reduce((result, [at, removed, piece]) => {
      const start = at % (result.length + 1);
      return result.slice(0, start) + piece + result.slice(start + removed);
    }, text),
  );

const anyText = fc.oneof(
  { weight: 5, arbitrary: mutated },
  { weight: 2, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
);

t.test('any text is read without throwing, and all its places hold', (t) => {
  fc.assert(
    fc.property(anyText, (text) => {
      const file = parseDockerfile(text);
      if (file.text !== text) throw new Error('the text was changed');
      for (const [what, span] of spansOf(file)) checkSpan(what, span, text);
      for (const word of wordsOf(file)) {
        const { start, end } = word.span;
        if (text.slice(start.offset, end.offset) !== word.raw) throw new Error(`${word.raw} is not what its span says`);
      }
    }),
    { numRuns: 10_000 },
  );
  t.pass('10,000 texts');
  t.end();
});

t.test('the leaves of the tree do not overlap, and nothing but blanks and signs stands between them', (t) => {
  fc.assert(
    fc.property(anyText, (text) => {
      const file = parseDockerfile(text);
      let at = 0;
      let rebuilt = '';
      for (const [start, end] of leavesOf(file)) {
        if (start < at) throw new Error(`${JSON.stringify(text.slice(start, end))} overlaps what stands before it`);
        rebuilt += text.slice(at, start) + text.slice(start, end);
        at = end;
      }
      if (rebuilt + text.slice(at) !== text) throw new Error('the leaves do not give the text');
    }),
    { numRuns: 10_000 },
  );
  t.pass('10,000 texts');
  t.end();
});

t.test('cases put together from their leaves give the original, and between leaves stand only signs', (t) => {
  for (const text of seeds) {
    const file = parseDockerfile(text);
    let at = 0;
    for (const [start, end] of leavesOf(file)) {
      const gap = text.slice(at, start);
      if (!/^(?:[\s=,[\]\uFEFF]|\\|`|--|\bAS\b|\bCMD\b|\bNONE\b)*$/iu.test(gap))
        t.fail(`${JSON.stringify(gap)} belongs to nothing`, { text });
      at = end;
    }
  }
  t.pass(`${seeds.length} cases`);
  t.end();
});

t.test('every node says what stands at its place', (t) => {
  const check = (text: string): void => {
    const [lie] = lies(parseDockerfile(text));
    if (lie !== undefined) throw new Error(lie);
  };
  for (const { title, text } of cases) {
    t.same([...lies(parseDockerfile(text))], [], title);
    t.same([...lies(parseDockerfile(withCarriageReturns(text)))], [], `${title}, with carriage returns`);
  }
  fc.assert(fc.property(mutated, check), { numRuns: 3000 });
  fc.assert(
    fc.property(generatedDockerfile, ({ text }) => check(text)),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(generatedDockerfile, ({ text }) => check(withCarriageReturns(text))),
    { numRuns: 1000 },
  );
  t.pass('5000 texts');
  t.end();
});

t.test('a file put together from parts says what was put in, however its lines are broken and end', (t) => {
  fc.assert(
    fc.property(generatedDockerfile, ({ text, says }) => {
      const expected = JSON.stringify(says);
      for (const variant of [text, withCarriageReturns(text), `\uFEFF${text}`, text.trimEnd()]) {
        const file = parseDockerfile(variant);
        if (file.problems[0] !== undefined) throw new Error(file.problems[0].message);
        const told = JSON.stringify(file.instructions.map((one) => said(one))).replaceAll(
          String.raw`\r\n`,
          String.raw`\n`,
        );
        if (told !== expected) throw new Error(`${told} is not ${expected}`);
        for (const [what, span] of spansOf(file)) checkSpan(what, span, variant);
      }
    }),
    { numRuns: 1000 },
  );
  t.pass('1000 texts');
  t.end();
});

t.test('the same text gives the same tree, and lines end alike with and without carriage returns', (t) => {
  fc.assert(
    fc.property(mutated, (text) => {
      const plain = text.replaceAll('\r', '');
      const one = printed(plain);
      if (one !== printed(plain)) throw new Error('read twice it reads differently');
      const other = withCarriageReturns(plain);
      // Bodies keep their line ends, and with them the words of the shell that stand there.
      const isSame = plain.includes('<<') ? outline(plain) === outline(other) : one === printed(other);
      if (!isSame) throw new Error('carriage returns change the meaning');
    }),
    { numRuns: 2000 },
  );
  t.pass('2000 texts');
  t.end();
});

t.test('image names are taken and refused without throwing, and what is taken can be written again', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ maxLength: 80 }),
        fc.array(fc.constantFrom('a', 'B', '/', ':', '@', '.', '-', '_', '5000', 'sha256:')).map((x) => x.join('')),
      ),
      (name) => {
        const reference = parseImageReference(name);
        if (reference === undefined) return;
        const { registry, repository, tag, digest } = reference;
        const written = `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
        const again = parseImageReference(written);
        if (again?.repository !== repository || again.registry !== registry || again.tag !== tag)
          throw new Error(`${name} became ${written}`);
      },
    ),
    { numRuns: 3000 },
  );
  t.pass('3000 names');
  t.end();
});

t.test('texts that are made to be dear are read all the same', (t) => {
  const many = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => line(index)).join('');
  const texts: Readonly<Record<string, string>> = {
    'a line of backslashes': `FROM scratch\nRUN ${'\\'.repeat(60_000)}\n`,
    'continuations without end': `FROM scratch\nRUN a${' \\\n'.repeat(100_000)}`,
    'quotes without end': `FROM scratch\nENV ${'a="'.repeat(20_000)}\n`,
    'nested braces': `FROM scratch\nENV a=${'${a:-'.repeat(12_900)}\n`,
    'nested substitutions': `FROM scratch\nRUN ${'$('.repeat(30_000)}\n`,
    'values that double': `FROM scratch\nENV a=1234567890\n${'ENV a=$a$a$a$a\n'.repeat(5_000)}`,
    'one stage upon the other': many(
      20_000,
      (index) => `FROM ${index === 0 ? 'scratch' : `s${index - 1}`} AS s${index}\n`,
    ),
    'many stages with many triggers': `FROM scratch AS a\n${'ONBUILD ENV x=$y\n'.repeat(5_000)}${'FROM a\n'.repeat(5_000)}`,
    'patterns on long values': `FROM scratch\nENV a=${'a'.repeat(4_000)}\n${`ENV b=\${a%%${'a?'.repeat(60)}b*}\n`.repeat(500)}`,
    'a mark that never comes': `FROM scratch\n${'RUN <<EOF\n'.repeat(30_000)}`,
    'many bodies on one line': `FROM scratch\nCOPY ${'<<a '.repeat(10_000)}/x\n`,
    'blanks without end': `FROM scratch\nRUN a${' '.repeat(60_000)}\n# escape${' '.repeat(60_000)}=\n`,
    'a JSON array without end': `FROM scratch\nCMD ${'["a",'.repeat(10_000)}\n`,
    brackets: `FROM scratch\nCMD ${'['.repeat(60_000)}\n`,
  };
  for (const [name, text] of Object.entries(texts)) {
    const file = parseDockerfile(text);
    for (const instruction of file.instructions)
      if ('command' in instruction && instruction.command) shellCommands(instruction.command);
    t.ok(file.instructions.length > 0, name);
  }
  t.end();
});

t.test('a line may have 65,535 bytes and no more', (t) => {
  const lineOf = (bytes: number, character = 'x'): string =>
    `RUN ${character.repeat((bytes - 4) / Buffer.byteLength(character))}`;
  const codes = (line: string): readonly string[] =>
    parseDockerfile(`FROM scratch\n${line}\nUSER a\n`).problems.map(({ code }) => code);
  t.same(codes(lineOf(65_535)), []);
  t.same(codes(lineOf(65_536)), ['line-too-long']);
  t.same(codes(lineOf(65_534, 'é')), []);
  t.same(codes(lineOf(65_538, 'é')), ['line-too-long']);
  t.equal(parseDockerfile(`FROM scratch\n${lineOf(70_000)}\nUSER a\n`).instructions.length, 3, 'the rest is read');
  t.end();
});

function withCarriageReturns(text: string): string {
  return text.replaceAll(/\r?\n/g, '\r\n');
}

/** What an instruction says: keyword, words, those of the shell if there are no others, bodies. */
function said(instruction: Instruction): readonly string[] {
  const { keyword, heredocs } = instruction;
  const values = [...wordsIn(instruction)].map(({ value }) => value ?? '?');
  const inner = keyword === 'ONBUILD' && instruction.trigger !== undefined ? said(instruction.trigger) : [];
  const isShell = keyword === 'RUN' && heredocs.length === 0 && instruction.command.form === 'shell';
  const shell = isShell
    ? shellCommands(instruction.command).flatMap(({ args }) => args.map(({ value }) => value ?? '?'))
    : [];
  return [
    keyword,
    ...values.filter((value) => !value.startsWith('<<')),
    ...inner,
    ...shell,
    ...heredocs.map(({ content }) => content),
  ];
}

/** A tree without what carriage returns may change: the words of the shell, and columns. */
function outline(text: string): string {
  const file = parseDockerfile(text);
  return JSON.stringify([
    file.instructions.map((one) => [said(one), one.span.start.line, one.span.end.line]),
    file.problems.map(({ code, span }) => [code, span.start.line]),
  ]).replaceAll(String.raw`\r\n`, String.raw`\n`);
}

function printed(text: string): string {
  return printDockerfile(parseDockerfile(text)).join('\n');
}

function checkSpan(what: string, { start, end }: Span, text: string): void {
  if (start.offset < 0 || end.offset > text.length || start.offset > end.offset)
    throw new Error(`${what} is outside of the text`);
  for (const { offset, line, column } of [start, end]) {
    const before = text.slice(0, offset).split('\n');
    if (before.length !== line || (before.at(-1)?.length ?? 0) + 1 !== column)
      throw new Error(`${what}: line and column are not those of its offset`);
  }
}
