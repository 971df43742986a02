/** What a request is for, as it stands in its first line. */
import type { IncomingMessage } from 'node:http';

/**
 * The target as the routes know it: path and query. One in absolute form (`GET http://host/path`) has its host taken over as Host,
 * which it replaces, so that whoever looks at that header looks at the right one. Source: RFC 9112, section 3.2.2.
 */
export function originForm({ url = '/', headers }: IncomingMessage): string {
  const [, host, rest = ''] = /^https?:\/\/([^/?#]*)(.*)$/is.exec(url) ?? [];
  if (host === undefined) return url;
  // HTTP/1.1 wants the header nevertheless; one that is missing stays missing.
  if (headers.host !== undefined) headers.host = host;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
