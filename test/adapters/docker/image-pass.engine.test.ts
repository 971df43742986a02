/** The pass over real images: twins of what may and what must not be in one, the border of the base, and how much memory it takes. */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import type { Test } from 'tap';
import { parseDockerfile } from '../../../src/core/dockerfile/parse.ts';
import { ownSteps } from '../../../src/core/image/own-steps.ts';
import type { ImageContents } from '../../../src/core/image/seen.ts';
import { probes } from '../../../src/core/probes/index.ts';
import type { ImageScanRequest } from '../../../src/use-cases/engine-port.ts';
import { buildOf, direct, engineUnderTest, never } from './engine-under-test.ts';

const engine = engineUnderTest({ instance: `test-image-${randomUUID()}` });

t.teardown(async () => {
  await engine.sweep([]);
  engine.close();
});

interface Given {
  readonly files?: Readonly<Record<string, string>>;
  readonly args?: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly scan?: Partial<ImageScanRequest>;
}

/** Builds, looks, removes. */
async function lookInto(dockerfile: string, given: Given = {}): Promise<ImageContents> {
  const { files = {}, args = {}, scan = {}, target } = given;
  const request = buildOf(dockerfile, { files, buildArgs: args, target });
  const built = await engine.build(request, never);
  if (built.image === undefined) throw new Error(built.failure?.message);
  try {
    const steps = ownSteps(parseDockerfile(dockerfile, target === undefined ? {} : { target }));
    const canaries = Object.entries(args).map(([name, value]) => ({ name, value }));
    const seen = await engine.scan({ imageId: built.image.id, steps, canaries, ...scan }, never);
    if (seen.seen === 'unseen') throw new Error(seen.reason);
    return seen;
  } finally {
    await engine.cleanUp(request.buildId);
  }
}

/** What a probe says of it. */
async function says(id: string, image: ImageContents): Promise<string | undefined> {
  const probe = probes.find((one) => one.id === id);
  return (await probe?.prove({ ...image, untried: [], unsearched: [] }))?.status;
}

/** Made of two halves, so that no scanner takes this file for the leak. */
const TOKEN = `ghp_${'k3Jd82nQz7Lx5Tm1'.repeat(2)}abcd`;
const VALUE = 'Zk7/vB2+xTz9=Lm';

const base = 'FROM busybox:1.37\n';

/** Every probe of the phase and what it says. */
async function allSay(image: ImageContents): Promise<Readonly<Record<string, string | undefined>>> {
  const asked = probes.filter(({ phase }) => phase === 'image').map(({ id }) => id);
  return Object.fromEntries(await Promise.all(asked.map(async (id) => [id, await says(id, image)] as const)));
}

/** The token, in two halves that a shell joins, so that the history does not hold it. */
const inTwo = `${TOKEN.slice(0, 9)}""${TOKEN.slice(9)}`;

