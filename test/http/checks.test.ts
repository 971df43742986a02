/** The catalogue over HTTP. */
import t from 'tap';
import { probes } from '../../src/core/probes/index.ts';
import { rules } from '../../src/core/rules/index.ts';
import { Catalogue, RuleEntry } from '../../src/schemas/catalogue.ts';
import { makeListChecks } from '../../src/use-cases/list-checks.ts';
import { fakeApp, tokens } from './fakes.ts';

t.test('every item, rule, probe and profile is listed, and the policy of the operator', async (t) => {
  const operatorPolicy = { threshold: 80 };
  const { app } = await fakeApp({ useCases: { listChecks: makeListChecks({ operatorPolicy }) } });
  const listed = Catalogue.parse((await app.inject({ url: '/checks' })).json());
  t.same(
    listed.rules.map(({ id }) => id),
    rules.map(({ id }) => id),
  );
  t.same(
    listed.probes.map(({ id }) => id),
    probes.map(({ id }) => id),
  );
  t.same(listed.policy, operatorPolicy);
  t.equal(listed.profiles.length, 6);
});

t.test('a rule is found by its id, and by the id that another tool gives it', async (t) => {
  const { app } = await fakeApp();
  t.equal(RuleEntry.parse((await app.inject({ url: '/checks/apt-lists-kept' })).json()).item, 'no-package-cache');
  t.equal((await app.inject({ url: `/checks/${probes[0]?.id ?? ''}` })).statusCode, 200);
  const byAlias = Catalogue.parse((await app.inject({ url: '/checks?alias=dl3009' })).json());
  t.same(
    byAlias.rules.map(({ id }) => id),
    ['apt-lists-kept'],
  );
  t.same(byAlias.probes, []);
  t.equal((await app.inject({ url: '/checks/no-such-rule' })).statusCode, 404);
});

t.test('with tokens it wants one', async (t) => {
  const { app } = await fakeApp({ tokens });
  t.equal((await app.inject({ url: '/checks' })).statusCode, 401);
});
