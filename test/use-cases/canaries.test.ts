/** Values that are made up for build arguments, and what is handed to the pass over the image. */
import t from 'tap';
import { parseDockerfile } from '../../src/core/dockerfile/parse.ts';
import { cleanImage } from '../../src/core/image/example.ts';
import type { Built } from '../../src/use-cases/build-image.ts';
import { lookInto, makeUpValues, needsRealValues } from '../../src/use-cases/canaries.ts';
import type { ImageScanRequest } from '../../src/use-cases/engine-port.ts';

const names = (text: string, given?: Readonly<Record<string, string>>): readonly string[] =>
  Object.keys(makeUpValues(parseDockerfile(text), given));

t.test('only what is named like a secret and has no value is made up', async (t) => {
  const text =
    'ARG GLOBAL_TOKEN=x\nFROM a AS unused\nARG OTHER_TOKEN\nFROM b\nARG API_TOKEN VERSION GLOBAL_TOKEN\nARG DB_PASSWORD=\n';
  t.same(names(text), ['API_TOKEN', 'DB_PASSWORD']);
  t.same(names(text, { API_TOKEN: 'given' }), ['DB_PASSWORD']);
  t.same(names('FROM b\nARG VERSION\nARG TOKEN_FILE\nARG API_TOKEN=x\n'), []);
  const [one, other] = [1, 2].map(() => makeUpValues(parseDockerfile('FROM b\nARG API_TOKEN\n'), undefined));
  t.match(one, { API_TOKEN: /^canary[\da-f]{32}$/ });
  t.notSame(one, other);
});

t.test('a build that fails with made-up values is tried without, unless it took too long', async (t) => {
  const failed = (cause: 'command-failed' | 'deadline'): Built => ({
    steps: [],
    warnings: [],
    durationMs: 1,
    image: undefined,
    failure: { cause, advice: '', message: '', step: null, line: null, exitCode: null, log: '' },
  });
  t.equal(needsRealValues(failed('command-failed'), { A: 'x' }), true);
  t.equal(needsRealValues(failed('command-failed'), {}), false);
  t.equal(needsRealValues(failed('deadline'), { A: 'x' }), false);
  t.equal(needsRealValues({ ...failed('deadline'), failure: undefined }, { A: 'x' }), false);
});

t.test(
  'everything given in confidence is searched; what could not be tried and what was asked for is told',
  async (t) => {
    const declared = { development: [{ key: 'node:tsx', from: 'package.json' }], runtime: ['node:express'] };
    let asked: ImageScanRequest | undefined;
    const engine = {
      scan: async (request: ImageScanRequest) => {
        asked = request;
        return cleanImage;
      },
    };
    const seen = await lookInto(
      engine,
      {
        imageId: 'sha256:1',
        dockerfile: parseDockerfile('FROM a\nRUN b\n'),
        declared,
        sealed: { buildArgs: { API_TOKEN: 'one', VERSION: '1.2', LICENCE: 'four' }, secrets: { npmrc: 'two' } },
        marked: ['LICENCE', 'ABSENT'],
        made: { DB_PASSWORD: 'three' },
        untried: ['SIGNING_KEY'],
        labels: ['team', 'org.opencontainers.image.title'],
      },
      new AbortController().signal,
    );
    t.same(
      asked?.canaries.map(({ name, value }) => [name, value]),
      [
        ['API_TOKEN', 'one'],
        ['LICENCE', 'four'],
        ['npmrc', 'two'],
        ['DB_PASSWORD', 'three'],
      ],
    );
    t.equal(asked?.declared, declared);
    t.match(asked?.steps, [{ keyword: 'RUN', line: 2 }]);
    t.match(seen, {
      unsearched: ['LICENCE', 'npmrc'],
      untried: ['SIGNING_KEY'],
      labels: ['org.opencontainers.image.title', 'team'],
    });
  },
);
