/** What is somebody's, and what is found of the rest: nothing. */
import { join } from 'node:path';
import t from 'tap';
import { someOrigin } from '../helpers/origin.ts';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import { everybody, may, projectFor, sees } from '../../src/use-cases/access.ts';
import type { Access } from '../../src/use-cases/access.ts';
import { makeCancelBuild } from '../../src/use-cases/cancel-build.ts';
import { makeFollowBuild } from '../../src/use-cases/follow-build.ts';
import { makeLookUp } from '../../src/use-cases/look-up.ts';
import { makeProjects } from '../../src/use-cases/projects.ts';
import { analysis, verification } from '../formats/reports.ts';
import { at, newBuild, plainSealer, report, room } from '../adapters/store/rows.ts';

const of = (...projects: readonly string[]): Access => ({ holder: 'ci', scopes: ['read', 'build'], projects });

await t.test('projects and scopes', async (t) => {
  t.equal(sees(of('shop/*'), 'shop/api'), true);
  t.equal(sees(of('shop/*'), 'shopping'), false);
  t.equal(sees(of('shop'), 'shop/api'), false, 'a name is a name');
  t.equal(sees(of('a', 'shop*'), 'shopping'), true);
  t.equal(sees(of('shop/*'), null), false, 'what belongs to nobody is not theirs');
  t.equal(sees(everybody, null), true);
  t.equal(may(of('a'), 'read'), true);
  t.equal(may(of('a'), 'analyze'), false);
  t.equal(may(everybody, 'analyze'), true, 'admin may everything');
});

await t.test('something new belongs to a project of theirs', async (t) => {
  t.equal(projectFor(of('shop/*'), 'shop/api'), 'shop/api');
  t.equal(projectFor(of('shop'), undefined), 'shop', 'there is only one');
  t.equal(projectFor(everybody, undefined), undefined);
  for (const [access, wish] of [
    [of('shop/*'), undefined],
    [of('a', 'b'), undefined],
    [of('a'), 'b'],
  ] as const) {
    t.throws(() => projectFor(access, wish), { code: 'project-forbidden' });
  }
});

await t.test('what is not theirs is not there', async (t) => {
  const store = await openSqliteStore({ path: join(t.testdir({}), 'drydock.sqlite'), sealer: plainSealer() });
  t.teardown(() => store.close());
  const projects = { a: 'shop/api', b: 'infra', c: null, d: 'shopping' };
  for (const [id, project] of Object.entries(projects)) {
    await store.insertBuild({ ...newBuild(id), project }, room(99));
    await store.saveAnalysis(report(id, { project }));
  }
  const told: object[] = [];
  const log = { info: (line: object) => void told.push(line) };
  const logs = { sizeOf: async () => 0, read: async function* () {}, remove: async () => {} };
  const lookUp = makeLookUp({ store, logs });
  const follow = makeFollowBuild({ store, logs, clock: { elapsed: () => 0 } });
  const cancel = makeCancelBuild({ store, logs, spool: { remove: async () => {} }, clock: { now: () => at(9) }, log });
  const never = new AbortController().signal;
  const shop = of('shop/*');
  const gone = { code: 'not-found' };
  for (const id of ['b', 'c', 'd']) {
    await t.rejects(lookUp.build(id, shop), gone);
    await t.rejects(lookUp.analysis(id, shop), gone);
    await t.rejects(lookUp.buildReport(id, shop), gone);
    await t.rejects(lookUp.buildLog(id, shop), gone);
    await t.rejects(follow.changed(id, undefined, 0, never, shop), gone);
    await t.rejects(cancel(id, shop, someOrigin), gone);
    t.equal((await store.build(id))?.state, 'queued', 'and nothing has become of it');
  }
  t.equal((await lookUp.build('a', shop)).id, 'a');
  t.equal((await lookUp.analysis('a', shop)).id, 'a');
  t.equal((await follow.changed('a', undefined, 0, never, shop)).id, 'a');
  const ids = async (access: Access, filter = {}): Promise<string> =>
    (await lookUp.builds(filter, undefined, 9, access)).builds.map(({ id }) => id).join('');
  t.equal(await ids(everybody), 'dcba');
  t.equal(await ids(shop), 'a');
  t.equal(await ids(of('shop*', 'infra')), 'dba');
  t.equal(await ids(of('infra')), 'b');
  t.equal(await ids(shop, { project: 'infra' }), '', 'also where it is asked for by name');
  t.same(told, [], 'nothing was done');
  t.equal((await cancel('a', shop, someOrigin))?.state, 'cancelled');
  t.match(told, [
    { reqId: someOrigin.requestId, audit: true, who: 'ci', did: 'cancel', buildId: 'a', project: 'shop/api' },
  ]);
});

await t.test('what is compared has to be readable by itself', async (t) => {
  const known = { id: 'b', project: 'shop' };
  const projects = makeProjects({
    store: {
      projects: async () => [],
      history: async () => [],
      analysis: async (id) => (id === 'a' ? { ...analysis, id, project: 'shop' } : undefined),
      // Of a build only its project is asked.
      build: async (id) => (id === 'b' ? (known as never) : undefined),
      buildReport: async (id) => (id === 'b' ? { ...verification, id, project: 'shop' } : undefined),
    },
  });
  const readable = { analyze: ['a'], build: ['b'], read: ['a', 'b'], admin: ['a', 'b'] } as const;
  for (const scope of ['analyze', 'build', 'read', 'admin'] as const) {
    const access: Access = { holder: 'ci', scopes: [scope], projects: ['shop'] };
    const may: readonly string[] = readable[scope];
    for (const base of ['a', 'b']) {
      for (const head of ['a', 'b']) {
        if (may.includes(base) && may.includes(head)) {
          const { base: left, head: right } = await projects.compare(base, head, access);
          t.same([left.id, right.id], [base, head], `${scope}: ${base} ${head}`);
        } else
          await t.rejects(projects.compare(base, head, access), { code: 'scope-missing' }, `${scope}: ${base} ${head}`);
      }
    }
    await t.rejects(projects.compare('a', 'b', { ...access, projects: ['other'] }), { code: 'not-found' });
  }
});
