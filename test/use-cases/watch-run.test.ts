/** The end of a run: companions paused one after the other, and what is said of the whole time that the container was watched. */
import t from 'tap';
import type { MemorySeen, StateSeen, StoppedBox } from '../../src/core/probes/box.ts';
import type { PausedSeen } from '../../src/core/probes/paused-box.ts';
import { pauseEach, stillToWatchMs, watchedBox } from '../../src/use-cases/watch-run.ts';

const db = { name: 'db', id: '1' };
const cache = { name: 'cache', id: '2' };
const noticed = {
  seen: 'paused',
  url: 'http://172.18.0.2:8000/health',
  status: 503,
  afterMs: 800,
  stayedUp: true,
  recovered: true,
} as const;

const up: StateSeen = {
  ...{ running: true, exitCode: undefined, outOfMemory: false, startError: undefined },
  ...{ secondsObserved: 2.3, logTail: 'listening\n' },
};
const crashed: StateSeen = { ...up, running: false, exitCode: 3, secondsObserved: 6, secondsLived: 4.2 };
const gone: StoppedBox = { seen: 'gone', reason: 'it had already ended', state: crashed };
const stopped: StoppedBox = {
  ...{ seen: 'stop', signal: 'SIGTERM', graceSeconds: 10, secondsUp: 6.4, seconds: 0.2, exitCode: 143, killed: false },
  ...{ pid1: undefined, inFlight: undefined },
};
const memory: MemorySeen = { seen: 'unseen', reason: 'nobody looked' };
const about = {
  purpose: 'service',
  state: up,
  memory,
  paused: { seen: 'alone' },
  stop: stopped,
  lost: undefined,
} as const;

type Paused = Extract<PausedSeen, { seen: 'paused' }>;

/** What is asked of a run whose health endpoint does so for each companion. */
async function paused(does: Readonly<Record<string, Partial<Paused>>>) {
  const asked: string[] = [];
  const pausing = async ({ name }: { readonly name: string }): Promise<PausedSeen> => {
    asked.push(name);
    return { ...noticed, companion: name, ...does[name] };
  };
  return { asked, seen: await pauseEach({ pausing }, [db, cache]) };
}

t.test('each companion is paused, in the order in which they were named', async (t) => {
  const { asked, seen } = await paused({});
  t.same(asked, ['db', 'cache']);
  t.match(seen, { seen: 'each', each: [{ companion: 'db' }, { seen: 'paused', companion: 'cache' }] });
  t.same(await pauseEach({ pausing: () => Promise.reject(new Error('nobody is there')) }, []), { seen: 'alone' });
});

t.test('after one that it did not survive, or not recover from, nothing is read off its health', async (t) => {
  const ended = await paused({ db: { stayedUp: false } });
  t.same(ended.asked, ['db']);
  t.match(ended.seen, {
    each: [{}, { seen: 'unseen', companion: 'cache', reason: 'it had ended while db was paused' }],
  });
  const ill = await paused({ db: { recovered: false } });
  t.same(ill.asked, ['db']);
  t.match(ill.seen, { each: [{}, { seen: 'unseen', reason: /not answer 200 again after the pause of db/ }] });
});

t.test(
  'a service is watched for five seconds from its first answer, and no longer where that has passed',
  async (t) => {
    t.equal(stillToWatchMs({ observedMs: 4800, answeredMs: 300 }), 500);
    t.equal(stillToWatchMs({ observedMs: 5300, answeredMs: 300 }), 0);
    t.equal(stillToWatchMs({ observedMs: 60_000, answeredMs: 300 }), 0);
    t.equal(stillToWatchMs({ observedMs: 40_100, answeredMs: 40_000 }), 4900, 'a slow start is not counted');
    t.equal(stillToWatchMs({ observedMs: 4000, answeredMs: undefined }), 1000);
  },
);

t.test('what was up when our signal came was up all the time, however it ended then', async (t) => {
  t.match(watchedBox(about), { state: { running: true, exitCode: undefined, secondsObserved: 6.4 } });
});

t.test('what had ended by then has ended by itself', async (t) => {
  const box = watchedBox({ ...about, stop: gone });
  t.match(box, { seen: 'watched', state: { running: false, exitCode: 3, secondsLived: 4.2 } });
  t.notOk('pausedThen' in box);
});

t.test('what ended while a companion was paused is told with it, and only then', async (t) => {
  const one = { ...noticed, companion: 'db' };
  const inPause = { seen: 'each', each: [{ ...one, stayedUp: false, recovered: false }] } as const;
  t.match(watchedBox({ ...about, stop: gone, paused: inPause }), { state: { exitCode: 3 }, pausedThen: 'db' });
  t.notOk('pausedThen' in watchedBox({ ...about, stop: gone, paused: { seen: 'each', each: [one] } }));
  t.notOk('pausedThen' in watchedBox({ ...about, paused: { seen: 'each', each: [one] } }));
});

t.test('where what it needs has ended, too, nobody knows; what filled the disk did so by itself', async (t) => {
  const lost = 'the service db ended with exit code 4';
  t.same(watchedBox({ ...about, stop: gone, lost }), { seen: 'unseen', reason: lost });
  const full: StoppedBox = { ...gone, state: { ...crashed, disk: { bytes: 2, limitBytes: 1 } } };
  t.match(watchedBox({ ...about, stop: full, lost }), { state: { disk: { bytes: 2 } } });
  t.match(watchedBox({ ...about, lost }), { state: { running: true } }, 'it was up when the signal came');
});

t.test('work is judged by the time that it was given', async (t) => {
  const done: StoppedBox = { seen: 'gone', reason: 'it had ended', state: { ...crashed, exitCode: 0 } };
  t.match(watchedBox({ ...about, purpose: 'job', stop: done }), { purpose: 'job', state: { running: true } });
});
