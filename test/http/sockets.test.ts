/** What only a real connection shows: uploads in pieces, clients that go away, Expect, and what is not HTTP at all. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { AppError } from '../../src/use-cases/errors.ts';
import { chunksOf, fakeApp, form, limits } from './fakes.ts';
import { speak } from './speak.ts';

/** Waits for what another connection brings about; the runner's own limit ends what never comes. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}

const head = (url: string, ...headers: readonly string[]): string =>
  [`POST ${url} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');

await t.test('a form may come in the smallest pieces, and its archive is read as it comes', async (t) => {
  let heard = '';
  const { app } = await fakeApp({
    useCases: {
      submitBuild: {
        check: async () => {},
        submit: async (archive) => {
          for await (const chunk of chunksOf(archive)) heard += String(chunk);
          throw new AppError('archive-broken', 'Enough.');
        },
      },
    },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { payload } = form(['options', '{"port":80}'], ['context', 'first second', { filename: 'c' }]);
  const cut = payload.indexOf('second');
  const answer = await speak(app, async (write) => {
    write(
      head(
        '/build-verify',
        'Content-Type: multipart/form-data; boundary=edge',
        `Content-Length: ${payload.length}`,
        'Connection: close',
      ),
    );
    for (const byte of payload.subarray(0, cut)) write(Buffer.from([byte]));
    await until(() => heard === 'first ');
    t.equal(heard, 'first ', 'the use case has what was sent, before the rest was');
    write(payload.subarray(cut));
  });
  t.match(answer, /^HTTP\/1\.1 400 /);
  t.equal(heard, 'first second');
  await app.close();
});

await t.test('a client that goes away breaks the stream of the use case, and leaves one line', async (t) => {
  let failed: unknown;
  let isReading = false;
  const { app, lines } = await fakeApp({
    useCases: {
      submitBuild: {
        check: async () => {},
        submit: async (archive) => {
          try {
            for await (const _ of chunksOf(archive)) isReading = true;
          } catch (error) {
            failed = error;
          }
          throw failed;
        },
      },
    },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { payload } = form(['context', Buffer.alloc(5000), { filename: 'c' }]);
  const bodies = [
    ['application/x-tar', Buffer.alloc(5000)],
    ['multipart/form-data; boundary=edge', payload.subarray(0, 3000)],
  ] as const;
  for (const [type, body] of bodies) {
    failed = undefined;
    isReading = false;
    // A listening TCP server has an address of this kind.
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(head('/build-verify', `Content-Type: ${type}`, 'Content-Length: 90000'));
    socket.write(body);
    await until(() => isReading);
    socket.destroy();
    await until(() => failed !== undefined);
    t.match(failed, { name: 'AppError', code: 'body-invalid' }, type);
  }
  await until(() => lines().length === 3);
  const requests = lines().filter((line) => line['msg'] === 'request');
  t.match(requests, [{ isAborted: true }, { isAborted: true }]);
  t.equal(requests.length, 2);
  await app.close();
});

await t.test('an upload that is too large is answered while it is still coming', async (t) => {
  const { app, asked } = await fakeApp();
  await app.listen({ port: 0, host: '127.0.0.1' });
  const chunk = `2000\r\n${'a'.repeat(0x2000)}\r\n`;
  const answer = await speak(app, async (write, heard) => {
    write(head('/build-verify', 'Content-Type: application/x-tar', 'Transfer-Encoding: chunked'));
    while (heard() === '') {
      write(chunk);
      await sleep(1);
    }
  });
  t.match(answer, /^HTTP\/1\.1 413 [\s\S]*upload-too-large/);
  t.equal(asked.length, 0);
  await app.close();
});

await t.test(
  'a client that reads only after sending still gets the answer; one that never ends is cut off',
  async (t) => {
    const { app } = await fakeApp();
    await app.listen({ port: 0, host: '127.0.0.1' });
    const body = Buffer.alloc(limits.maxUploadBytes - 1000, 'a');
    const next = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const patient = await speak(app, async (write) => {
      write(head('/analyze', 'Content-Type: application/pdf', `Content-Length: ${body.length}`));
      for (let at = 0; at < body.length; at += 10_000) {
        write(body.subarray(at, at + 10_000));
        await sleep(1);
      }
      write(next);
    });
    t.match(patient, /^HTTP\/1\.1 415 [\s\S]*HTTP\/1\.1 200 OK/, 'and the connection goes on');

    let isCut = false;
    const endless = await speak(app, async (write) => {
      write(head('/build-verify', 'Content-Type: multipart/form-data; boundary=e', 'Transfer-Encoding: chunked'));
      const part = '--e\r\nContent-Disposition: form-data; name="unknown"\r\n\r\n';
      write(`${part.length.toString(16)}\r\n${part}\r\n`);
      while (write(`2000\r\n${'a'.repeat(0x2000)}\r\n`)) await sleep(1);
      isCut = true;
    });
    t.ok(isCut);
    t.match(endless, /^HTTP\/1\.1 400 [\s\S]*body-invalid/);
    t.notMatch(endless, /HTTP\/1\.1[\s\S]*HTTP\/1\.1/);
    await app.close();
  },
);

await t.test('a body is asked for only when the headers are fine', async (t) => {
  let canTake = true;
  const { app, asked } = await fakeApp({
    useCases: {
      submitBuild: {
        check: async () => {
          if (!canTake) throw new AppError('build-queue-full', 'Full.');
        },
        submit: async () => {
          throw new AppError('archive-broken', 'Not one.');
        },
      },
    },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const expecting = (url: string, type: string, length: number): Promise<string> =>
    speak(app, async (write, heard) => {
      write(
        head(url, `Content-Type: ${type}`, `Content-Length: ${length}`, 'Expect: 100-continue', 'Connection: close'),
      );
      await until(() => heard() !== '');
      if (heard().startsWith('HTTP/1.1 100')) write('x'.repeat(length));
    });
  t.match(await expecting('/analyze', 'text/plain', 10), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  t.match(await expecting('/build-verify', 'application/gzip', 10), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 400 /);
  t.match(await expecting('/build-verify', 'application/gzip', 100_001), /^HTTP\/1\.1 413 /);
  t.match(await expecting('/build-verify', 'application/pdf', 10), /^HTTP\/1\.1 415 /);
  t.match(await expecting('/nowhere', 'application/gzip', 10), /^HTTP\/1\.1 404 /);
  canTake = false;
  t.match(await expecting('/build-verify', 'application/gzip', 10), /^HTTP\/1\.1 429 /);
  t.equal(asked.length, 1);
  await app.close();
});

await t.test('HTTP/1.1 without a host is refused; HTTP/1.0 may leave it out', async (t) => {
  const { app, lines } = await fakeApp();
  await app.listen({ port: 0, host: '127.0.0.1' });
  const ask = (request: string): Promise<string> =>
    speak(app, async (write) => write(`${request}\r\nConnection: close\r\n\r\n`));
  const problem = /^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*body-invalid[\s\S]*header Host/;
  t.match(await ask('GET /health HTTP/1.1'), problem);
  t.match(await ask('GET /nowhere HTTP/1.1'), problem);
  t.match(await ask('GET /health HTTP/1.0'), /^HTTP\/1\.1 200 /);
  t.match(await ask('GET /health HTTP/1.1\r\nHost: localhost'), /^HTTP\/1\.1 200 /);
  t.equal(lines().filter((line) => line['msg'] === 'request').length, 4, 'each is logged as any other');
  await app.close();
});

await t.test('what else a client expects cannot be met, and ends the connection', async (t) => {
  const { app, asked } = await fakeApp();
  await app.listen({ port: 0, host: '127.0.0.1' });
  const answer = await speak(app, async (write, heard) => {
    write(head('/analyze', 'Content-Type: text/plain', 'Content-Length: 7', 'Expect: 200-ok'));
    await until(() => heard() !== '');
  });
  t.match(answer, /^HTTP\/1\.1 417 Expectation Failed[\s\S]*application\/problem\+json[\s\S]*"type":"about:blank"/);
  t.match(answer, /\r\nconnection: close\r\n/i);
  t.equal(asked.length, 0);
  await app.close();
});

await t.test('what is not HTTP gets a problem, too', async (t) => {
  const { app } = await fakeApp();
  await app.listen({ port: 0, host: '127.0.0.1' });
  const garbage = await speak(app, async (write) => write('GARBAGE\r\n\r\n'));
  t.match(garbage, /^HTTP\/1\.1 400 Bad Request[\s\S]*application\/problem\+json[\s\S]*"type":"about:blank"/);
  const headers = await speak(app, async (write) =>
    write(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`),
  );
  t.match(headers, /^HTTP\/1\.1 431 [\s\S]*"status":431/);
  await app.close();
});
