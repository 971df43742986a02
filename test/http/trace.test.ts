/** The trace of a request: in each of its log lines, and with the work that it asks for. */
import t from 'tap';
import type { Origin } from '../../src/use-cases/origin.ts';
import { build, chunksOf, fakeApp, form } from './fakes.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;

await t.test('every line of a request names it and its trace, whatever became of the request', async (t) => {
  const { app, lines } = await fakeApp({
    useCases: {
      analyzeDockerfile: async () => {
        throw new Error('inside');
      },
    },
  });
  const analyze = { method: 'POST', url: '/analyze', payload: 'FROM x\n' } as const;
  const type = { 'content-type': 'text/plain' };
  await app.inject({ ...analyze, headers: { ...type, traceparent } });
  await app.inject({ url: '/nowhere', headers: { traceparent } });
  await app.inject({ url: '/%zz', headers: { traceparent } });
  t.match(
    lines().map(({ msg, traceId, parentId }) => ({ msg, traceId, parentId })),
    ['request failed', 'request', 'request', 'request'].map((msg) => ({
      msg,
      traceId: TRACE,
      parentId: '00f067aa0ba902b7',
    })),
  );
  t.ok(lines().every(({ reqId, spanId }) => typeof reqId === 'string' && /^[\da-f]{16}$/.test(String(spanId))));

  const before = lines().length;
  await app.inject({ ...analyze, headers: type });
  await app.inject({ ...analyze, headers: { ...type, traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` } });
  const [failed, first, , second] = lines().slice(before);
  t.match(first, { msg: 'request', traceId: /^[\da-f]{32}$/ });
  t.equal(failed?.['traceId'], first?.['traceId'], 'one trace for all lines of a request');
  t.notOk('parentId' in (first ?? {}));
  t.not(second?.['traceId'], '0'.repeat(32), 'one that is no trace counts as none');
  t.not(second?.['traceId'], first?.['traceId']);
  await app.close();
});

await t.test('a build and its end know the request that asked for it', async (t) => {
  const heard: Origin[] = [];
  const { app, lines } = await fakeApp({
    useCases: {
      submitBuild: {
        check: async () => {},
        submit: async (upload, _options, { origin }) => {
          for await (const _ of chunksOf(upload)) continue;
          heard.push(origin);
          return { build, isRepeated: false };
        },
      },
      cancelBuild: async (_id, _access, origin) => {
        heard.push(origin);
        return build;
      },
    },
  });
  const { payload, headers } = form(['context', 'x', { filename: 'c' }]);
  const sent = { traceparent, tracestate: 'congo=t61rcWkgMzE' };
  await app.inject({ method: 'POST', url: '/build-verify', payload, headers: { ...headers, ...sent } });
  await app.inject({ method: 'DELETE', url: '/build-verify/b1', headers: sent });
  t.match(
    heard,
    lines().map(({ reqId, spanId }) => ({
      requestId: reqId,
      trace: { traceId: TRACE, spanId, flags: '01', state: 'congo=t61rcWkgMzE' },
    })),
  );
  t.equal(heard.length, 2);
  await app.close();
});
