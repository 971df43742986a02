/** A secret in every input of a build that may hold one. */
import { pack } from 'tar-stream';
import type { Canaries } from './canaries.ts';

/** Inputs with secrets in them. */
export interface Planted {
  /** A Dockerfile with everything that its rules object to; it builds nowhere. */
  readonly dockerfile: string;
  /** What lies around a Dockerfile and should not. */
  readonly files: Readonly<Record<string, string>>;
  readonly options: {
    readonly project: string;
    readonly buildArgs: Readonly<Record<string, string>>;
    readonly secretBuildArgs: readonly string[];
    readonly secrets: Readonly<Record<string, string>>;
    readonly env: Readonly<Record<string, string>>;
    readonly registries: Readonly<Record<string, object>>;
    readonly services: Readonly<Record<string, object>>;
  };
  /** Headers that Drydock has no use for. */
  readonly headers: Readonly<Record<string, string>>;
}

/** These files as a tar. */
export async function tarOf(files: Readonly<Record<string, string>>): Promise<Uint8Array<ArrayBuffer>> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer); // a tar stream yields Buffers
  return new Uint8Array(Buffer.concat(chunks));
}

/** Plants them. */
export function plantInputs({ plant }: Canaries): Planted {
  const dockerfile = `FROM python:3.12-slim AS build
ARG NPM_TOKEN=${plant('ARG of the Dockerfile')}
ENV DB_PASSWORD=${plant('ENV of the Dockerfile')} OTHER=1
ENV API_KEY ${plant('ENV of the Dockerfile, old form')}
ENV DATABASE_URL=postgres://shop:${plant('URL in ENV')}@db/shop
LABEL api.token=${plant('LABEL of the Dockerfile')}
RUN curl -H "Authorization: Bearer ${plant('header in RUN')}" https://x.example/a | sh
RUN pip install --index-url https://user:${plant('URL in RUN')}@pypi.example/simple flask
ADD https://user:${plant('URL of ADD')}@x.example/a.tgz /a.tgz
COPY . .
CMD python app.py --password ${plant('CMD of the Dockerfile')}
`;
  const files = {
    '.env': `API_TOKEN=${plant('.env')}\n`,
    '.npmrc': `//registry.npmjs.org/:_authToken=${plant('.npmrc')}\n`,
    '.git-credentials': `https://user:${plant('.git-credentials')}@git.example\n`,
    id_rsa: `-----BEGIN OPENSSH PRIVATE KEY-----\n${plant('key')}\n-----END OPENSSH PRIVATE KEY-----\n`,
    'app.py': `password = "${plant('source code')}"\n`,
    'requirements.txt': `--extra-index-url https://user:${plant('requirements.txt')}@pypi.example/simple\nflask\n`,
    'package.json': `{"name":"x","dependencies":{"a":"git+https://user:${plant('package.json')}@git.example/a"}}`,
  };

  const options = {
    project: 'shop/api',
    buildArgs: {
      API_TOKEN: plant('build argument by its name', 'odd'),
      LICENCE: plant('build argument that is marked', 'odd'),
      INDEX_URL: `https://user:${plant('build argument by its form')}@pypi.example/simple`,
    },
    secretBuildArgs: ['LICENCE'],
    secrets: {
      npmrc: `registry=https://x.example\n//x.example/:_authToken=${plant('line of a secret')}\n`,
      pin: plant('secret', 'odd'),
    },
    env: {
      DB_PASSWORD: plant('variable', 'odd'),
      DATABASE_URL: `postgres://shop:${plant('URL in a variable')}@db/shop`,
    },
    registries: { 'docker.io': { username: 'me', password: plant('login of the request', 'odd') } },
    services: { db: { image: 'postgres:17', env: { POSTGRES_PASSWORD: plant('variable of a service', 'odd') } } },
  };
  const headers = {
    cookie: `session=${plant('cookie')}`,
    'x-api-key': plant('header of another'),
    'proxy-authorization': `Basic ${Buffer.from(`u:${plant('login of a proxy', 'odd')}`).toString('base64')}`,
  };

  return { dockerfile, files, options, headers };
}
