/**
 * What is known of well-known images: the user they leave, whether they bring a command, a health check, a port, and which
 * shell /bin/sh is. What is not listed here is unknown, and rules then say so.
 * Source: the Dockerfiles of the Docker official images, of distroless, of the .NET images, and of the other images named.
 */
import type { ImageReference } from '../../dockerfile/types.ts';

/** What an image brings along. */
export interface KnownImage {
  /** `drops-root`: its entrypoint starts as root and gives that up before it serves. */
  readonly user: 'root' | 'drops-root' | 'non-root';
  /** It has a CMD or ENTRYPOINT that serves (not a shell or an interpreter prompt). */
  readonly command: boolean;
  readonly healthcheck: boolean;
  readonly exposes: boolean;
}

/** What reads the shell form in an image. */
export type SystemShell = 'dash' | 'ash' | 'bash' | 'windows';

const plain: KnownImage = { user: 'root', command: false, healthcheck: false, exposes: false };
const server: KnownImage = { user: 'root', command: true, healthcheck: false, exposes: true };
const nonRoot: KnownImage = { ...plain, user: 'non-root' };
const nonRootServer: KnownImage = { ...server, user: 'non-root' };
const droppingServer: KnownImage = { ...server, user: 'drops-root' };
const notebook: KnownImage = { ...nonRootServer, healthcheck: true };

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Docker official images that leave root as the user and start a shell, an interpreter or nothing. */
const PLAIN = words(
  'adoptopenjdk almalinux alpine amazoncorretto amazonlinux archlinux bash buildpack-deps busybox centos clojure ' +
    'composer crystal dart debian eclipse-temurin elixir erlang fedora gcc golang gradle groovy haskell hylang ibmjava ' +
    'ibm-semeru-runtimes java julia maven mono node openjdk oraclelinux perl photon php pypy python r-base rakudo-star ' +
    'rockylinux ruby rust sapmachine scala swift swipl ubuntu',
);
/** Docker official images that leave root as the user and start a server on an exposed port. */
const SERVERS = words('caddy drupal httpd joomla nextcloud nginx registry tomcat traefik wordpress');
/** Docker official servers whose entrypoint starts as root and hands over to a user of their own (gosu, su-exec, setpriv). */
const DROPPING = words('cassandra couchdb ghost mariadb mongo mysql postgres rabbitmq redis valkey zookeeper');
/** Docker official servers with a USER of their own. */
const NON_ROOT = words('adminer elasticsearch kibana logstash memcached solr sonarqube varnish');

/** Images outside of the official ones: repository, registry `docker.io` unless it stands before it. */
const OTHERS: readonly { readonly form: RegExp; readonly image: KnownImage }[] = [
  { form: /^gcr\.io\/distroless\/.*[-:]nonroot(?:-|$)/, image: nonRoot },
  { form: /^gcr\.io\/distroless\//, image: plain },
  { form: /^mcr\.microsoft\.com\/dotnet\/.*:.*(?:chiseled|distroless)/, image: nonRoot },
  { form: /^mcr\.microsoft\.com\/dotnet\/(?!framework\/)(?!.*(?:nanoserver|windowsservercore))/, image: plain },
  { form: /^cgr\.dev\/chainguard\/(?:static|wolfi-base|glibc-dynamic|python|node|jre|jdk|go|ruby):/, image: nonRoot },
  { form: /^(?:docker\.io\/nvidia\/cuda|nvcr\.io\/nvidia\/cuda|docker\.io\/pytorch\/pytorch):/, image: plain },
  {
    form: /^docker\.io\/(?:continuumio\/(?:ana|mini)conda3?|mambaorg\/micromamba|tensorflow\/tensorflow):/,
    image: plain,
  },
  { form: /^ghcr\.io\/astral-sh\/uv:/, image: plain },
  { form: /^docker\.io\/(?:oven\/bun|denoland\/deno):/, image: plain },
  {
    form: /^(?:registry\.access\.redhat\.com|registry\.redhat\.io)\/ubi\d+(?:\/ubi(?:-minimal|-micro|-init)?)?:/,
    image: plain,
  },
  {
    form: /^(?:registry\.access\.redhat\.com|registry\.redhat\.io)\/ubi\d+\/(?:python|nodejs|ruby|php|go)-/,
    image: nonRoot,
  },
  { form: /^(?:quay\.io|docker\.io)\/jupyter\/[a-z-]+-notebook:/, image: notebook },
  { form: /^docker\.io\/nginxinc\/nginx-unprivileged:/, image: nonRootServer },
  { form: /^docker\.io\/tiangolo\/(?:uvicorn-gunicorn|meinheld-gunicorn|uwsgi-nginx)/, image: server },
];

/** What is known of an image, or `undefined`. */
export function knownImage(reference: ImageReference): KnownImage | undefined {
  const name = officialName(reference);
  if (name === undefined) return OTHERS.find(({ form }) => form.test(written(reference)))?.image;
  if (systemShell(reference) === 'windows') return undefined;
  if (name === 'php' && /apache|fpm/.test(reference.tag ?? '')) return server;
  if (PLAIN.has(name)) return plain;
  if (SERVERS.has(name)) return server;
  if (DROPPING.has(name)) return droppingServer;
  return NON_ROOT.has(name) ? nonRootServer : undefined;
}

/** The name of a Docker official image, from whichever of the registries that mirror them it is taken; else `undefined`. */
export function officialName({ registry, repository }: ImageReference): string | undefined {
  const path = `${registry}/${repository}`;
  return (
    /^(?:docker\.io|mirror\.gcr\.io)\/(?:library|amd64|arm32v[5-7]|arm64v8|i386|ppc64le|riscv64|s390x)\/([^/]+)$/.exec(
      path,
    )?.[1] ?? /^public\.ecr\.aws\/docker\/library\/([^/]+)$/.exec(path)?.[1]
  );
}

const ASH = words('alpine bash busybox composer docker');
const BASH = words('almalinux amazoncorretto amazonlinux archlinux centos fedora oraclelinux photon rockylinux');
const DASH = words(
  'buildpack-deps clojure crystal dart debian eclipse-temurin elixir erlang gcc golang gradle haskell httpd julia ' +
    'mariadb maven memcached mono mongo nginx node perl php postgres pypy python r-base rabbitmq redis ruby rust swift ' +
    'swipl tomcat ubuntu wordpress',
);

/** Which shell /bin/sh is in an image, as far as its name tells. */
export function systemShell(reference: ImageReference): SystemShell | undefined {
  const name = officialName(reference);
  const path = written(reference);
  if (/nanoserver|servercore|\/windows|dotnet\/framework|[:-]windows/.test(path)) return 'windows';
  if (/[-:](?:stretch|buster|bullseye|bookworm|trixie|xenial|bionic|focal|jammy|noble)(?:-|$)/.test(path))
    return 'dash';
  if (/[-:/]alpine/.test(path)) return 'ash';
  if (/[-:]oracle|\/ubi\d+[/:]|[-:]ubi\d/.test(path)) return 'bash';
  if (name === undefined) return undefined;
  if (ASH.has(name)) return 'ash';
  if (BASH.has(name)) return 'bash';
  return DASH.has(name) ? 'dash' : undefined;
}

/** `registry/repository:tag`, the tag empty where there is none. */
function written({ registry, repository, tag }: ImageReference): string {
  return `${registry}/${repository}:${tag ?? ''}`;
}
