/** Requests that cannot be answered: each gets a problem that says what to do, and no use case hears of it. */
import t from 'tap';
import type { Test } from 'tap';
import { fakeApp, form, limits } from './fakes.ts';
import type { Part } from './fakes.ts';

const FROM = 'FROM busybox:1.37\n';
const tgz = Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]);
const big = Buffer.alloc(limits.maxUploadBytes + 1, 'a');

const fake = await fakeApp();
t.teardown(() => fake.app.close());

interface Body {
  readonly payload?: string | Buffer;
  readonly headers?: Record<string, string>;
}

const typed = (type: string, payload: string | Buffer): Body => ({ headers: { 'content-type': type }, payload });
const text = (payload: string | Buffer): Body => typed('text/plain', payload);
const json = (payload: unknown): Body => typed('application/json', JSON.stringify(payload));
const parts = (...all: readonly Part[]): Body => form(...all);

/** Posts, and holds the answer to what is expected of it: status and code, a pattern of the sentence, the fields named. */
async function refused(
  t: Test,
  name: string,
  url: string,
  body: Body,
  expected: string,
  sentence: RegExp,
  ...pointers: readonly string[]
): Promise<void> {
  const heard = fake.asked.length;
  const answer = await fake.app.inject({ method: 'POST', url, ...body });
  const problem = answer.json<{ type: string; detail: string; errors?: { pointer: string }[] }>();
  t.match(answer.headers['content-type'], /^application\/problem\+json/, `${name}: media type`);
  t.equal(`${answer.statusCode} ${problem.type.replace('/problems/', '')}`, expected, `${name}: code`);
  t.match(problem.detail, sentence, `${name}: sentence`);
  t.same(problem.errors?.map(({ pointer }) => pointer) ?? [], pointers, `${name}: fields`);
  t.match(problem, { status: answer.statusCode, title: String, instance: /^urn:uuid:[0-9a-f-]{36}$/ }, name);
  t.equal(fake.asked.length, heard, `${name}: unheard`);
}

await t.test('an empty body is told from an empty Dockerfile', async (t) => {
  await refused(t, 'nothing', '/analyze', {}, '400 body-empty', /Send a Dockerfile/);
  await refused(t, 'text', '/analyze', text(''), '400 body-empty', /empty/);
  await refused(t, 'JSON', '/analyze', typed('application/json', ''), '400 body-empty', /empty/);
  await refused(t, 'archive', '/analyze', typed('application/gzip', ''), '400 body-empty', /empty/);
  await refused(t, 'form', '/analyze', parts(), '400 body-empty', /empty/);
  await refused(t, 'build', '/build-verify', {}, '400 body-empty', /empty\. Send a context as a tar or zip archive/);
  await refused(t, 'build form', '/build-verify', parts(), '400 body-empty', /empty\. Send a context/);
  await refused(
    t,
    'build archive',
    '/build-verify',
    typed('application/gzip', ''),
    '400 body-empty',
    /empty\. Send a con/,
  );
});

await t.test('JSON is strict: what is unknown, missing or not allowed is named, with what is allowed', async (t) => {
  const bad = '400 body-invalid';
  await refused(t, 'no JSON', '/analyze', typed('application/json', FROM), bad, /not valid JSON.*text\/plain/);
  await refused(t, 'a list', '/analyze', json([]), bad, /an object/, '#');
  await refused(t, 'null', '/analyze', json(null), bad, /an object/, '#');
  const unknown = { dockerfile: '', colour: 1, options: { stor: true } };
  const known = /Known here: dockerfile, path, dockerignore, files, options\./;
  await refused(t, 'unknown', '/analyze', json(unknown), bad, known, '#/options/stor', '#/colour');
  await refused(t, 'missing', '/analyze', json({}), bad, /Missing\. It must be a string/, '#/dockerfile');
  const profile = { dockerfile: '', options: { profile: 'x' } };
  const profiles = /Allowed: service, kubernetes, cloud-run, job, cli, base-image\./;
  await refused(t, 'value', '/analyze', json(profile), bad, profiles, '#/options/profile');
  const many = { dockerfile: '', ...Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`x${at}`, 1])) };
  const answer = await fake.app.inject({ method: 'POST', url: '/analyze', ...json(many) });
  t.equal(answer.json<{ errors: unknown[] }>().errors.length, 100, 'no more fields than the contract has room for');
});

