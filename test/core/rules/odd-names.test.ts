/** Names that every object of JavaScript knows, where a Dockerfile may say what it likes: no table answers them. */
import t from 'tap';
import { analyze } from '../../../src/core/analyze.ts';
import { parseDockerfile } from '../../../src/core/dockerfile/parse.ts';
import { subjectOf } from '../../helpers/subject.ts';

/** A name of the same form that no object knows. */
const like = (name: string): string => name.replace(/[aeiou]/, 'y');
const NAMES = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf', '__proto__'];

/** The same file, with a name in every place that has one. */
function fileOf(name: string): string {
  return [
    `ARG ${name}=1`,
    `FROM ${name}:1 AS ${name}-stage`,
    `FROM ${name.toLowerCase()}`,
    `ENV ${name}=on`,
    `LABEL ${name}=x`,
    `RUN --mount=type=bind,target=/${name} ${name} install ${name} && pip install ${name} && npm install -g ${name}@1`,
    `RUN useradd ${name} && sudo -u ${name} ${name}`,
    `COPY --from=${name.toLowerCase()}-stage /${name} ./${name}`,
    `STOPSIGNAL SIGTERM`,
    `USER ${name}`,
    `HEALTHCHECK CMD ${name}`,
    `CMD ["${name}", "${name}"]`,
    '',
  ].join('\n');
}

t.test('every rule says of them what it says of any other name', async (t) => {
  const files = (name: string): Readonly<Record<string, string>> => ({
    [name === '__proto__' ? 'proto' : name]: '',
    'package.json': `{"dependencies": {"${name}": "1"}, "scripts": {"${name}": "x"}}`,
    'pyproject.toml': `[project]\ndependencies = ["${name}"]\n`,
    '.dockerignore': `${name}\n`,
  });
  const said = (name: string): readonly string[] => {
    const { findings, crashes } = analyze(subjectOf({ dockerfile: fileOf(name), files: files(name) }));
    t.same(crashes, [], name);
    return findings.map((one) => `${one.rule} ${one.span?.line ?? 0} ${one.severity}`);
  };
  for (const name of NAMES) t.same(said(name), said(like(name)), name);
});

t.test('a flag, an option and an instruction of that name are refused like any other', async (t) => {
  const codes = (text: string): readonly string[] => parseDockerfile(text).problems.map(({ code }) => code);
  for (const name of NAMES) {
    for (const text of [
      'FROM scratch\nRUN --NAME=1 true\n',
      'FROM scratch\nRUN --mount=NAME=1,target=/x true\n',
      'FROM scratch\nCOPY --NAME a b\n',
      'FROM scratch\nNAME a b\n',
      'FROM a@NAME:abc\n',
      'FROM scratch\nHEALTHCHECK --interval=1NAME CMD true\n',
    ]) {
      t.same(codes(text.replace('NAME', name)), codes(text.replace('NAME', like(name))), text);
    }
  }
});
