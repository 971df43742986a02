/**
 * Nothing secret ever leaves a real build either: its steps, the container and what stands beside it print all that they were given, as
 * it is and encoded, and everything that the service says, logs and keeps is searched for it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { formats } from '../src/formats/index.ts';
import { Build } from '../src/schemas/build.ts';
import { Report } from '../src/schemas/report.ts';
import { filesBelow, makeCanaries } from './helpers/canaries.ts';
import { leftOnEngine } from './helpers/left-on-engine.ts';
import { plantInputs, tarOf } from './helpers/planted.ts';
import { startService } from './helpers/service.ts';

const canaries = makeCanaries();
const { plant } = canaries;

t.test('a build that prints everything it was given', async (t) => {
  const base = t.testdir({ data: {} });
  const data = join(base, 'data');
  const registries = join(base, 'config.json');
  writeFileSync(
    registries,
    JSON.stringify({ auths: { 'ghcr.io': { username: 'ops', password: plant('login of the operator', 'odd') } } }),
  );
  const service = await startService({
    DRYDOCK_DATA_DIR: data,
    DRYDOCK_LOG_LEVEL: 'debug',
    DRYDOCK_CONCURRENCY: '1',
    DRYDOCK_REGISTRIES_FILE: registries,
    DRYDOCK_BUILD_HTTP_PROXY: `http://user:${plant('proxy')}@127.0.0.1:9`,
  });
  t.teardown(() => service.stop('SIGKILL'));

  const { files, options, headers } = plantInputs(canaries);
  const dockerfile = `FROM busybox:1.37
ARG API_TOKEN
ARG LICENCE
ARG INDEX_URL
ARG HTTP_PROXY
ENV DB_PASSWORD=${plant('ENV of the Dockerfile')}
RUN echo "login with $API_TOKEN under $LICENCE from $INDEX_URL by $HTTP_PROXY"
RUN printf %s "$API_TOKEN" | base64 -w0; echo; printf %s "$LICENCE" | od -An -tx1 | tr -d ' \\n'; echo; env
RUN wget --header "Authorization: Bearer ${plant('header of wget')}" -T1 http://127.0.0.1:9/ || true
RUN --mount=type=secret,id=npmrc --mount=type=secret,id=pin cat /run/secrets/*; base64 -w0 /run/secrets/pin; base64 -w12 /run/secrets/npmrc; cp /run/secrets/pin /kept
EXPOSE 8080
CMD ["sh", "-c", "env; echo \\"$DATABASE_URL\\"; printf %s \\"$DB_PASSWORD\\" | base64; mkdir -p /www; echo well > /www/index.html; exec httpd -f -p 8080 -h /www"]
`;
  const tar = await tarOf({ ...files, Dockerfile: dockerfile });
  const formOf = (services: object): FormData => {
    const body = new FormData();
    const seconds = { startTimeoutSeconds: 5, stopTimeoutSeconds: 1 };
    body.set('options', JSON.stringify({ ...options, services, noCache: true, port: 8080, health: '/', ...seconds }));
    body.set('context', new Blob([tar]));
    return body;
  };
  // Told that it ends at once, with its last words.
  const failing = {
    ...options.services['db'],
    image: 'busybox:1.37',
    port: 5432,
    command: ['sh', '-c', 'env; exit 3'],
  };

  const answers = new Map<string, string>();
  const ask = async (path: string, init: RequestInit = {}): Promise<string> => {
    const answer = await fetch(`${service.url}${path}`, init);
    const text = await answer.text();
    answers.set(`${path} #${answers.size}`, `${JSON.stringify([...answer.headers])}\n${text}`);
    return text;
  };
  const leaks = (places: Iterable<readonly [string, string | Buffer]>): object =>
    Object.fromEntries(
      [...places].map(([place, text]) => [place, canaries.in(text)] as const).filter(([, found]) => found.length > 0),
    );
  const stored = (which: (name: string) => boolean): object =>
    leaks(
      filesBelow(data)
        .filter(({ name }) => which(name))
        .map(({ name, bytes }) => [name, bytes] as const),
    );

  const isSpool = (name: string): boolean => /\.(?:tar|json)(?:\.part)?$/.test(name);
  for (const [name, services] of Object.entries({
    'on its own': {},
    'beside a database that fails': { db: failing },
  })) {
    const submitted = await ask('/build-verify', { method: 'POST', body: formOf(services), headers });
    const { links, id } = Build.parse(JSON.parse(submitted));
    t.same(
      stored((name) => !isSpool(name)),
      {},
      'while it runs, what it was given lies sealed',
    );
    t.not(Object.keys(stored(isSpool)).length, 0, 'and its context in the spool, as it was sent');
    await Promise.all([ask(links.events), ask(links.log)]);
    for (let isOver = false; !isOver;) {
      isOver = Build.parse(JSON.parse(await ask(`${links.self}?wait=10`))).finishedAt !== null;
    }
    for (const format of formats) await ask(`${links.report}?format=${format.name}&color=true`);
    for (const path of [
      '/build-verify',
      '/projects',
      '/projects/shop%2Fapi',
      '/projects/shop%2Fapi/badge.svg',
      '/metrics',
      '/health',
    ]) {
      await ask(path);
    }
    await ask(`/compare?base=${id}&head=${id}`);
    await ask(links.log);
    const text = await ask(links.report);
    const report = Report.parse(JSON.parse(text));
    t.match(
      report.build?.steps.map(({ log }) => log).join('\n'),
      /login with \*\*\* under \*\*\* from .*\*\*\*/,
      'the steps have printed it, and it was masked',
    );
    t.match(
      JSON.stringify(report.findings) + JSON.stringify(report.items),
      /canaries|secret/i,
      'the image was searched',
    );
    const printed = 'db' in services ? text : (report.run?.log ?? '');
    t.match(printed, /_PASSWORD=\*\*\*/, `${name}: so has the container`);
  }
  t.same(leaks(answers), {}, 'no answer');
  const broken =
    Buffer.from(options.secrets['npmrc'] ?? '')
      .toString('base64')
      .match(/.{12}/g) ?? [];
  t.ok(broken.length > 2);
  const all = [...answers.values()].join('\n');
  t.same(
    broken.filter((line) => all.includes(line)),
    [],
    'nor a line of what a program has broken into lines',
  );
  t.same(
    stored(() => true),
    {},
    'no file, while the service runs',
  );
  t.equal(await service.stop(), 0);
  t.same(
    stored(() => true),
    {},
    'no file afterwards',
  );
  t.same(leaks([['log', service.log()]]), {}, 'no line of the log');
  t.same(await leftOnEngine(data), []);
});