await t.test('query parameters are strict, too', async (t) => {
  const bad = '400 body-invalid';
  await refused(t, 'unknown', '/analyze?projekt=x', text(FROM), bad, /Known here: project,/, '#/query/projekt');
  await refused(
    t,
    'format',
    '/analyze?format=pdf',
    text(FROM),
    bad,
    /json, junit, markdown, sarif, text/,
    '#/query/format',
  );
  await refused(t, 'narrow', '/analyze?width=39', text(FROM), bad, /At least 40/, '#/query/width');
  await refused(t, 'colour', '/analyze?color=red', text(FROM), bad, /true or false/, '#/query/color');
  await refused(t, 'twice', '/analyze?store=true&store=false', text(FROM), bad, /more than once/, '#/query/store');
  await refused(t, 'twice', '/analyze?format=text&format=json', text(FROM), bad, /more than once/, '#/query/format');
  await refused(t, 'no number', '/build-verify?port=http', text(FROM), bad, /a number/, '#/query/port');
  const archive = typed('application/gzip', tgz);
  await refused(t, 'no number', '/build-verify?port=http', archive, bad, /a number/, '#/query/port');
  await refused(t, 'too large', '/build-verify?port=70000', archive, bad, /At most 65535/, '#/query/port');
  await refused(t, 'a map', '/build-verify?env=A', archive, bad, /Known here: project, profile/, '#/query/env');
});

await t.test('an address without query parameters takes none', async (t) => {
  const addresses = ['/health', '/health/live', '/build-verify/b2/events', '/problems/internal', '/openapi.yaml'];
  for (const url of addresses) {
    t.equal((await fake.app.inject({ url })).statusCode, 200, url);
    t.equal((await fake.app.inject({ url: `${url}?` })).statusCode, 200, `${url}, nothing behind the mark`);
    for (const name of ['wait', '__proto__']) {
      const answer = await fake.app.inject({ url: `${url}?${name}=3` });
      t.equal(answer.statusCode, 400, url);
      t.match(answer.json(), {
        type: '/problems/body-invalid',
        errors: [{ pointer: `#/query/${name}`, detail: 'Unknown field. None is known here.' }],
      });
    }
  }
});

await t.test('a Dockerfile has to be text of a sensible size, however it comes', async (t) => {
  const notText = '400 dockerfile-not-text';
  const tooLarge = '413 dockerfile-too-large';
  await refused(t, 'NUL in text', '/analyze', text('FROM x\0\n'), notText, /Byte 6/);
  await refused(t, 'NUL in JSON', '/analyze', json({ dockerfile: '\0' }), notText, /Byte 0/);
  await refused(t, 'NUL in a form', '/analyze', parts(['dockerfile', 'a\0']), notText, /Byte 1/);
  await refused(t, 'long text', '/analyze', text('x'.repeat(1001)), tooLarge, /1001 bytes; at most 1000/);
  await refused(t, 'long JSON', '/analyze', json({ dockerfile: 'é'.repeat(501) }), tooLarge, /1002 bytes/);
  await refused(t, 'long part', '/analyze', parts(['dockerfile', 'x'.repeat(1001)]), tooLarge, /at most 1000/);
  const ignore = parts(['dockerignore', 'x'.repeat(1001)]);
  await refused(t, 'long ignore', '/analyze', ignore, '400 body-invalid', /1000 bytes/, '#/dockerignore');
  const ignoreJson = json({ dockerfile: '', dockerignore: 'é'.repeat(501) });
  await refused(t, 'long ignore in JSON', '/analyze', ignoreJson, '400 body-invalid', /1000 bytes/, '#/dockerignore');
});

await t.test('the limit of a Dockerfile is the configured one, however it comes', async (t) => {
  const defaults = { maxDockerfileBytes: 1024 * 1024, maxUploadBytes: 256 * 1024 * 1024 };
  const cases = [
    limits,
    { ...defaults, maxUploadBytes: 5000 },
    { ...defaults, maxDockerfileBytes: 9 * defaults.maxDockerfileBytes },
  ];
  for (const limits of cases) {
    const { app, asked } = await fakeApp({ limits });
    const status = async (body: Body): Promise<number> =>
      (await app.inject({ method: 'POST', url: '/analyze', ...body })).statusCode;
    const most = '"'.repeat(limits.maxDockerfileBytes);
    const name = `${limits.maxDockerfileBytes} of ${limits.maxUploadBytes}`;
    t.equal(await status(text(most)), 200, `${name}: text`);
    t.equal(await status(json({ dockerfile: most, dockerignore: most })), 200, `${name}: JSON`);
    t.equal(await status(parts(['dockerfile', most], ['dockerignore', most])), 200, `${name}: form`);
    t.ok(
      asked.every((one) => one.use === 'analyzeDockerfile' && one.input.dockerfile === most),
      `${name}: whole`,
    );
    t.equal(await status(text(`${most}x`)), 413, `${name}: longer text`);
    t.equal(await status(json({ dockerfile: `${most}x` })), 413, `${name}: longer JSON`);
    t.equal(await status(parts(['dockerfile', `${most}x`])), 413, `${name}: longer form`);
    await app.close();
  }
});

