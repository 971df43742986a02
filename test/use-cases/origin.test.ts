/** Trace Context as the W3C has it: what is taken over, what is no trace, and what is handed on. */
import t from 'tap';
import { traceHeaders, traceOf } from '../../src/use-cases/origin.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const SENT = `00-${TRACE}-${PARENT}-01`;

await t.test('a trace that was sent is carried on, with a span of its own', async (t) => {
  const trace = traceOf(SENT, 'congo=t61rcWkgMzE,rojo=00f067aa0ba902b7');
  t.match(trace, { traceId: TRACE, parentId: PARENT, spanId: /^[\da-f]{16}$/, flags: '01' });
  t.not(trace.spanId, PARENT);
  t.same(traceHeaders(trace), {
    traceparent: `00-${TRACE}-${trace.spanId}-01`,
    tracestate: 'congo=t61rcWkgMzE,rojo=00f067aa0ba902b7',
  });
  t.equal(traceOf(`00-${TRACE}-${PARENT}-00`, undefined).flags, '00');
  t.equal(traceOf(`00-${TRACE}-${PARENT}-ff`, undefined).flags, '03', 'flags without a meaning are zero');
  const later = traceOf(`cc-${TRACE}-${PARENT}-01-what-the-future-will-be-like`, 'a=b');
  t.match(later, { traceId: TRACE, flags: '01', state: 'a=b' });
  t.match(traceHeaders(later).traceparent, /^00-/, 'a later version is handed on as the one that is known');
  t.equal(traceOf(`cc-${TRACE}-${PARENT}-01`, undefined).traceId, TRACE);
});

await t.test('what is no traceparent begins a new trace, and its state is not read', async (t) => {
  const wrong = [
    undefined,
    '',
    'x',
    SENT.toUpperCase(),
    `ff-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${PARENT}`,
    `00-${TRACE}-${PARENT}-1`,
    `00-${TRACE}-${PARENT}-01-more`,
    `00-${TRACE}-${PARENT}-01-`,
    `cc-${TRACE}-${PARENT}-01.more`,
    `00-${TRACE.slice(1)}-${PARENT}-01`,
    `00-${TRACE.slice(1)}g-${PARENT}-01`,
    ` ${SENT}`,
    `${SENT}\n`,
    `${SENT}, ${SENT}`,
  ];
  const seen = new Set<string>();
  for (const sent of wrong) {
    const trace = traceOf(sent, 'a=b');
    t.match(trace, { traceId: /^[\da-f]{32}$/, parentId: null, spanId: /^[\da-f]{16}$/, flags: '00', state: null });
    t.not(trace.traceId, TRACE, String(sent));
    seen.add(trace.traceId);
  }
  t.equal(seen.size, wrong.length, 'each its own');
  t.same(Object.keys(traceHeaders(traceOf(undefined, undefined))), ['traceparent']);
});

await t.test('tracestate is bounded, and dropped where it cannot be read', async (t) => {
  const state = (sent: string): string | null => traceOf(SENT, sent).state;
  const kept: readonly (readonly [string, string])[] = [
    ['a=1', 'a=1'],
    [' a=1 ,\tb=2\t', 'a=1,b=2'],
    ['a=1,,b=2,', 'a=1,b=2'],
    ['fw529a3039@dt=FfAK, 1a@b=c', 'fw529a3039@dt=FfAK,1a@b=c'],
    [`a=${'x'.repeat(256)}`, `a=${'x'.repeat(256)}`],
    [
      Array.from({ length: 32 }, (_, index) => `k${index}=v`).join(','),
      Array.from({ length: 32 }, (_, index) => `k${index}=v`).join(','),
    ],
  ];
  for (const [sent, handedOn] of kept) t.equal(state(sent), handedOn, sent.slice(0, 40));
  const dropped = [
    '',
    ',',
    'a',
    'a=',
    '=b',
    'A=1',
    'a=1;b=2\u00e4',
    'a b=1',
    'a=1,a=2',
    'a@b@c=1',
    `a=${'x'.repeat(257)}`,
    `${'k'.repeat(257)}=1`,
    Array.from({ length: 33 }, (_, index) => `k${index}=v`).join(','),
    'a=1,'.repeat(5000),
  ];
  for (const sent of dropped) t.equal(state(sent), null, sent.slice(0, 40));

  const long = `long=${'x'.repeat(200)}`;
  const short = Array.from({ length: 20 }, (_, index) => `k${index}=${'v'.repeat(20)}`);
  const cut = state([long, ...short].join(',')) ?? '';
  t.ok(cut.length <= 512);
  t.notMatch(cut, /long=/, 'long members go first');
  t.match(cut, /^k0=v+,k1=/, 'and those at the end next');
});
