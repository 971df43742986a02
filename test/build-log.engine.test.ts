/** The log of a build on the real engine: read while it grows, whole afterwards, without secrets, gone with the build. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Build } from '../src/schemas/build.ts';
import { startService } from './helpers/service.ts';
import { follow, submit } from './helpers/verify.ts';

const folder = t.testdir({});
const service = await startService({ DRYDOCK_DATA_DIR: folder });
t.teardown(() => service.stop('SIGKILL'));

const SECRET = 'c4nary-of-the-log-7Qx1';
const dockerfile = `FROM busybox:1.37
ARG NPM_TOKEN
RUN : ${randomUUID()}; echo "first word"; echo "token $NPM_TOKEN"; sleep 4; echo "last word" >&2
USER 1001
CMD ["sh", "-c", "echo from the container with $TOKEN; exec sleep 60"]
`;

await t.test('what is printed is told at once, and all of it in the end', async (t) => {
  const address = await submit(service.url, dockerfile, {
    buildArgs: { NPM_TOKEN: SECRET },
    env: { TOKEN: SECRET },
    port: 80,
    startTimeoutSeconds: 2,
    stopTimeoutSeconds: 1,
  });
  const answer = await fetch(`${address}/log`);
  t.equal(answer.headers.get('content-type'), 'text/plain; charset=utf-8');
  let text = '';
  let stateAtFirstWord = '';
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (stateAtFirstWord === '' && /^#\d+ first word$/m.test(text)) {
      stateAtFirstWord = Build.parse(await (await fetch(address)).json()).state;
      t.notMatch(text, /last word$/m);
    }
  }
  t.equal(stateAtFirstWord, 'building', 'it was told while it ran');
  t.match(text, /^-- attempt 1, 20\d\d-/);
  t.match(text, /^#\d+ \[2\/2\] RUN : [\da-f-]+; echo "first word"/m);
  t.match(text, /^#\d+ last word\n#\d+ DONE \d\.\d+s$/m);
  t.match(text, /^-- run\nrun: from the container with /m);
  t.match(text, /^-- failed: not-ready, score \d+\n$/m);
  t.notMatch(text, SECRET);
  t.match(text, /^#\d+ token \S+$/m, 'the secret is masked, and its line is there');

  const build = await follow(address);
  t.equal(await (await fetch(service.url + build.links.log)).text(), text);
  const part = await fetch(`${address}/log`, { headers: { range: 'bytes=10-19' } });
  t.equal(part.status, 206);
  t.equal(await part.text(), text.slice(10, 20));
  const stored = readFileSync(join(folder, 'logs', `${build.id}.log`), 'utf8');
  t.equal(stored, text);

  t.equal((await fetch(address, { method: 'DELETE' })).status, 204);
  t.equal((await fetch(`${address}/log`)).status, 404);
  t.strictSame(readdirSync(join(folder, 'logs')), []);
});

await t.test('a secret at the place where a long line is cut is masked all the same', async (t) => {
  for (const letters of [7985, 7999, 70_000]) {
    const long = `FROM busybox:1.37\nRUN --mount=type=secret,id=tok : ${randomUUID()}; head -c ${letters} /dev/zero | tr '\\0' x; cat /run/secrets/tok; echo; exit 1\n`;
    const address = await submit(service.url, long, { secrets: { tok: SECRET } });
    await follow(address);
    const text = await (await fetch(`${address}/log`)).text();
    t.match(text, /xxxx/);
    for (let at = 0; at + 8 <= SECRET.length; at += 1) t.notOk(text.includes(SECRET.slice(at, at + 8)));
  }
});

await t.test('a log that is followed ends with its build, also when that is cancelled', async (t) => {
  const address = await submit(service.url, 'FROM busybox:1.37\nRUN sleep 100\n');
  const answer = await fetch(`${address}/log`);
  setTimeout(() => void fetch(address, { method: 'DELETE' }), 1500);
  t.match(await answer.text(), /-- cancelled\n$/);
});
