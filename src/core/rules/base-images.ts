/**
 * What is known of well-known images: the user they leave, whether they bring a command, a health check, a port.
 * What is not listed here is unknown, and rules then say so.
 * Source: the Dockerfiles of the Docker official images, of distroless and of the .NET images.
 */
import type { ImageReference } from '../dockerfile/types.ts';

/** What an image brings along. */
export interface KnownImage {
  readonly user: 'root' | 'non-root';
  /** It has a CMD or ENTRYPOINT that serves (not a shell or an interpreter prompt). */
  readonly command: boolean;
  readonly healthcheck: boolean;
  readonly exposes: boolean;
}

const plain: KnownImage = { user: 'root', command: false, healthcheck: false, exposes: false };
const server: KnownImage = { user: 'root', command: true, healthcheck: false, exposes: true };
const nonRoot: KnownImage = { ...plain, user: 'non-root' };

/** Docker official images that leave root as the user and start a shell, an interpreter or nothing. */
const PLAIN = new Set(
  (
    'almalinux alpine amazoncorretto amazonlinux archlinux bash buildpack-deps busybox centos clojure composer ' +
    'crystal dart debian docker eclipse-temurin elixir erlang fedora gcc golang gradle groovy haskell hylang ibmjava ' +
    'ibm-semeru-runtimes julia maven mono node openjdk oraclelinux perl php photon pypy python r-base rakudo-star ' +
    'rockylinux ruby rust sapmachine sbt scala swift swipl ubuntu'
  ).split(' '),
);
/** Docker official images that leave root as the user and start a server on an exposed port. */
const SERVERS = new Set(
  'caddy ghost httpd mariadb mongo mysql nats nginx postgres rabbitmq redis tomcat traefik wordpress'.split(' '),
);

/** What is known of an image, or `undefined`. */
export function knownImage({ registry, repository, name, tag }: ImageReference): KnownImage | undefined {
  if (registry === 'docker.io' && repository.startsWith('library/')) {
    if (PLAIN.has(name)) return name === 'php' && /apache|fpm/.test(tag ?? '') ? server : plain;
    if (name === 'memcached') return { ...server, user: 'non-root' };
    return SERVERS.has(name) ? server : undefined;
  }
  if (registry === 'gcr.io' && repository.startsWith('distroless/')) {
    return /(?:^|-)nonroot(?:-|$)/.test(tag ?? '') ? nonRoot : plain;
  }
  if (registry === 'mcr.microsoft.com' && repository.startsWith('dotnet/')) {
    return /chiseled|distroless/.test(tag ?? '') ? nonRoot : plain;
  }
  if (registry === 'docker.io' && repository === 'nginxinc/nginx-unprivileged') return { ...server, user: 'non-root' };
  return undefined;
}
