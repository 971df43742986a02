/** What a twin is: one behaviour in two services, a good one and a bad one, and what each must prove on the real engine. */
import type { BuildOptions } from '../../src/schemas/options.ts';
import type { ItemId, Status } from '../../src/schemas/item.ts';

/** One service. */
export interface Twin {
  /** A sentence about it. */
  readonly name: string;
  readonly dockerfile: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly options?: BuildOptions;
  /** What was proven of these rows. Probes of other rows are switched off, save for those of required rows. */
  readonly proven: Partial<Record<ItemId, Status>>;
  /** What the summary of a row says. */
  readonly says?: Partial<Record<ItemId, RegExp>>;
  /** What its evidence holds, as JSON. */
  readonly shows?: Partial<Record<ItemId, RegExp>>;
  readonly state?: 'passed' | 'failed';
}

/** A server in Node on port 8000 that answers /health with 200 and stops when it is told to; `first` runs before it listens. */
export function server(first = '', listen = `server.listen(8000, () => console.log('listening'))`): string {
  return `
    const server = require('node:http').createServer((request, reply) => {
      reply.statusCode = request.url === '/health' ? 200 : 404;
      reply.end();
    });
    process.on('SIGTERM', () => process.exit(0));
    ${first}
    ${listen};
  `;
}

/** The Dockerfile of that server: not root, exposed, checked; `command` starts it. */
export function image(command = 'CMD ["node", "server.js"]', more = ''): string {
  return `FROM node:24-bookworm-slim
WORKDIR /app
COPY --chown=1001:0 . .
${more}
USER 1001
EXPOSE 8000
HEALTHCHECK --interval=5s --start-period=5s CMD ["node", "-e", "fetch('http://127.0.0.1:8000/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
${command}
`;
}
