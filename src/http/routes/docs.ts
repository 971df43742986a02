/**
 * GET /docs: the contract as a page to read and to try. Swagger UI's files come from the package @fastify/swagger-ui, and nothing from
 * elsewhere. Its plugin is not loaded: that takes a tenth of a second of every start, and tells the untidied document at two more addresses.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../use-cases/errors.ts';
import { shown } from '../examples/example.ts';
import { isKnown } from '../following.ts';
import { NoQuery, operation, problemAnswers } from '../operation.ts';
import type { App } from '../operation.ts';

/** Nothing from elsewhere, nothing inline, no frame around it; pictures inside of stylesheets are data. */
const SAFETY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The addresses are relative, so that it also works below a path of a proxy. */
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Drydock: the API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/page.css">
<script src="docs/swagger-ui-bundle.js" defer></script>
<script src="docs/page.js" defer></script>
</head>
<body>
<noscript>This page needs JavaScript. The contract itself does not: <a href="openapi.yaml">openapi.yaml</a>.</noscript>
<div id="reference"></div>
</body>
</html>
`;

const SCRIPT = `const dark = matchMedia('(prefers-color-scheme: dark)');
const paint = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', paint);
paint();
SwaggerUIBundle({
  url: 'openapi.yaml',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: false,
  validatorUrl: null,
});
`;

const STYLE = 'body { margin: 0 }\nnoscript { display: block; padding: 2rem; font-family: sans-serif }\n';

interface File {
  readonly type: string;
  readonly bytes: () => Promise<Buffer>;
}

const script = 'text/javascript; charset=utf-8';
const style = 'text/css; charset=utf-8';

/** What the page is made of. */
const FILES: ReadonlyMap<string, File> = new Map([
  ['page.js', { type: script, bytes: async () => Buffer.from(SCRIPT) }],
  ['page.css', { type: style, bytes: async () => Buffer.from(STYLE) }],
  ['swagger-ui-bundle.js', { type: script, bytes: () => packaged('swagger-ui-bundle.js') }],
  ['swagger-ui.css', { type: style, bytes: () => packaged('swagger-ui.css') }],
]);

/** A file of Swagger UI. Found when it is asked for: finding a package costs time as well. */
async function packaged(name: string): Promise<Buffer> {
  return await readFile(new URL(`static/${name}`, import.meta.resolve('@fastify/swagger-ui')));
}

/** Registers the routes. */
export function docsRoutes(app: App): void {
  app.get(
    '/docs',
    {
      config: { isOpen: true, isLinked: true },
      schema: operation({
        operationId: 'getReference',
        summary: 'This contract as a page',
        description: 'For people: every operation with its parameters, answers and examples, to read and to try.',
        tags: ['Service'],
        security: [],
        querystring: NoQuery,
        response: {
          200: { description: 'The page.', content: { 'text/html': { schema: z.string(), examples: shown('page') } } },
          ...problemAnswers('body-invalid', 'cross-origin-refused', 'rate-limited'),
        },
      }),
    },
    async (_request, reply) =>
      reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', SAFETY)
        .header('referrer-policy', 'no-referrer')
        .send(PAGE),
  );

  app.get(
    '/docs/:file',
    { config: { isOpen: true }, schema: { hide: true, params: z.strictObject({ file: z.string() }) } },
    async (request, reply) => {
      const found = FILES.get(request.params.file);
      if (found === undefined) throw new AppError('not-found', 'The page has no such part. Open /docs.');
      const bytes = await found.bytes();
      const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
      // Kept, and asked for again each time: after an update the parts have to fit together.
      void reply.header('cache-control', 'no-cache').header('etag', etag).header('content-security-policy', SAFETY);
      const known = request.headers['if-none-match'];
      return known !== undefined && isKnown(known, etag) ? reply.code(304).send() : reply.type(found.type).send(bytes);
    },
  );
}
