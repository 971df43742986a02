/** What is measured: made-up Dockerfiles of about 2 KB as people write them, with good and bad habits, no two alike, or a folder's. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = ['shop', 'tides', 'ledger', 'atlas', 'harbour', 'mailer', 'orders', 'search', 'invoice', 'catalogue'];
const PACKAGES = [
  'curl',
  'libpq5',
  'ca-certificates',
  'git',
  'libxml2',
  'tini',
  'gettext',
  'libmagic1',
  'postgresql-client',
];

/** One kind of service: what its Dockerfile is made of. `n` makes names and versions differ. */
const KINDS: readonly ((n: number) => readonly string[])[] = [
  (n) => [
    `FROM python:3.${10 + (n % 4)}-slim AS builder`,
    `ARG RELEASE_${n}=1.${n % 90}.${n % 7}`,
    'WORKDIR /build',
    `RUN apt-get update && apt-get install -y --no-install-recommends build-essential ${packages(n, 3)} \\`,
    '    && rm -rf /var/lib/apt/lists/*',
    'COPY requirements.txt ./',
    'RUN pip install --no-cache-dir --prefix=/install -r requirements.txt',
    '',
    `FROM python:3.${10 + (n % 4)}-slim`,
    'COPY --from=builder /install /usr/local',
    'COPY . .',
    `RUN pip install gunicorn==2${n % 4}.0.${n % 9} && python manage.py collectstatic --noinput`,
    'HEALTHCHECK --interval=30s CMD curl -f http://localhost:8000/health || exit 1',
    'EXPOSE 8000',
    `CMD gunicorn --bind 0.0.0.0:8000 --workers ${1 + (n % 8)} ${name(n)}.wsgi`,
  ],
  (n) => [
    `FROM node:${18 + 2 * (n % 4)} AS build`,
    'WORKDIR /srv/app',
    'COPY package*.json ./',
    'RUN npm ci',
    'COPY . .',
    `RUN npm run build -- --mode ${name(n)}-${n}`,
    '',
    `FROM node:${18 + 2 * (n % 4)}-alpine`,
    `RUN apk add --no-cache tini curl && addgroup -S ${name(n)} && adduser -S -G ${name(n)} ${name(n)}`,
    'WORKDIR /srv/app',
    'ENV NODE_ENV=production',
    'COPY --from=build /srv/app/dist ./dist',
    'COPY --from=build /srv/app/node_modules ./node_modules',
    `USER ${name(n)}`,
    `EXPOSE ${3000 + (n % 900)}`,
    'ENTRYPOINT ["/sbin/tini", "--"]',
    'CMD ["node", "dist/server.js"]',
  ],
  (n) => [
    `FROM golang:1.${20 + (n % 5)} AS build`,
    'WORKDIR /src',
    'COPY go.mod go.sum ./',
    'RUN go mod download',
    'COPY . .',
    `RUN CGO_ENABLED=0 GOOS=linux go build -ldflags "-s -w -X main.version=1.${n}" -o /out/${name(n)} ./cmd/${name(n)}`,
    '',
    'FROM debian:bookworm-slim',
    `RUN apt-get update && apt-get install -y ${packages(n, 4)} && apt-get clean`,
    `RUN useradd --uid ${1000 + (n % 500)} --create-home ${name(n)}`,
    `COPY --from=build /out/${name(n)} /usr/local/bin/${name(n)}`,
    `RUN chown -R ${name(n)} /usr/local/bin && chmod 755 /usr/local/bin/${name(n)}`,
    `EXPOSE ${8000 + (n % 900)}`,
    `ENTRYPOINT ["/usr/local/bin/${name(n)}"]`,
  ],
];

/** What stands in between until the text is as long as it should be. */
const FILLERS: readonly ((n: number, index: number) => string)[] = [
  (n, index) => `ENV ${name(n + index).toUpperCase()}_URL_${index}=https://${name(n)}-${n}.example.com/v${index}`,
  (n, index) => `# ${name(n + index)} ${n}: kept apart, so that it stays in the cache when the source changes`,
  (n, index) => `RUN mkdir -p /var/lib/${name(n + index)}/${n} && touch /var/lib/${name(n + index)}/${n}/.keep`,
  (n, index) => `LABEL com.example.${name(n)}.part${index}="${name(n + index)} ${n}"`,
  (n, index) =>
    `RUN curl -fsSL https://dl.example.com/${name(n)}/${n}/tool-${index}.tar.gz -o /tmp/t.tgz \\\n    && tar -xzf /tmp/t.tgz -C /opt && rm /tmp/t.tgz`,
  (n, index) => `COPY config/${name(n + index)}-${n}.yaml /etc/${name(n)}/part${index}.yaml`,
];

/** Dockerfile number `n`, of about `bytes`: the same number, the same text. */
export function dockerfileOf(n: number, bytes = 2048): string {
  const lines = [...(KINDS[n % KINDS.length]?.(n) ?? [])];
  const lastStage = lines.findLastIndex((line) => line.startsWith('FROM'));
  const wanted = bytes - lines.join('\n').length - 1;
  const fillers: string[] = [];
  for (let index = 0, length = 0; length < wanted; index += 1) {
    const filler = FILLERS[(n + index) % FILLERS.length]?.(n, index) ?? '';
    fillers.push(filler);
    length += filler.length + 1;
  }
  lines.splice(lastStage + 1, 0, ...fillers);
  return `${lines.join('\n')}\n`;
}

function name(n: number): string {
  return NAMES[n % NAMES.length] ?? '';
}

function packages(n: number, count: number): string {
  return Array.from({ length: count }, (_, index) => PACKAGES[(n + 2 * index) % PACKAGES.length]).join(' ');
}

/** The first so many of them. */
export function madeUp(files: number): readonly string[] {
  return Array.from({ length: files }, (_, n) => dockerfileOf(n));
}

/** The texts of every file below a folder, in the order of their paths. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .toSorted()
    .map((path) => readFileSync(path, 'utf8'));
}
