/** What every Store promises of webhooks. */
import { someOrigin } from '../../helpers/origin.ts';
import type { Store } from '../../../src/use-cases/store-port.ts';
import type { ClaimedDelivery, WebhookToKeep } from '../../../src/use-cases/webhook-port.ts';
import type { WithStore } from './contract.ts';
import { at, claimed, errored, newBuild, plainSealer, report, room } from './rows.ts';

/** A webhook of every project, or of those. */
export function newWebhook(id: string, projects: readonly string[] | null = null): WebhookToKeep {
  return {
    ...{ id, projects, description: 'For “people”', createdAt: at(0) },
    shownUrl: 'https://ci.example/hooks',
    target: { url: 'https://ci.example/hooks?key=hush', secret: `whsec_${'A'.repeat(32)}` },
  };
}

/** A build that ends at once. */
export async function endedBuild(store: Store, id: string, seconds: number, project: string | null = 'shop/api') {
  await store.insertBuild({ ...newBuild(id, seconds), project }, room(999));
  await store.cancel(id, at(seconds));
}

async function due(
  store: Store,
  seconds: number,
  more: { busy?: readonly string[]; isHealthyOnly?: boolean } = {},
): Promise<ClaimedDelivery | undefined> {
  const lease = { at: at(seconds), leaseUntil: at(seconds + 60) };
  return await store.claimDelivery({ ...lease, busy: [], isHealthyOnly: false, ...more });
}

async function oneDue(store: Store, seconds: number): Promise<ClaimedDelivery> {
  const claim = await due(store, seconds);
  if (claim === undefined) throw new Error('There should be something due.');
  return claim;
}

