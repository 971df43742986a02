/** Twins of what lies in an image. All are base images: built and looked into, and not run, which takes most of the time. */
import type { Twin } from './twin.ts';

/** Made of two halves, so that no scanner takes this file for the leak; a shell joins them the same way. */
const HALVES = ['ghp_', 'k3Jd82nQz7Lx5Tm1'.repeat(2), 'abcd'] as const;
const token = HALVES.join('');
const inHalves = HALVES.join('""');
const value = 'Zk7/vB2+xTz9=Lm';

/** A record as pip leaves it. */
const record = (name: string, needs = ''): string => `Metadata-Version: 2.1\nName: ${name}\n${needs}\n`;
const site = '/venv/lib/python3.12/site-packages/';
const python = {
  'pyproject.toml': '[project]\nname = "app"\ndependencies = ["server"]\n[dependency-groups]\ndev = ["checker"]\n',
  server: record('server', 'Requires-Dist: checker>=1\n'),
  checker: record('checker'),
  extra: record('server', 'Requires-Dist: checker; extra == "check"\n'),
};
const copies = (server: string): string => `FROM busybox:1.37
COPY ${server} ${site}server-1.0.dist-info/METADATA
COPY checker ${site}checker-2.0.dist-info/METADATA
`;

const node = (install: string): string => `FROM node:24-bookworm-slim
WORKDIR /app
COPY . .
RUN ${install} --install-links --offline --no-audit --no-fund --cache /tmp/npm && rm -rf /tmp/npm
`;
const npm = {
  '.dockerignore': 'Dockerfile\n',
  'package.json':
    '{"name":"app","version":"1.0.0","dependencies":{"serve-it":"file:packages/serve-it"},"devDependencies":{"check-it":"file:packages/check-it"}}',
  'packages/serve-it/package.json': '{"name":"serve-it","version":"1.0.0"}',
  'packages/check-it/package.json': '{"name":"check-it","version":"1.0.0"}',
};

const project = {
  'main.py': 'print(1)\n',
  '.env': 'DEBUG=1\n',
  '.git/HEAD': 'ref: refs/heads/main\n',
  'tests/test_main.py': 'pass\n',
};

const layers = Array.from({ length: 118 }, (_, index) => `COPY one /d/${index}`).join('\n');

