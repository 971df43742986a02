/** Steps of the builder and the lines they stand for. That BuildKit counts in this way is proven on a real build, in adapters/docker. */
import t from 'tap';
import { lineOfStep } from '../../../src/core/dockerfile/stages/build-steps.ts';
import { parseDockerfile } from '../../../src/core/dockerfile/parse.ts';

/** One stage, and several. */
const one = parseDockerfile(
  'FROM a:1\nENV x=y\nWORKDIR /\nRUN one\nADD a /\nCOPY <<E /b\ntext\nE\nUSER 1\nWORKDIR /w\n',
);
const several = parseDockerfile(
  [
    'ARG IMAGE',
    'FROM docker.io/library/node:24 AS Build',
    'RUN one',
    'FROM build',
    'COPY --from=registry.example:5000/tools/x /a /b',
    'FROM scratch AS stage-0',
    'COPY a /',
    'FROM $IMAGE',
    'RUN --mount=from=debian@sha256:12,target=/m two',
  ].join('\n'),
);
/** What others may share with it. */
const shared = parseDockerfile('FROM a:1\nRUN a\nrun b \\\n  # why\n  && c\nRUN d\nRUN d\n');
const heredoc = parseDockerfile('FROM a:1\nRUN <<E\none\ntwo\nE\n');

const cases: readonly (readonly [string, typeof one, string, number | undefined])[] = [
  ['FROM is the first step', one, '[1/6] FROM docker.io/library/a:1', 1],
  ['WORKDIR / is counted, but makes no step', one, '[2/6] RUN one', 4],
  ['ENV and USER are not counted', one, '[5/6] WORKDIR /w', 10],
  ['numbers are padded', one, '[ 3/6] ADD a /', 5],
  ['a heredoc begins where its instruction begins', one, '[4/6] COPY <<E /b', 6],
  ['a platform may stand in front', one, '[linux/amd64 2/6] RUN one', 4],
  ['another platform too', one, '[linux/amd64->arm64 2/6] RUN one', 4],
  ['what ONBUILD brought along belongs to FROM', one, '[2/7] ONBUILD RUN hidden', 1],
  ['and moves what follows', one, '[3/7] RUN one', 4],
  ['a number that fits no instruction', one, '[9/6] RUN nine', undefined],
  ['an instruction that does not fit its number', one, '[2/6] COPY . .', undefined],
  ['a stage that does not exist', one, '[nope 1/2] FROM a', undefined],
  ['a named stage, however it is written', several, '[build 1/2] FROM docker.io/library/node:24', 2],
  ['its RUN', several, '[build 2/2] RUN one', 3],
  ['a stage on another one has no FROM', several, '[stage-1 1/1] COPY --from=registry.example:5000/tools/x /a /b', 5],
  ['a stage that is named like a place', several, '[stage-0 1/1] COPY a /', 7],
  ['a base that nobody knows, with a step of its own', several, '[stage-3 2/2] RUN --mount=… two', 9],
  ['and without one', several, '[stage-3 1/1] RUN --mount=… two', 9],
  ['a stage is never guessed among several', several, '[1/2] RUN nine', undefined],
  ['a RUN that another build has numbered', several, '[1/2] RUN one', 3],
  ['whose number is that of another RUN here', shared, '[2/3] RUN b   && c', 3],
  ['as it is here', shared, '[3/5] RUN b   && c', 3],
  ['twice the same text, by its number', shared, '[5/5] RUN d', 7],
  ['twice the same text, and no number of this file', shared, '[9/5] RUN d', undefined],
  ['a here-document, by its number', heredoc, '[2/2] RUN <<E (one...)', 2],
  ['the image of FROM', several, '[internal] load metadata for docker.io/library/node:24', 2],
  ['numbered by another build of the same moment', several, '[1/2] FROM docker.io/library/node:24@sha256:99', 2],
  ['with its digest', several, 'FROM docker.io/library/node:24@sha256:99', 2],
  ['an image of COPY without a tag', several, 'FROM registry.example:5000/tools/x:latest', 5],
  ['an image of a mount, by digest', several, 'FROM docker.io/library/debian@sha256:12', 9],
  ['an image that nobody names', several, '[internal] load metadata for docker.io/library/odenode:24', undefined],
  ['the builder’s own work', several, '[internal] load remote build context', undefined],
  ['the end', several, 'exporting to image', undefined],
];
for (const [title, dockerfile, step, line] of cases) t.equal(lineOfStep(dockerfile, step), line, title);
t.equal(lineOfStep(parseDockerfile(''), '[1/2] RUN x'), undefined, 'an empty Dockerfile has no lines');