await t.test('an upload over the limit is refused with the limit and the variable that sets it', async (t) => {
  const tooLarge = '413 upload-too-large';
  const said = /100001 bytes.*at most 100000.*DRYDOCK_MAX_UPLOAD_BYTES/;
  for (const url of ['/analyze', '/build-verify']) {
    await refused(t, `archive, ${url}`, url, typed('application/x-tar', big), tooLarge, said);
    await refused(t, `form, ${url}`, url, parts(['context', big]), tooLarge, /at most 100000/);
  }
  const padded = typed('application/json', `{"dockerfile":"","x":"${big.toString()}"}`);
  await refused(t, 'JSON', '/analyze', padded, tooLarge, /as a tar or zip archive/);
  const most = await fake.app.inject({
    method: 'POST',
    url: '/analyze',
    ...typed('application/x-tar', big.subarray(1)),
  });
  t.equal(most.statusCode, 200, 'the limit itself is allowed');
});

await t.test('a type that is not read is refused with those that are', async (t) => {
  const no = '415 media-type-unsupported';
  const form = 'application/x-www-form-urlencoded';
  await refused(t, 'curl unasked', '/analyze', typed(form, FROM), no, /add -H 'Content-Type: text\/plain'/);
  await refused(t, 'curl unasked', '/build-verify', typed(form, tgz), no, /-H 'Content-Type: application\/gzip'/);
  await refused(t, 'another', '/analyze', typed('application/pdf', FROM), no, /pdf.*Read here: text\/plain/);
  await refused(t, 'none', '/analyze', { payload: Buffer.from(FROM) }, no, /no Content-Type/);
  await refused(t, 'nonsense', '/analyze', typed('nonsense', FROM), no, /./);
  const json = typed('application/json', '{}');
  await refused(t, 'JSON to build', '/build-verify', json, no, /Send the whole build context/);
  await refused(t, 'an empty text to build', '/build-verify', text(''), '400 body-empty', /a Dockerfile alone/);
  const squeezed = { payload: tgz, headers: { 'content-type': 'text/plain', 'content-encoding': 'gzip' } };
  await refused(t, 'compressed', '/analyze', squeezed, no, /Content-Encoding: gzip/);
});

await t.test('a path stays inside the context', async (t) => {
  const bad = '400 body-invalid';
  await refused(t, 'absolute', '/analyze?path=/etc/passwd', text(FROM), bad, /absolute/, '#/query/path');
  await refused(t, 'climbing', '/analyze?path=a/../../b', text(FROM), bad, /leaves the context/, '#/query/path');
  const files = (...paths: readonly string[]): Body => json({ dockerfile: '', files: paths.map((path) => ({ path })) });
  await refused(t, 'file', '/analyze', files('ok', 'a/../../b'), bad, /leaves the context/, '#/files/1/path');
  await refused(t, 'folder', '/analyze', files('./'), bad, /names no file/, '#/files/0/path');
  await refused(t, 'twice', '/analyze', files('a', './a'), bad, /twice/, '#/files/1/path');
  await refused(t, 'NUL', '/analyze', files('a\0'), bad, /NUL/, '#/files/0/path');
  await refused(t, 'body', '/analyze', json({ dockerfile: '', path: '..' }), bad, /leaves/, '#/path');
  const archive = typed('application/gzip', tgz);
  const climbing = '../../etc/passwd';
  const leaves = /leaves the context\. Give one that stays inside it\./;
  await refused(t, 'archive', `/analyze?path=${climbing}`, archive, bad, leaves, '#/query/path');
  await refused(t, 'build', `/build-verify?dockerfile=${climbing}`, archive, bad, leaves, '#/query/dockerfile');
  const options = parts(['options', JSON.stringify({ dockerfile: climbing })], ['context', tgz]);
  await refused(t, 'build form', '/build-verify', options, bad, leaves, '#/options/dockerfile');
});