const twins: readonly Twin[] = [
  {
    name: 'a token lies in a layer',
    dockerfile: 'FROM busybox:1.37\nCOPY settings.py /app/\n',
    files: { 'settings.py': `TOKEN = "${token}"\n` },
    state: 'failed',
    proven: { 'no-secrets': 'fail' },
    says: { 'no-secrets': /a GitHub token \(ghp_\*\*\*\) in \/app\/settings\.py \(line 2, layer 2\)/ },
  },
  {
    name: 'a token is read when it is needed',
    dockerfile: 'FROM busybox:1.37\nCOPY settings.py /app/\n',
    files: { 'settings.py': 'TOKEN = os.environ["TOKEN"]\n' },
    state: 'passed',
    proven: { 'no-secrets': 'pass' },
  },
  {
    name: 'a token is deleted by a later layer',
    dockerfile: `FROM busybox:1.37\nRUN echo ${inHalves} > /token\nRUN rm /token\n`,
    state: 'failed',
    proven: { 'no-secrets': 'fail' },
    says: { 'no-secrets': /\/token \(line 2, layer 2\), deleted or replaced later/ },
  },
  {
    name: 'a token is deleted by the step that made it',
    dockerfile: `FROM busybox:1.37\nRUN echo ${inHalves} > /token && rm /token\n`,
    state: 'passed',
    proven: { 'no-secrets': 'pass' },
  },
  {
    name: 'a build argument is written to a file, in base64',
    dockerfile: `FROM busybox:1.37 AS build
ARG API_TOKEN
RUN printf 'user:%s' "$API_TOKEN" | base64 > /auth
FROM busybox:1.37
COPY --from=build /auth /etc/auth
`,
    options: { buildArgs: { API_TOKEN: value } },
    state: 'failed',
    proven: { 'no-secrets': 'fail' },
    says: { 'no-secrets': /API_TOKEN, in base64 form, in \/etc\/auth \(line 5, layer 2\)/ },
  },
  {
    name: 'a build argument is used in a stage that does not ship',
    dockerfile: `FROM busybox:1.37 AS build
ARG API_TOKEN
RUN printf 'user:%s' "$API_TOKEN" | md5sum > /auth
FROM busybox:1.37
COPY --from=build /auth /etc/auth
`,
    options: { buildArgs: { API_TOKEN: value } },
    state: 'passed',
    proven: { 'no-secrets': 'pass' },
  },
  ...[true, false].map((isMarked): Twin => ({
    name: `a build argument that ${isMarked ? 'somebody' : 'nobody'} calls a secret is in the image`,
    dockerfile: 'FROM busybox:1.37\nARG LICENCE\nRUN echo "for $LICENCE" > /licence\n',
    options: { buildArgs: { LICENCE: 'three wise sailors' }, ...(isMarked ? { secretBuildArgs: ['LICENCE'] } : {}) },
    state: isMarked ? 'failed' : 'passed',
    proven: { 'no-secrets': isMarked ? 'fail' : 'pass' },
  })),
  {
    name: 'a secret is mounted and used',
    dockerfile: `FROM busybox:1.37
RUN --mount=type=secret,id=API_TOKEN,env=API_TOKEN test "$API_TOKEN" = ${value.slice(0, 6)}""${value.slice(6)}
`,
    options: { secrets: { API_TOKEN: value } },
    state: 'passed',
    proven: { 'no-secrets': 'pass' },
    shows: { 'no-secrets': /searched for the value of.{0,20}API_TOKEN/ },
  },
  {
    name: 'a secret is mounted and kept',
    dockerfile: 'FROM busybox:1.37\nRUN --mount=type=secret,id=API_TOKEN cp /run/secrets/API_TOKEN /etc/token\n',
    options: { secrets: { API_TOKEN: value } },
    state: 'failed',
    proven: { 'no-secrets': 'fail' },
    says: { 'no-secrets': /API_TOKEN in \/etc\/token \(line 2, layer 2\)/ },
  },
  {
    name: 'an argument without a value ends up in a file',
    dockerfile: 'FROM busybox:1.37\nARG NPM_TOKEN\nRUN echo "//r.example/:_authToken=$NPM_TOKEN" > /root/.npmrc\n',
    state: 'failed',
    proven: { 'no-secrets': 'fail' },
    says: { 'no-secrets': /NPM_TOKEN/ },
  },
  {
    name: 'an argument without a value is of no use in the end',
    dockerfile:
      'FROM busybox:1.37 AS build\nARG NPM_TOKEN\nRUN echo "$NPM_TOKEN" | wc -c > /n\nFROM busybox:1.37\nCOPY --from=build /n /n\n',
    state: 'passed',
    proven: { 'no-secrets': 'pass' },
    shows: { 'no-secrets': /searched for the value of.{0,20}NPM_TOKEN/ },
  },
  {
    name: 'an argument without a value has to have the right one',
    dockerfile: 'FROM busybox:1.37\nARG NPM_TOKEN\nRUN test -z "$NPM_TOKEN"\n',
    state: 'failed',
    proven: { 'builds-and-starts': 'pass', 'no-secrets': 'unknown' },
    says: { 'no-secrets': /does not work with a made-up NPM_TOKEN/ },
  },
  {
    name: 'npm installs everything',
    dockerfile: node('npm install'),
    files: npm,
    proven: { 'no-dev-dependencies': 'warn' },
    says: {
      'no-dev-dependencies': /: check-it \(devDependencies of package\.json\) at \/app\/node_modules\/check-it\/[^,]*$/,
    },
  },
  {
    name: 'npm leaves out what is for development, and comes with the base',
    dockerfile: node('npm install --omit=dev'),
    files: npm,
    proven: { 'no-dev-dependencies': 'pass', 'multi-stage': 'pass', hardened: 'pass' },
    shows: { 'multi-stage': /in the base, not judged.{0,20}npm at \/usr\/local\/bin\/npm/ },
  },
  {
    name: 'a package of the development group is installed',
    dockerfile: copies('extra'),
    files: python,
    proven: { 'no-dev-dependencies': 'warn' },
    says: { 'no-dev-dependencies': /checker \(group dev of pyproject\.toml\)/ },
  },
  {
    name: 'a package of the development group is one that the service needs',
    dockerfile: copies('server'),
    files: python,
    proven: { 'no-dev-dependencies': 'pass' },
  },
  {
    name: 'uv is left behind',
    dockerfile: 'FROM busybox:1.37\nCOPY --chmod=755 uv /usr/local/bin/uv\nRUN uv\n',
    files: { uv: '#!/bin/sh\n' },
    proven: { 'multi-stage': 'warn' },
    says: { 'multi-stage': /uv at \/usr\/local\/bin\/uv \(line 2\)/ },
  },
  {
    name: 'uv is mounted for the step that needs it',
    dockerfile: `FROM busybox:1.37 AS uv
COPY --chmod=755 uv /uv
FROM busybox:1.37
RUN --mount=from=uv,source=/uv,target=/usr/local/bin/uv uv > /log
`,
    files: { uv: '#!/bin/sh\n' },
    proven: { 'multi-stage': 'pass' },
  },
  {
    name: 'the cache of a package manager stays',
    dockerfile:
      'FROM busybox:1.37\nRUN mkdir -p /root/.cache/pip && head -c 300000 /dev/zero > /root/.cache/pip/a\nRUN rm -rf /tmp/*\n',
    proven: { 'no-package-cache': 'warn' },
    says: { 'no-package-cache': /pip 300 kB in \/root\/\.cache\/pip/ },
  },
  {
    name: 'the cache of a package manager is emptied by the same step',
    dockerfile:
      'FROM busybox:1.37\nRUN mkdir -p /root/.cache/pip && head -c 300000 /dev/zero > /root/.cache/pip/a && rm -rf /root/.cache\n',
    proven: { 'no-package-cache': 'pass' },
  },
  {
    name: 'everything around the Dockerfile is copied',
    dockerfile: 'FROM busybox:1.37\nCOPY . /app/\n',
    files: project,
    proven: { 'context-excludes': 'fail' },
    says: { 'context-excludes': /\/app\/\.env \(line 2\)/ },
    shows: { 'context-excludes': /(?=.*tests: \/app\/tests\/test_main\.py)(?=.*version control: \/app\/\.git\/HEAD)/ },
  },
  {
    name: 'what does not belong there is ignored',
    dockerfile: 'FROM busybox:1.37\nCOPY . /app/\n',
    files: { ...project, '.dockerignore': '.env*\n.git\ntests\n' },
    proven: { 'context-excludes': 'pass' },
  },
  {
    name: 'a program is setuid, and a folder is everybodys',
    dockerfile: `FROM busybox:1.37
RUN cp /bin/true /bin/tool && chmod 4755 /bin/tool
RUN mkdir /data && chmod 777 /data
`,
    proven: { hardened: 'warn' },
    says: {
      hardened:
        /\/bin\/tool is setuid or setgid \(line 2, layer 2\), \/data is writable by everybody \(line 3, layer 3\)/,
    },
  },
  {
    name: 'a program is anybodys to run, and folders are sticky or somebodys',
    dockerfile: `FROM busybox:1.37
RUN cp /bin/true /bin/tool && chmod 755 /bin/tool
RUN mkdir -p /data /drop /tmp && chown 1001:1001 /data && chmod 1777 /drop && chmod 777 /tmp
`,
    proven: { hardened: 'pass' },
  },
  {
    name: 'an owner is set by a step of its own',
    dockerfile: 'FROM busybox:1.37\nRUN head -c 6000000 /dev/zero > /big\nRUN chown 1001 /big\n',
    proven: { 'image-size': 'warn' },
    says: { 'image-size': /^6 MB were written for nothing/ },
  },
  {
    name: 'an owner is set by the step that makes the file',
    dockerfile: 'FROM busybox:1.37\nRUN head -c 6000000 /dev/zero > /big && chown 1001 /big\n',
    proven: { 'image-size': 'pass' },
  },
  {
    name: 'of 120 layers the last one deletes what the first one wrote',
    dockerfile: `FROM busybox:1.37\nCOPY settings.py /d/\n${layers}\nRUN rm /d/settings.py\n`,
    files: { one: '1', 'settings.py': `TOKEN = "${token}"\n` },
    state: 'failed',
    proven: { 'no-secrets': 'fail', 'image-size': 'pass' },
    says: { 'no-secrets': /\/d\/settings\.py \(line 2, layer 2\), deleted or replaced later/ },
    shows: { 'image-size': /"layers above the base","value":120/ },
  },
  {
    name: 'one program on scratch',
    dockerfile: 'FROM scratch\nCOPY --from=busybox:1.37 /bin/busybox /tool\nCMD ["/tool"]\n',
    state: 'passed',
    proven: {
      'no-secrets': 'pass',
      'context-excludes': 'pass',
      'multi-stage': 'pass',
      'no-dev-dependencies': 'pass',
      'no-package-cache': 'pass',
      hardened: 'pass',
      'image-size': 'pass',
    },
    shows: { 'image-size': /"bytes of the base","value":0/ },
  },
  {
    name: 'files by hand and no shell, and a key among them',
    dockerfile: `FROM debian:bookworm-slim AS build
FROM scratch
COPY --from=build /etc/passwd /etc/group /etc/
COPY --from=build /lib64 /lib64
COPY config /etc/app/
`,
    files: { 'config/id_rsa': 'a key\n', 'config/app.toml': 'port = 8000\n' },
    state: 'failed',
    proven: { 'no-secrets': 'fail', 'multi-stage': 'pass', hardened: 'pass' },
    says: { 'no-secrets': /\/etc\/app\/id_rsa \(line 5, layer 3\)/ },
  },
];

/** The twins. */
export const image: readonly Twin[] = twins.map((one) => ({
  ...one,
  options: { ...one.options, profile: 'base-image' },
}));
