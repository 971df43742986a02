/** Builds that cannot succeed because something is missing, refused or full: Dockerfiles with their cause. */
import type { BuildCause } from '../../../src/schemas/report.ts';
import type { ImageBuildRequest } from '../../../src/use-cases/engine-port.ts';

/** A build that fails, and what has to be said of it. */
export interface Broken {
  readonly title: string;
  readonly dockerfile: string;
  readonly cause: BuildCause;
  /** What the advice has to name. */
  readonly names: RegExp;
  readonly files?: Readonly<Record<string, string>>;
  readonly more?: Partial<ImageBuildRequest>;
  readonly seconds?: number;
}

const node = 'FROM node:24-bookworm-slim\nWORKDIR /app\n';
const python = 'FROM python:3.12-slim\nWORKDIR /app\n';
const debian = 'FROM debian:bookworm-slim\n';
const busybox = 'FROM busybox\n';

/** Those builds; `host` is a registry as in helpers/small-registry.ts. */
export const lacking = (host: string): readonly Broken[] => [
  // missing-file
  {
    title: 'COPY of nothing',
    dockerfile: `${busybox}COPY conf/app.toml /x\n`,
    cause: 'missing-file',
    names: /conf\/app\.toml.*is not in the context/,
  },
  {
    title: 'COPY in the wrong case',
    dockerfile: `${busybox}COPY readme.md /x\n`,
    files: { 'README.md': 'x' },
    cause: 'missing-file',
    names: /README\.md: is that the one/,
  },
  {
    title: 'COPY from a stage that has not made it',
    dockerfile: `FROM busybox AS maker\nRUN true\n${busybox}COPY --from=maker /dist /x\n`,
    cause: 'missing-file',
    names: /\/dist is not in the stage maker \(line 1\)/,
  },
  {
    title: 'a bind mount of nothing',
    dockerfile: `${busybox}RUN --mount=type=bind,source=go.sum,target=/m true\n`,
    cause: 'missing-file',
    names: /go\.sum/,
  },
  {
    title: 'requirements that were never copied',
    dockerfile: `${python}RUN pip install -r requirements.txt\n`,
    files: { 'requirements.txt': '' },
    cause: 'missing-file',
    names: /requirements\.txt is not in the image at line 3.*COPY it/,
  },
  {
    title: 'npm ci without a lock file',
    dockerfile: `${node}COPY package.json .\nRUN npm ci\n`,
    files: { 'package.json': '{}' },
    cause: 'missing-file',
    names: /package-lock\.json/,
  },
  {
    title: 'a script of Node that is not there',
    dockerfile: `${node}RUN node build.js\n`,
    cause: 'missing-file',
    names: /\/app\/build\.js/,
  },
  {
    title: 'a script whose interpreter is not there',
    dockerfile: `${busybox}COPY run.sh /\nRUN ./run.sh\n`,
    files: { 'run.sh': '#!/bin/bash\n' },
    cause: 'missing-file',
    names: /run\.sh.*carriage return/,
  },
  {
    title: 'ADD of an address that answers 404',
    dockerfile: `${busybox}ADD http://${host}/v2/gone/x/blobs/y /x\n`,
    cause: 'missing-file',
    names: /404/,
  },
  // ignored-file
  {
    title: 'COPY of an ignored folder',
    dockerfile: `${busybox}COPY dist /x\n`,
    files: { 'dist/a.js': 'x', '.dockerignore': '# no\nnode_modules\ndist\n' },
    cause: 'ignored-file',
    names: /line 3 of \.dockerignore, dist,/,
  },
  {
    title: 'a manifest that COPY . leaves out',
    dockerfile: `${python}COPY . .\nRUN pip install -r requirements.txt\n`,
    files: { 'requirements.txt': '', 'a.py': '', '.dockerignore': '*.txt\n' },
    cause: 'ignored-file',
    names: /line 1 of \.dockerignore, \*\.txt,/,
  },
  // package-not-found
  {
    title: 'apt knows no such package',
    dockerfile: `${debian}RUN apt-get install -y nosuchthing\n`,
    cause: 'package-not-found',
    names: /nosuchthing.*apt-get update/,
  },
  {
    title: 'pip finds no such version',
    dockerfile: `${python}RUN pip install --no-index nosuchthing==1.0\n`,
    cause: 'package-not-found',
    names: /nosuchthing==1\.0/,
  },
  // permission-denied
  {
    title: 'a folder at the root after USER',
    dockerfile: `${busybox}USER 1000\nRUN mkdir /data\n`,
    cause: 'permission-denied',
    names: /1000 \(USER in line 2\).*\/data/,
  },
  {
    title: 'apt after USER of an earlier stage',
    dockerfile: 'FROM debian:bookworm-slim AS base\nUSER nobody\nFROM base\nRUN apt-get update\n',
    cause: 'permission-denied',
    names: /nobody \(USER in line 2\)/,
  },
  {
    title: 'a script that may not be executed',
    dockerfile: `${debian}RUN echo '#!/bin/sh' > run.sh; ./run.sh\n`,
    cause: 'permission-denied',
    names: /run\.sh may not be executed/,
  },
  {
    title: 'the network of the machine',
    dockerfile: `${busybox}RUN --network=host true\n`,
    cause: 'permission-denied',
    names: /network of the machine/,
  },
  // no-space
  {
    title: 'a full file system',
    dockerfile: `${busybox}RUN --mount=type=tmpfs,target=/t,size=1m dd if=/dev/zero of=/t/x bs=1M count=5\n`,
    cause: 'no-space',
    names: /no space/,
  },
  {
    title: 'a full device, seen by Python',
    dockerfile: `${python}RUN python -c "f=open('/dev/full','w'); f.write('x'); f.flush()"\n`,
    cause: 'no-space',
    names: /no space/,
  },
  // image-not-found
  {
    title: 'a tag that the registry does not have',
    dockerfile: `FROM ${host}/gone/app:9\n`,
    cause: 'image-not-found',
    names: /gone\/app:9/,
  },
  {
    title: 'COPY from an image that is not there',
    dockerfile: `${busybox}COPY --from=${host}/gone/tool /x /x\n`,
    cause: 'image-not-found',
    names: /gone\/tool/,
  },
  // registry-refused
  {
    title: 'a private image without a login',
    dockerfile: `FROM ${host}/private/app\n`,
    cause: 'registry-refused',
    names: /private\/app.*registries/,
  },
  {
    title: 'a private image with a wrong login',
    dockerfile: `FROM ${host}/private/app:1\n`,
    more: { registries: { [host]: { username: 'ship', password: 'wrong' } } },
    cause: 'registry-refused',
    names: /private\/app:1/,
  },
  {
    title: 'an image that is forbidden',
    dockerfile: `FROM ${host}/denied/app\n`,
    cause: 'registry-refused',
    names: /denied\/app/,
  },
];