await t.test('twins: what must not be in an image', async (t) => {
  const everything = [
    'COPY settings.py METADATA .env /app/',
    'COPY venv /app/.venv/',
    'COPY METADATA /venv/lib/python3.12/site-packages/pytest_cov-6.0.0.dist-info/',
    'COPY uv /usr/local/bin/uv',
    'RUN mkdir -p /var/lib/apt/lists && head -c 200000 /dev/zero > /var/lib/apt/lists/all_Packages',
    'RUN head -c 6000000 /dev/zero > /big',
    'RUN chown 1000 /big && cp /bin/true /bin/x && chmod 4755 /bin/x',
  ].join('\n');
  const image = await lookInto(`${base}${everything}\n`, {
    files: {
      'settings.py': `API = "${TOKEN}"\n`,
      '.env': 'DEBUG=1\n',
      METADATA: 'Name: x\n',
      'venv/pyvenv.cfg': 'home = /Users/me/.pyenv/bin\n',
      uv: '\0',
    },
  });
  t.same(await allSay(image), {
    'build-tools-absent': 'warn',
    'canaries-absent': 'not-applicable',
    'dev-packages-absent': 'warn',
    'labels-present': 'warn',
    'no-secrets-in-image': 'fail',
    'no-setuid': 'warn',
    'package-caches-absent': 'warn',
    'private-files-absent': 'fail',
    'size-measured': 'warn',
  });
  const paths = [image.leftovers, image.devPackages, image.buildTools, image.setuid].map(({ first }) =>
    first.map(({ path }) => path),
  );
  t.same(paths, [
    ['/app/.env', '/app/.venv'],
    ['/venv/lib/python3.12/site-packages/pytest_cov-6.0.0.dist-info/METADATA'],
    ['/usr/local/bin/uv'],
    ['/bin/x'],
  ]);
  t.equal(image.wastedBytes, 6_000_000);
  t.match(image.caches, [{ manager: 'apt', folder: '/var/lib/apt/lists', sizeBytes: 200_000, files: 1 }]);
  t.match(image.largest[0], { path: '/big', sizeBytes: 6_000_000 });

  const others = [
    `RUN echo ${inTwo} > /t`,
    'RUN rm /t',
    'ENV DB_PASSWORD=h7Gt2xQz',
    'ARG API_TOKEN',
    'RUN mkdir -p /app/node_modules/nodemon && echo "{}" > /app/node_modules/nodemon/package.json',
  ].join('\n');
  const second = await lookInto(`${base}${others}\n`, { args: { API_TOKEN: VALUE } });
  t.same(
    second.secrets.first.map(({ where, line, isBuried }) => [where, line, isBuried]),
    [
      ['environment', 4, false],
      ['file', 2, true],
    ],
    'a deleted file is read all the same',
  );
  t.match(second.canaries.first, [{ name: 'API_TOKEN', where: 'history', line: 5 }]);
  t.same([await says('canaries-absent', second), await says('dev-packages-absent', second)], ['fail', 'warn']);

  const copied = await lookInto(
    `${base}ARG API_TOKEN\nRUN echo "user:$API_TOKEN:x" | base64 > /auth\nFROM busybox:1.37\nCOPY --from=0 /auth /etc/\n`,
    { args: { API_TOKEN: VALUE } },
  );
  t.match(copied.canaries.first, [{ where: 'file', path: 'etc/auth', form: 'base64', line: 5 }]);
  for (const told of [image, second, copied].map((one) => JSON.stringify(one))) {
    t.notOk(told.includes(TOKEN) || told.includes(VALUE) || told.includes('h7Gt2xQz'), 'no value is told');
  }
});

await t.test('twins: the nearest neighbours, which may', async (t) => {
  const dockerfile = [
    'FROM busybox:1.37',
    'ARG API_TOKEN',
    'RUN echo "user:$API_TOKEN:x" | md5sum > /auth',
    'FROM busybox:1.37',
    'COPY --from=0 /auth /auth',
    'COPY settings.py .env.example /app/',
    'COPY venv /app/.venv/',
    'COPY METADATA /venv/lib/python3.12/site-packages/fastapi-0.115.0.dist-info/',
    'RUN --mount=type=bind,source=uv,target=/usr/local/bin/uv true',
    'RUN mkdir -p /var/lib/apt/lists && head -c 200000 /dev/zero > /var/lib/apt/lists/all && rm -rf /var/lib/apt/lists/*',
    'RUN head -c 6000000 /dev/zero > /big && chown 1000 /big && mkdir -p /open && chmod 1777 /open',
    'RUN mkdir -p /app/node_modules/a/node_modules/nodemon && echo "{}" > /app/node_modules/a/node_modules/nodemon/package.json',
    `RUN echo ${inTwo} > /t && rm /t`,
    'ENV DB_PASSWORD=changeme',
    'LABEL org.opencontainers.image.title=x',
  ].join('\n');
  const image = await lookInto(`${dockerfile}\n`, {
    args: { API_TOKEN: VALUE },
    files: {
      'settings.py': 'API = os.environ["API"]\nDB = "postgres://app:password@localhost/app"\n',
      '.env.example': 'DB_PASSWORD=\n',
      'venv/pyvenv.cfg': 'home = /bin\n',
      METADATA: 'Name: x\n',
      uv: '\0',
    },
  });
  const said = Object.entries(await allSay(image)).filter(([, status]) => status !== 'pass');
  t.same(said, [], 'every probe lets it pass');
});

await t.test('a secret is told with its path, line and layer; a deleted one as buried', async (t) => {
  const image = await lookInto(
    `${base}WORKDIR /app\nCOPY <<E a.py\n"${TOKEN}"\nE\nCOPY id_rsa /root/.ssh/id_rsa\nRUN rm a.py\n`,
    { files: { id_rsa: 'not a key, but named like one\n' } },
  );
  const found = image.secrets.first.map(({ path, line, layer, masked, isBuried }) => ({
    path,
    line,
    layer,
    masked,
    isBuried,
  }));
  t.same(found, [
    { path: 'app/a.py', line: 3, layer: 3, masked: 'ghp_***', isBuried: true },
    { path: 'root/.ssh/id_rsa', line: 6, layer: 4, masked: 'id_rsa', isBuried: false },
  ]);
});