await t.test('the parts of a form are known, come once, and stand before the archive', async (t) => {
  const bad = '400 body-invalid';
  const known = /Known here: dockerfile, dockerignore, options, context\./;
  await refused(t, 'unknown', '/analyze', parts(['dockerfil', FROM]), bad, known, '#/dockerfil');
  for (const name of ['__proto__', 'constructor']) {
    const everywhere =
      /A part has a name that is never taken, such as __proto__\. Known here: dockerfile, dockerignore,/;
    await refused(t, name, '/analyze', parts([name, 'x']), bad, everywhere, '#');
    await refused(t, `late ${name}`, '/analyze', parts(['context', tgz], [name, 'x']), bad, /__proto__/, '#');
  }
  await refused(t, 'twice', '/analyze', parts(['dockerfile', '1'], ['dockerfile', '2']), bad, /twice/, '#/dockerfile');
  await refused(t, 'two archives', '/analyze', parts(['context', tgz], ['context', tgz]), bad, /twice/, '#/context');
  const late = parts(['context', tgz], ['options', '{}']);
  await refused(t, 'late', '/analyze', late, bad, /before `context`/, '#/options');
  await refused(t, 'late', '/build-verify', late, bad, /before `context`/, '#/options');
  await refused(t, 'neither', '/analyze', parts(['options', '{}']), bad, /the part `context`/, '#/dockerfile');
  await refused(t, 'no archive', '/build-verify', parts(['options', '{}']), bad, /-F context=@/, '#/context');
  const both = parts(['dockerfile', FROM], ['context', tgz]);
  await refused(t, 'both', '/build-verify', both, bad, /leave the archive out/, '#/dockerfile');
  const more = parts(['more', 'x'], ['context', tgz]);
  await refused(t, 'unknown', '/build-verify', more, bad, /Known here: options, dockerfile, context\./, '#/more');
  await refused(t, 'no JSON', '/analyze', parts(['options', 'x']), bad, /`options` is not valid JSON/);
  const odd = parts(['options', '{"a":1}']);
  await refused(
    t,
    'unknown option',
    '/analyze',
    odd,
    bad,
    /Known here: project, profile, policy, store/,
    '#/options/a',
  );
  const profile = parts(['options', '{"profile":"x"}'], ['context', tgz]);
  await refused(t, 'profile', '/build-verify', profile, bad, /job, cli, base-image\./, '#/options/profile');
  const args = parts(['options', '{"buildArgs":{"a-b":"x"}}'], ['context', tgz]);
  await refused(t, 'name', '/build-verify', args, bad, /a variable name/, '#/options/buildArgs/a-b');
  await refused(t, 'no boundary', '/analyze', typed('multipart/form-data', 'x'), bad, /boundary/);
});

await t.test('a form that is cut off anywhere is refused, and its archive never ends well', async (t) => {
  const whole = form(['dockerfile', FROM, { filename: 'D' }], ['context', Buffer.alloc(5000, 'a'), { filename: 'c' }]);
  for (const end of [30, 100, 130, 300, 3000, whole.payload.length - 12, whole.payload.length - 5]) {
    const cut = { ...whole, payload: whole.payload.subarray(0, end) };
    await refused(t, `cut at ${end}`, '/analyze', cut, '400 body-invalid', /ended before|read to its end/);
  }
  t.equal((await fake.app.inject({ method: 'POST', url: '/analyze', ...whole })).statusCode, 200, 'the whole is fine');
});

await t.test('addresses that are not there, and methods that an address does not know', async (t) => {
  const ask = async (method: 'GET' | 'DELETE' | 'POST', url: string, body: Body = {}): Promise<string> => {
    const answer = await fake.app.inject({ method, url, ...body });
    t.match(answer.headers['content-type'], /^application\/problem\+json/, url);
    const allow = answer.headers['allow'];
    return `${answer.statusCode} ${answer.json<{ type: string }>().type}${allow === undefined ? '' : ` ${allow}`}`;
  };
  t.equal(await ask('GET', '/nowhere'), '404 /problems/not-found');
  t.equal(await ask('POST', '/nowhere', typed('application/pdf', 'x')), '404 /problems/not-found');
  t.equal(await ask('GET', '/build-verify/none'), '404 /problems/not-found');
  t.equal(await ask('GET', '/build-verify/none/report'), '404 /problems/not-found');
  t.equal(await ask('GET', '/problems/nonsense'), '404 /problems/not-found');
  t.equal(await ask('GET', '/problems/toString'), '404 /problems/not-found');
  t.equal(await ask('GET', `/analyze/${'x'.repeat(101)}`), '404 /problems/not-found');
  t.equal(await ask('GET', '/analyze/%zz'), '404 /problems/not-found');
  t.equal(await ask('GET', '/build-verify/b1/report'), '409 /problems/report-not-ready');
  t.equal(await ask('GET', '/analyze'), '405 /problems/method-not-allowed POST');
  t.equal(await ask('POST', '/build-verify/b1'), '405 /problems/method-not-allowed DELETE, GET, HEAD');
  t.equal(await ask('POST', '/openapi.yaml', text('x')), '405 /problems/method-not-allowed GET, HEAD');
  t.equal(await ask('GET', '/openapiXyaml'), '404 /problems/not-found', 'a dot in an address is a dot');
});
