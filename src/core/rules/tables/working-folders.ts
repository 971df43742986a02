/**
 * The folder that well-known images leave as the working one, where that is sure. What is not listed here is unknown.
 * Source: WORKDIR in the Dockerfiles of the Docker official images; those that have none start in `/`.
 */
import type { ImageReference } from '../../dockerfile/types.ts';
import { officialName, systemShell } from './base-images.ts';

/** No WORKDIR in any tag, `onbuild` aside. */
const ROOT: ReadonlySet<string> = new Set(
  (
    'almalinux alpine amazoncorretto amazonlinux archlinux bash buildpack-deps busybox centos debian eclipse-temurin elixir ' +
    'erlang fedora gcc mariadb maven mongo mysql nginx node openjdk oraclelinux postgres pypy python rockylinux ruby rust ' +
    'swift ubuntu'
  ).split(' '),
);
const OTHERS: ReadonlyMap<string, string> = new Map([
  ['caddy', '/srv'],
  ['composer', '/app'],
  ['golang', '/go'],
  ['gradle', '/home/gradle'],
  ['httpd', '/usr/local/apache2'],
  ['redis', '/data'],
  ['tomcat', '/usr/local/tomcat'],
  ['valkey', '/data'],
  ['wordpress', '/var/www/html'],
]);
/** Images outside of the official ones. */
const ELSEWHERE: readonly { readonly form: RegExp; readonly folder: string }[] = [
  { form: /^mcr\.microsoft\.com\/dotnet\/(?:aspnet|runtime|runtime-deps|sdk)$/, folder: '/' },
  { form: /^docker\.io\/oven\/bun$/, folder: '/home/bun/app' },
];

/** The folder that an image starts in; `undefined` when not known. */
export function workingFolder(reference: ImageReference): string | undefined {
  const name = officialName(reference);
  const tag = reference.tag ?? '';
  if (tag.includes('onbuild') || systemShell(reference) === 'windows') return undefined;
  if (name === undefined) {
    return ELSEWHERE.find(({ form }) => form.test(`${reference.registry}/${reference.repository}`))?.folder;
  }
  if (name === 'php') return /apache|fpm/.test(tag) ? '/var/www/html' : '/';
  return ROOT.has(name) ? '/' : OTHERS.get(name);
}
