/** What a build prints, as lines. */
import t from 'tap';
import { makeTraceLog as make } from '../../../src/adapters/docker/trace-log.ts';
import type { StepNews } from '../../../src/adapters/docker/trace-log.ts';

/** Its lines as they are read. */
function makeTraceLog(maxSteps: number): (news: StepNews) => readonly string[] {
  const told = make(maxSteps);
  return (news) => told(news).map(({ step, text }) => `${step} ${text}`);
}

type Vertex = StepNews['vertexes'][number];
const vertex = (digest: string, more: Partial<Vertex> = {}): Vertex => ({
  ...{ digest, name: `step ${digest}`, cached: false, started: 1000, completed: null, error: '' },
  ...more,
});
const said = (digest: string, text: string | Buffer, stream = 1): StepNews['logs'][number] => ({
  vertex: digest,
  stream,
  msg: Buffer.from(text),
});

await t.test('a step begins, prints and ends', (t) => {
  const told = makeTraceLog(9);
  t.strictSame(told({ vertexes: [vertex('a', { started: null }), vertex('b')], logs: [] }), ['#1 step b']);
  t.strictSame(told({ vertexes: [], logs: [said('b', 'one\ntw'), said('b', 'err\n', 2)] }), ['#1 one', '#1 err']);
  t.strictSame(told({ vertexes: [vertex('a')], logs: [said('b', 'o\n')] }), ['#2 step a', '#1 two']);
  t.strictSame(
    told({ vertexes: [vertex('b', { completed: 3100 })], logs: [said('b', 'no end')] }),
    ['#1 no end', '#1 DONE 2.1s'],
    'what has no end has come to one',
  );
  t.strictSame(told({ vertexes: [vertex('b', { completed: 3100 })], logs: [] }), [], 'once');
  t.strictSame(told({ vertexes: [vertex('b', { started: 3100, completed: 3200 })], logs: [] }), [], 'in spans');
  t.strictSame(told({ vertexes: [vertex('a', { completed: 1000, cached: true })], logs: [] }), ['#2 CACHED']);
  t.end();
});

await t.test('an error is told in one line', (t) => {
  const told = makeTraceLog(9);
  const failed = vertex('a', { completed: 2000, error: 'process\n "sh"   failed' });
  t.strictSame(told({ vertexes: [failed], logs: [] }), ['#1 step a', '#1 ERROR: process "sh" failed']);
  t.end();
});

await t.test('letters that come in two pieces, colours and endless lines', (t) => {
  const told = makeTraceLog(9);
  told({ vertexes: [vertex('a')], logs: [] });
  const ship = Buffer.from('⛵\n');
  t.strictSame(told({ vertexes: [], logs: [said('a', ship.subarray(0, 2))] }), []);
  t.strictSame(told({ vertexes: [], logs: [said('a', ship.subarray(2))] }), ['#1 ⛵']);
  t.strictSame(told({ vertexes: [], logs: [said('a', '\u001B[31mred\u001B[0m\n10%\r100%\n')] }), ['#1 red', '#1 100%']);
  const lines = told({ vertexes: [], logs: [said('a', 'x'.repeat(600_000))] });
  t.strictSame(
    lines.map((line) => line.length),
    [262_147, 262_147, 75_715],
  );
  t.end();
});

await t.test('of more steps than are shown, and of steps that never began, nothing is told', (t) => {
  const told = makeTraceLog(1);
  t.strictSame(told({ vertexes: [vertex('a'), vertex('b')], logs: [said('b', 'x\n'), said('c', 'x\n')] }), [
    '#1 step a',
  ]);
  t.strictSame(told({ vertexes: [vertex('b', { completed: 5 })], logs: [] }), []);
  t.end();
});
