/** What an image is for, read off its Dockerfile and what stands around it; the reason is said. */
import t from 'tap';
import { chooseProfile, dropped, purposeOf } from '../../src/core/policy/profiles.ts';
import { ItemId } from '../../src/schemas/item.ts';
import { ProfileName } from '../../src/schemas/report.ts';
import type { Report } from '../../src/schemas/report.ts';
import { subjectOf } from '../helpers/subject.ts';

function choose(
  text: string,
  files?: Readonly<Record<string, string>>,
  wish: Parameters<typeof chooseProfile>[0] = {},
): Report['profile'] {
  const { dockerfile, context } = subjectOf(files === undefined ? text : { dockerfile: text, files });
  return chooseProfile(wish, dockerfile, context);
}

const SERVICE = 'FROM python:3.12-slim\nEXPOSE 8000\nCMD ["uvicorn", "app:app"]\n';
const LIBRARY = 'FROM debian:bookworm-slim\nRUN apt-get update\n';

t.test('the request wins over drydock.yaml, and both over what shows', async (t) => {
  for (const name of ProfileName.options) {
    t.match(choose(LIBRARY, undefined, { request: name, file: 'job' }), { name, detected: false, why: /request/ });
    t.match(choose(LIBRARY, undefined, { file: name }), { name, detected: false, why: /drydock\.yaml/ });
    t.ok(dropped[name].every((id) => ItemId.options.includes(id)));
  }
  t.same(dropped.service, []);
  t.ok(dropped.kubernetes.includes('healthcheck') && !dropped.kubernetes.includes('non-root-user'));
});

const cases: readonly (readonly [ProfileName, string, string, Readonly<Record<string, string>>?])[] = [
  ['service', 'what has a port is a service', SERVICE],
  ['service', 'what nothing is known of is a service', 'FROM acme/base:1\n'],
  [
    'service',
    'a program without a port may be a service all the same',
    'FROM scratch\nCOPY app /\nENTRYPOINT ["/app"]\n',
  ],
  ['base-image', 'nothing is started on a system image', LIBRARY],
  ['base-image', 'files on scratch for others to take', 'FROM scratch\nCOPY out /\n'],
  ['base-image', 'through stages', `${LIBRARY.replace('slim', 'slim AS one')}FROM one\nRUN true\n`],
  ['service', 'nothing is started on an image that starts a server by itself', 'FROM nginx:1.27-alpine\nCOPY . /srv\n'],
  ['cli', 'help is what it does by default', 'FROM alpine:3.22\nENTRYPOINT ["tool"]\nCMD ["--help"]\n'],
  ['service', 'other arguments are no help', 'FROM alpine:3.22\nENTRYPOINT ["tool"]\nCMD ["serve"]\n'],
  [
    'service',
    'help of something that has a port',
    'FROM alpine:3.22\nEXPOSE 80\nENTRYPOINT ["tool"]\nCMD ["--help"]\n',
  ],
  ['cli', 'a shell to type into', 'FROM alpine:3.22\nCMD ["/bin/sh"]\n'],
  ['cli', 'the same in shell form', 'FROM alpine:3.22\nCMD bash\n'],
  ['service', 'a shell that runs something', 'FROM alpine:3.22\nCMD ["/bin/sh", "run.sh"]\n'],
  ['service', 'a shell behind a program', 'FROM alpine:3.22\nENTRYPOINT ["tini", "--"]\nCMD ["sh"]\n'],
  ['kubernetes', 'a chart and no compose file', SERVICE, { 'deploy/Chart.yaml': '' }],
  ['kubernetes', 'manifests', SERVICE, { 'k8s/api/deployment.yml': '' }],
  ['service', 'a compose file beside the chart', SERVICE, { 'Chart.yaml': '', 'compose.yaml': '' }],
  ['service', 'a folder of that name without manifests', SERVICE, { 'k8s/README.md': '' }],
  ['base-image', 'a chart makes no service of what starts nothing', LIBRARY, { 'Chart.yaml': '' }],
];

t.test('what was not given is detected, and the reason said', async (t) => {
  for (const [name, title, text, files] of cases) {
    const profile = choose(text, files);
    t.equal(profile.name, name, title);
    t.equal(profile.detected, name !== 'service', title);
    t.ok(profile.why.length > 20, title);
  }
});

t.test('a service is run to see it stay, a job and a command to see them end, a base image not at all', async (t) => {
  t.same(
    ProfileName.options.map((name) => [name, purposeOf(name)]),
    [
      ['service', 'service'],
      ['kubernetes', 'service'],
      ['cloud-run', 'service'],
      ['job', 'job'],
      ['cli', 'cli'],
      ['base-image', undefined],
    ],
  );
});