await t.test('the border of the base, whatever the Dockerfile is made of', async (t) => {
  const dockerfile = [
    'ARG BASE=busybox:1.37',
    'FROM $BASE AS Builder',
    'ARG ONE=1 TWO',
    'ENV A=1',
    'RUN <<E',
    'echo one > /one',
    'E',
    'FROM builder AS middle',
    'ONBUILD RUN echo two > /two',
    'LABEL x=y',
    'FROM middle',
    'WORKDIR /',
    'WORKDIR /w',
    'COPY --chmod=700 <<A <<B /three/',
    '1',
    'A',
    '2',
    'B',
    'RUN true',
    'RUN true',
    'SHELL ["/bin/sh", "-c"]',
    'STOPSIGNAL SIGTERM',
    'MAINTAINER me',
    'VOLUME /v',
    'EXPOSE 80/tcp 81',
    'HEALTHCHECK NONE',
    'USER 1000',
    'COPY --from=builder /one /four',
    'ENTRYPOINT ["a"]',
    'CMD ["a"]',
  ].join('\n');
  const image = await lookInto(dockerfile);
  t.match(image.base, { layers: 1, sizeBytes: Number });
  t.same(
    image.layers.map(({ line, files }) => [line, files]),
    [
      [5, 1],
      [9, 1],
      [13, 0],
      [14, 2],
      [19, 0],
      [20, 0],
      [28, 1],
    ],
  );
  t.same(image.labels, ['x']);
  const target = await lookInto(dockerfile, { target: 'middle' });
  t.same(
    target.layers.map(({ line }) => line),
    [5],
    'a target ends earlier',
  );
  const scratch = await lookInto('FROM scratch\nCOPY a /a\nCMD ["/a"]\n', { files: { a: '\u007fELF\0' } });
  t.same([scratch.base.layers, scratch.layers.map(({ line }) => line)], [0, [2]], 'nothing is below scratch');
  const wrong = buildOf(`${base}RUN true\n`);
  const built = await engine.build(wrong, never);
  const steps = ownSteps(parseDockerfile(`${base}COPY a /a\n`));
  t.match(await engine.scan({ imageId: built.image?.id ?? '', steps, canaries: [] }, never), { seen: 'unseen' });
  await engine.cleanUp(wrong.buildId);
});

await t.test('120 layers, of which the last deletes what the first wrote', async (t) => {
  const copies = Array.from({ length: 118 }, (_, index) => `COPY a /a${index}`).join('\n');
  const image = await lookInto(`FROM scratch\nCOPY a /d/a\n${copies}\nCOPY --from=busybox:1.37 /bin/busybox /b\n`, {
    files: { a: 'abcdefghij' },
  });
  t.equal(image.layers.length, 120);
  t.equal(image.layers[119]?.line, 121);
});

await t.test('what is more than may be kept in mind is told, and nobody is cleared by it', async (t) => {
  const image = await lookInto(`${base}RUN mkdir /m && cd /m && seq 1 300 | xargs touch\n`, {
    scan: { limits: { maxEntries: 200 } },
  });
  t.equal(image.allSorted, false);
  t.equal(await says('build-tools-absent', image), 'unknown');
  t.equal(image.layers[0]?.files, 300, 'counted they are');
});

async function growth(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 10);
  await work();
  clearInterval(timer);
  return (most - before) / 1e6;
}

await t.test('an image of hundreds of megabytes takes little memory, and can be given up', async (t: Test) => {
  const node = { imageId: 'node:24-bookworm-slim', steps: [], canaries: [] };
  const small = { ...node, imageId: 'busybox:1.37' };
  // What a thread takes by itself is taken before.
  await engine.scan(small, never);
  const megabytes = await growth(async () => {
    const { RootFS } = await direct.getImage(node.imageId).inspect();
    const seen = await engine.scan(node, never);
    t.match(seen, { seen: 'image', base: { layers: RootFS.Layers?.length ?? 0 }, allSorted: true });
  });
  t.ok(megabytes < 150, `${Math.round(megabytes)} MB`);

  const stop = new AbortController();
  const reason = new Error('given up');
  const looking = engine.scan(node, stop.signal);
  setTimeout(() => stop.abort(reason), 500);
  await t.rejects(looking, reason);
  t.match(await engine.scan({ ...small, timeoutMs: 10 }, never), { seen: 'unseen', reason: /did not end within/ });
  t.match(await engine.scan({ ...small, limits: { maxBytes: 1_000_000 } }, never), {
    seen: 'unseen',
    reason: /larger/,
  });
});
