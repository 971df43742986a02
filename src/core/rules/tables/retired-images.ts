/**
 * Images that nobody maintains any more, and what took their place.
 * Source: the notes of deprecation on the images' own pages, and docker-library/official-images, issue 2076 (onbuild);
 * bitnami/containers, issue 83267.
 */
import type { ImageReference } from '../../dockerfile/types.ts';
import { officialName } from './base-images.ts';

/** What is said of an image that was given up. */
export interface Retirement {
  /** Ends the sentence "IMAGE …". */
  readonly what: string;
  /** What to use instead, as one names it. */
  readonly instead: string;
  /** Only this tag was given up, the image goes on. */
  readonly isVariant?: true;
}

/** Docker official images that were given up. */
const OFFICIAL: Readonly<Record<string, string>> = {
  openjdk: '`eclipse-temurin`, or the image of another Java vendor',
  java: '`eclipse-temurin`',
  adoptopenjdk: '`eclipse-temurin`',
  centos: '`almalinux`, `rockylinux` or `quay.io/centos/centos:stream10`',
  iojs: '`node`',
  rails: '`ruby`',
  django: '`python`',
  celery: '`python`',
  jenkins: '`jenkins/jenkins`',
  vault: '`hashicorp/vault`',
  consul: '`hashicorp/consul`',
  swarm: 'the swarm mode of the engine',
  piwik: '`matomo`',
  owncloud: '`owncloud/server`',
  opensuse: '`opensuse/leap`',
  'nats-streaming': '`nats` with JetStream',
  'ubuntu-debootstrap': '`ubuntu`',
  'ubuntu-upstart': '`ubuntu`',
};

/** Other images, `registry/repository`. */
const OTHERS: readonly { readonly form: RegExp; readonly what: string; readonly instead: string }[] = [
  {
    form: /^docker\.io\/microsoft\/(?:dotnet|aspnetcore|dotnet-nightly|aspnetcore-build)$/,
    what: 'has moved, and ends with .NET Core 2.2',
    instead: '`mcr.microsoft.com/dotnet/aspnet`, `…/runtime` or `…/sdk`',
  },
  {
    form: /^mcr\.microsoft\.com\/dotnet\/core\//,
    what: 'ends with .NET Core 3.1',
    instead: 'the same name without `core/`: `mcr.microsoft.com/dotnet/aspnet`',
  },
  {
    form: /^mcr\.microsoft\.com\/vscode\/devcontainers\//,
    what: 'has moved',
    instead: '`mcr.microsoft.com/devcontainers/…`',
  },
  { form: /^k8s\.gcr\.io\//, what: 'is frozen since April 2023', instead: '`registry.k8s.io/…`' },
  {
    // minideb is made elsewhere, and goes on.
    form: /^docker\.io\/bitnami\/(?!minideb$)/,
    what: 'has no versions any more since September 2025: the old ones lie in `bitnamilegacy`, without updates',
    instead: 'an image that is still maintained',
  },
  { form: /^docker\.io\/bitnamilegacy\//, what: 'gets no updates', instead: 'an image that is still maintained' },
  {
    form: /^docker\.io\/jupyter\/[a-z-]+-(?:notebook|foundation)$/,
    what: 'gets no updates since October 2023',
    instead: 'the same name on Quay: `quay.io/jupyter/…`',
  },
  { form: /^docker\.io\/circleci\//, what: 'is deprecated', instead: '`cimg/…`' },
  { form: /^docker\.io\/mhart\/alpine-node$/, what: 'is no longer maintained', instead: '`node:…-alpine`' },
  {
    form: /^docker\.io\/tiangolo\/(?:uvicorn-gunicorn(?:-fastapi|-starlette|-machine-learning)?|meinheld-gunicorn(?:-flask)?)$/,
    what: 'is deprecated by its author',
    instead: '`python:…-slim` and `fastapi run --workers` or `uvicorn --workers`',
  },
];

/** Says that an image was given up, and what took its place; `undefined` where that is not known. */
export function retirement(reference: ImageReference): Retirement | undefined {
  const official = officialName(reference);
  if (official === undefined) {
    const path = `${reference.registry}/${reference.repository}`;
    return OTHERS.find(({ form }) => form.test(path));
  }
  if (Object.hasOwn(OFFICIAL, official))
    return { what: 'is deprecated and gets no updates', instead: OFFICIAL[official] ?? '' };
  return /(?:^|-)onbuild(?:-|$)/.test(reference.tag ?? '')
    ? {
        what: 'is a variant that was given up in 2018',
        instead: `\`${official}\`, with the steps written out`,
        isVariant: true,
      }
    : undefined;
}