/** Runs these promises. */
export async function webhooksContract(withStore: WithStore): Promise<void> {
  await withStore('a webhook is kept without its query, and so many of them', async (t, store) => {
    t.equal(await store.insertWebhook(newWebhook('w1', ['shop/*']), 2), true);
    t.equal(await store.insertWebhook(newWebhook('w2'), 2), true);
    t.equal(await store.insertWebhook(newWebhook('w3'), 2), false);
    t.strictSame(await store.webhooks(), [
      {
        ...{ id: 'w1', url: 'https://ci.example/hooks', description: 'For “people”', createdAt: at(0) },
        ...{ projects: ['shop/*'], disabled: null },
      },
      {
        ...{ id: 'w2', url: 'https://ci.example/hooks', description: 'For “people”', createdAt: at(0) },
        ...{ projects: null, disabled: null },
      },
    ]);
    t.strictSame(await store.webhookTarget('w1'), newWebhook('w1').target);
    t.equal(await store.webhookTarget('w3'), undefined);
    t.equal(await store.webhook('w3'), undefined);
    t.equal(await store.removeWebhook('w1'), true);
    t.equal(await store.removeWebhook('w1'), false);
  });

  await withStore('however a build ends, it is told to those who want its project, once', async (t, store) => {
    await endedBuild(store, 'b0', 1);
    for (const [id, projects] of Object.entries({
      ...{ w1: null, w2: ['shop/*'], w3: ['shop'], w4: ['infra', 'shop/api'], w5: ['SHOP/*'] },
    })) {
      await store.insertWebhook(newWebhook(id, projects), 9);
    }
    const told = async (): Promise<string> => {
      const all = await Promise.all(
        ['w1', 'w2', 'w3', 'w4', 'w5'].map(async (id) =>
          (await store.webhookDeliveries(id, 9)).map(({ buildId }) => `${id}:${buildId}`),
        ),
      );
      return all.flat().join(' ');
    };
    t.equal(await told(), '', 'what had ended before is not');
    await store.insertBuild(newBuild('b1', 1), room(9));
    const claim = await claimed(store, at(2));
    t.equal(await told(), '', 'nor what runs');
    await store.finish(claim, { state: 'failed', report: report('v'), finishedAt: at(3) });
    t.equal(await told(), 'w1:b1 w2:b1 w4:b1');
    await endedBuild(store, 'b2', 4, null);
    t.match(await told(), /^w1:b2 w1:b1 w2:b1 w4/, 'one of no project: to whoever wants all');
    await endedBuild(store, 'b3', 5, 'infra');
    t.equal((await store.webhookDeliveries('w4', 9)).length, 2);
    for (const id of ['b4', 'b5', 'b6']) await store.insertBuild(newBuild(id, 6), room(9));
    await store.finish(await claimed(store, at(7)), errored);
    await store.claim(at(7));
    await store.recover(at(8), 1);
    await store.claim(at(9));
    await store.cancel('b6', at(10));
    await store.release({ ...claim, id: 'b6', attempt: 1 }, at(11));
    t.strictSame(
      (await store.webhookDeliveries('w2', 9)).map(({ buildId }) => buildId),
      ['b6', 'b5', 'b4', 'b1'],
      'errored, given up, cancelled while it ran',
    );
  });

  await withStore('a delivery is taken when it is due, by one, and brings what there is to tell', async (t, store) => {
    await store.insertWebhook(newWebhook('w1'), 9);
    await store.insertBuild(newBuild('b1', 1), room(9));
    const verification = report('v', { verdict: 'ready', score: 93, grade: 'A' });
    await store.finish(await claimed(store, at(2)), { state: 'passed', report: verification, finishedAt: at(3) });
    t.equal(await due(store, 2), undefined, 'too early');
    t.strictSame(await due(store, 3), {
      ...{ webhookId: 'w1', buildId: 'b1', eventId: 'msg_b1', attempt: 1, isFailing: false },
      target: newWebhook('w1').target,
      origin: someOrigin,
      event: {
        timestamp: at(3),
        data: {
          ...{ build: 'b1', project: 'shop/api', state: 'passed', verdict: 'ready', score: 93, attempt: 1, grade: 'A' },
        },
      },
    });
    t.equal(await due(store, 62), undefined, 'somebody has it');
    t.match(await due(store, 63), { eventId: 'msg_b1', attempt: 2 }, 'until the lease ends: whoever had it is gone');
    t.match(await store.webhookDeliveries('w1', 9), [
      {
        ...{ eventId: 'msg_b1', buildId: 'b1', status: 'waiting', attempt: 2, createdAt: at(3) },
        ...{ nextAttemptAt: at(123), httpStatus: null, problem: null },
      },
    ]);
    await endedBuild(store, 'b2', 70);
    t.match((await oneDue(store, 70)).event, { timestamp: at(70), data: { verdict: null, score: null, grade: null } });
  });

  await withStore('what became of it is written once, by whoever has it', async (t, store) => {
    await store.insertWebhook(newWebhook('w1'), 9);
    await endedBuild(store, 'b1', 1);
    const first = await oneDue(store, 1);
    const second = await oneDue(store, 61);
    t.equal(await store.endDelivery(first, { was: 'delivered', httpStatus: 200 }), false, 'its lease is over');
    const again = { was: 'again', httpStatus: 503, problem: 'Busy.', nextAt: at(100) } as const;
    t.equal(await store.endDelivery(second, again), true);
    t.match(await store.webhookDeliveries('w1', 9), [
      { status: 'waiting', attempt: 2, nextAttemptAt: at(100), httpStatus: 503, problem: 'Busy.' },
    ]);
    t.equal(await due(store, 99), undefined);
    const third = await oneDue(store, 100);
    t.match(third, { attempt: 3, isFailing: true });
    t.equal(await store.endDelivery(third, { was: 'delivered', httpStatus: 204 }), true);
    t.equal(await store.endDelivery(third, again), false);
    t.match(await store.webhookDeliveries('w1', 9), [
      { status: 'delivered', nextAttemptAt: null, httpStatus: 204, problem: null },
    ]);
    t.equal(await due(store, 9999), undefined);
    await endedBuild(store, 'b2', 101);
    const last = await oneDue(store, 101);
    t.equal(last.isFailing, false, 'one that went well makes it well again');
    await store.endDelivery(last, { was: 'failed', httpStatus: null, problem: 'Never.' });
    t.match(await store.webhookDeliveries('w1', 1), [{ status: 'failed', nextAttemptAt: null, problem: 'Never.' }]);
    t.equal(await due(store, 9999), undefined);
  });

  await withStore('others are taken first where a webhook is busy, or ill', async (t, store) => {
    for (const id of ['w1', 'w2']) await store.insertWebhook(newWebhook(id, [`of-${id}`]), 9);
    await endedBuild(store, 'b1', 1, 'of-w1');
    await store.endDelivery(await oneDue(store, 1), { was: 'again', httpStatus: 500, problem: 'x', nextAt: at(2) });
    for (const n of [2, 3, 4]) await endedBuild(store, `b${n}`, n, 'of-w1');
    await endedBuild(store, 'b5', 5, 'of-w2');
    t.match(await due(store, 9, { isHealthyOnly: true }), { webhookId: 'w2' });
    t.equal(await due(store, 9, { isHealthyOnly: true }), undefined);
    t.equal(await due(store, 9, { busy: ['w1'] }), undefined);
    t.match(await due(store, 9, { busy: ['w2'] }), { webhookId: 'w1', buildId: 'b1' }, 'the first that is due');
  });

  await withStore('a receiver that is gone is told nothing more', async (t, store) => {
    await store.insertWebhook(newWebhook('w1'), 9);
    for (const n of [1, 2]) await endedBuild(store, `b${n}`, n);
    const end = { was: 'gone', httpStatus: 410, at: at(9), problem: 'Gone.' } as const;
    await store.endDelivery(await oneDue(store, 5), end);
    t.match(await store.webhook('w1'), { disabled: { at: at(9), why: 'Gone.' } });
    await endedBuild(store, 'b3', 10);
    t.match(await store.webhookDeliveries('w1', 9), [
      { buildId: 'b2', status: 'failed', problem: 'Gone.', nextAttemptAt: null },
      { buildId: 'b1', status: 'failed', problem: 'Gone.', httpStatus: 410 },
    ]);
    t.equal(await due(store, 99), undefined);
  });

  await withStore('how many there are, what waits for them, and since when it is due', async (t, store) => {
    t.strictSame(await store.webhookFigures(), { active: 0, disabled: 0, waiting: 0, dueSince: undefined });
    for (const id of ['w1', 'w2']) await store.insertWebhook(newWebhook(id, [`of-${id}`]), 9);
    t.strictSame(await store.webhookFigures(), { active: 2, disabled: 0, waiting: 0, dueSince: undefined });
    for (const n of [1, 2]) await endedBuild(store, `b${n}`, n, 'of-w1');
    await endedBuild(store, 'b3', 3, 'of-w2');
    t.strictSame(await store.webhookFigures(), { active: 2, disabled: 0, waiting: 3, dueSince: at(1) });
    await store.endDelivery(await oneDue(store, 5), { was: 'again', httpStatus: 500, problem: 'x', nextAt: at(90) });
    t.match(await store.webhookFigures(), { waiting: 3, dueSince: at(2) }, 'what is tried again later still waits');
    await store.endDelivery(await oneDue(store, 5), { was: 'delivered', httpStatus: 200 });
    t.match(await store.webhookFigures(), { waiting: 2, dueSince: at(3) });
    const end = { was: 'gone', httpStatus: 410, at: at(9), problem: 'Gone.' } as const;
    await store.endDelivery(await oneDue(store, 5), end);
    t.strictSame(await store.webhookFigures(), { active: 1, disabled: 1, waiting: 1, dueSince: at(90) });
  });

  await withStore('under another key a webhook is switched off, and says why', async (t, store, again) => {
    await store.insertWebhook(newWebhook('w1'), 9);
    await endedBuild(store, 'b1', 1);
    const other = await again(plainSealer('other:'));
    await other.insertWebhook(newWebhook('w2'), 9);
    await endedBuild(other, 'b2', 2);
    t.equal(await other.webhookTarget('w1'), undefined);
    t.match(await due(other, 5), { webhookId: 'w2' }, 'and keeps nobody waiting');
    t.match((await other.webhook('w1'))?.disabled, { at: at(5), why: /another key/ });
    t.match((await other.webhookDeliveries('w1', 9))[0], { status: 'failed', problem: /Register it anew/ });
  });

  await withStore('deliveries go with their webhook, and with their build', async (t, store) => {
    for (const id of ['w1', 'w2']) await store.insertWebhook(newWebhook(id), 9);
    for (const n of [1, 2]) await endedBuild(store, `b${n}`, n);
    const claim = await oneDue(store, 5);
    await store.removeWebhook(claim.webhookId);
    t.equal(await store.endDelivery(claim, { was: 'delivered', httpStatus: 200 }), false);
    t.strictSame(await store.webhookDeliveries(claim.webhookId, 9), []);
    const [left] = await store.webhooks();
    t.equal((await store.webhookDeliveries(left?.id ?? '', 9)).length, 2);
    await store.removeBuild('b1');
    await store.removeOld({ since: at(9), builds: 99, analyses: 99 });
    t.strictSame(await store.webhookDeliveries(left?.id ?? '', 9), []);
    t.equal(await due(store, 99), undefined);
  });
}
