/** A small registry: one image of one layer; some repositories are behind a login, some refused, some as good as not reachable. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** A running registry. */
export interface SmallRegistry {
  /** `localhost:PORT`; the engine trusts it without TLS. */
  readonly host: string;
  /** Every Authorization header that came, decoded. */
  readonly logins: readonly string[];
  /** How often a builder looked whether that repository has an image. */
  asked(repository: string): number;
  close(): void;
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function layerOf(name: string, text: string): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name }, text);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer); // a tar stream yields Buffers
  return Buffer.concat(chunks);
}

/**
 * Starts it. `open/*` is there for everyone and `private/*` for the login; `gone/*` is not there, `denied/*` is forbidden.
 * As good as not reachable are `busy/*` (429), `broken/*` (500), `reset/*` (hangs up), `mute/*` (never answers) and `torn/*` (hangs
 * up in the middle of a layer); `flaky/*` answers 500 to two tries of a builder (each looks twice), and then serves.
 */
export async function startRegistry(login: { username: string; password: string }): Promise<SmallRegistry> {
  const tar = await layerOf('hello', 'from the registry\n');
  const layer = gzipSync(tar);
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: {
        mediaType: 'application/vnd.docker.container.image.v1+json',
        size: config.length,
        digest: digestOf(config),
      },
      layers: [
        {
          mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
          size: layer.length,
          digest: digestOf(layer),
        },
      ],
    }),
  );
  const blobs = new Map([layer, config, manifest].map((bytes) => [digestOf(bytes), bytes]));
  const logins: string[] = [];
  const asked = new Map<string, number>();
  const refuse = (reply: ServerResponse, status: number, code: string, message: string): void => {
    reply.writeHead(status, { 'content-type': 'application/json' });
    reply.end(JSON.stringify({ errors: [{ code, message }] }));
  };
  const server = createServer((request, reply) => {
    const [, , area = '', name = '', kind = '', reference = ''] = (request.url ?? '').split('/');
    const given = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString();
    if (given !== '') logins.push(given);
    if (area === '') {
      reply.end('{}');
      return;
    }
    if (area === 'private' && given !== `${login.username}:${login.password}`) {
      reply.setHeader('www-authenticate', 'Basic realm="small"');
      refuse(reply, 401, 'UNAUTHORIZED', 'authentication required');
      return;
    }
    if (area === 'denied') return refuse(reply, 403, 'DENIED', 'requested access to the resource is denied');
    const times = (asked.get(`${area}/${name}`) ?? 0) + (request.method === 'HEAD' ? 1 : 0);
    asked.set(`${area}/${name}`, times);
    if (area === 'mute') return;
    if (area === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    if (area === 'broken' || (area === 'flaky' && times <= 4)) return refuse(reply, 500, 'UNKNOWN', 'out of order');
    if (area === 'busy') return refuse(reply, 429, 'TOOMANYREQUESTS', 'you have reached your pull rate limit');
    const bytes = kind === 'manifests' && !reference.includes(':') ? manifest : blobs.get(reference);
    if (area === 'gone' || bytes === undefined) return refuse(reply, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    reply.writeHead(200, {
      'content-type':
        kind === 'manifests' ? 'application/vnd.docker.distribution.manifest.v2+json' : 'application/octet-stream',
      'docker-content-digest': digestOf(bytes),
      'content-length': bytes.length,
    });
    if (area === 'torn' && bytes === layer) reply.write(bytes.subarray(0, bytes.length / 2), () => reply.destroy());
    else reply.end(request.method === 'HEAD' ? undefined : bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the registry has no port');
  return {
    host: `localhost:${address.port}`,
    logins,
    asked: (repository) => asked.get(repository) ?? 0,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
