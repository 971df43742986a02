/**
 * GET /: the page, and its own files. Not part of the contract: the page is a client of it like any other. Its files lie under an
 * address that changes with them, so that a browser keeps them for ever; each is compressed once.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../use-cases/errors.ts';
import type { Page, PageFile } from '../../use-cases/ports.ts';
import type { App } from '../operation.ts';

const compress = promisify(gzip);

/** Registers the routes. */
export function pageRoutes(app: App, needs: { readonly page: () => Promise<Page> }): void {
  app.get('/', { config: { isOpen: true, isLinked: true }, schema: { hide: true } }, async (_request, reply) => {
    const page = await needs.page();
    const imports = importMap(page);
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-cache')
      .header('content-security-policy', contentPolicy(imports))
      .send(html(page, imports));
  });

  const compressed = new Map<PageFile, Buffer>();
  app.get<{ Params: { version: string; '*': string } }>(
    '/page/:version/*',
    // A first visit asks for all of them, and an office of ten makes ten: they cost nothing, and are kept.
    { config: { isOpen: true, isQuiet: true, isUncounted: true }, schema: { hide: true } },
    async (request, reply) => {
      const page = await needs.page();
      const file = request.params.version === page.version ? page.files.get(request.params['*']) : undefined;
      if (file === undefined)
        throw new AppError('not-found', 'The page has no such file. GET / has the page as it is now.');
      void reply.type(file.mediaType).header('cache-control', 'public, max-age=31536000, immutable');
      if (!takesGzip(request)) return await sent(reply, file.bytes);
      const small = compressed.get(file) ?? (await compress(file.bytes, { level: 9 }));
      compressed.set(file, small);
      return await sent(reply.header('content-encoding', 'gzip'), small);
    },
  );
}

async function sent(reply: FastifyReply, bytes: Buffer): Promise<FastifyReply> {
  return reply.header('vary', 'accept-encoding').send(bytes);
}

function takesGzip({ headers }: FastifyRequest): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(headers['accept-encoding'] ?? '');
}

/** Names of libraries, and where their modules are. Source: HTML Living Standard, section 8.1.6.2. */
function importMap({ imports, version }: Page): string {
  const absolute = Object.entries(imports).map(([name, path]) => [name, `/page/${version}/${path}`]);
  return JSON.stringify({ imports: Object.fromEntries(absolute) });
}

/** Nothing from elsewhere, no script within the page but the one map that browsers want there, no frame around it. */
function contentPolicy(imports: string): string {
  const digest = createHash('sha256').update(imports).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${digest}'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function html({ version, main, styles }: Page, imports: string): string {
  const at = `/page/${version}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Drydock</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="May this container image go to production?">
<link rel="icon" href="${at}/dashboard/style/icon.svg" type="image/svg+xml">
${styles.map((path) => `<link rel="stylesheet" href="${at}/${path}">`).join('\n')}
<script type="importmap">${imports}</script>
<script type="module" src="${at}/${main}"></script>
</head>
<body>
<noscript><p>This page needs JavaScript. The API behind it does not: see <a href="/openapi.yaml">/openapi.yaml</a>.</p></noscript>
</body>
</html>
`;
}
