/** Image names by the grammar of github.com/distribution/reference, with the defaults of Docker. */
import type { ImageReference } from './types.ts';

const domainPart = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const domain = new RegExp(`^(?:${domainPart}(?:\\.${domainPart})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const pathPart = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** Longest registry with path that the grammar takes. */
const longestName = 255;

/**
 * Reads an image name such as `python:3.12-slim` or `ghcr.io/astral-sh/uv@sha256:…`.
 * `undefined` when the grammar does not take it. Pure.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) return undefined;
  const named = at < 0 ? text : text.slice(0, at);
  // Sixty-four hexadecimal digits are an image id, not a name.
  if (at < 0 && /^[a-f0-9]{64}$/.test(named)) return undefined;

  const { registry, rest } = splitRegistry(named);
  const colon = rest.indexOf(':');
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  const path = colon < 0 ? rest : rest.slice(0, colon);
  if (tag !== undefined && !tagPattern.test(tag)) return undefined;
  const isOfficial = registry === 'docker.io' && !path.includes('/');
  const repository = isOfficial ? `library/${path}` : path;
  if (registry.length + 1 + repository.length > longestName) return undefined;
  if (!domain.test(registry) || !repository.split('/').every((part) => pathPart.test(part))) return undefined;
  const name =
    registry === 'docker.io' && repository.startsWith('library/') ? repository.slice('library/'.length) : repository;
  return { registry, repository, name, tag, digest };
}

/** True for what may stand between two slashes of an image name. */
export function isPathPart(text: string): boolean {
  return pathPart.test(text);
}

/** The part before the first slash is a registry when it looks like one: a dot, a port, `localhost` or a capital letter. */
function splitRegistry(named: string): { readonly registry: string; readonly rest: string } {
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const isRegistry = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  if (!isRegistry) return { registry: 'docker.io', rest: named };
  return { registry: first === 'index.docker.io' ? 'docker.io' : first, rest: named.slice(slash + 1) };
}

function isDigest(text: string): boolean {
  const colon = text.indexOf(':');
  const algorithm = text.slice(0, colon);
  if (!Object.hasOwn(digestLengths, algorithm)) return false;
  const hex = text.slice(colon + 1);
  return hex.length === digestLengths[algorithm] && /^[a-f0-9]+$/.test(hex);
}
