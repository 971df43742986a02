/** What a platform asks itself, and what could not be seen: docs/decisions/0001. */
import t from 'tap';
import type { Proof } from '../../src/core/probes/probe.ts';
import type { Status } from '../../src/schemas/item.ts';
import { ProfileName, Report } from '../../src/schemas/report.ts';

import { ROW, finding, analysis, analysed, proof, verified } from './reports.ts';

t.test(
  'a platform that asks the service itself has the last word on its health, and none on HEALTHCHECK',
  async (t) => {
    const health = (status: Proof['status'], profile: ProfileName, id = 'answers-health'): Report =>
      verified(
        analysis({ healthcheck: 'fail' }, [finding('error', { item: 'healthcheck' })]),
        [proof(status, { id, item: 'healthcheck' })],
        profile,
      );
    const statusOf = (report: Report): Status | undefined =>
      report.items.find(({ id }) => id === 'healthcheck')?.status;
    for (const profile of ['kubernetes', 'cloud-run'] as const) {
      t.equal(statusOf(health('fail', profile)), 'fail');
      t.equal(health('fail', profile).verdict, 'not-ready');
      t.equal(statusOf(health('warn', profile)), 'warn');
      t.equal(statusOf(health('pass', profile)), 'pass', 'and that there is no HEALTHCHECK is no fault');
      t.equal(statusOf(health('unknown', profile)), 'not-applicable', 'what has no port is not asked');
      t.equal(
        statusOf(health('fail', profile, 'turns-healthy')),
        'not-applicable',
        'nobody looks at HEALTHCHECK there',
      );
    }
    t.equal(statusOf(health('fail', 'job')), 'not-applicable', 'nobody asks a job');
  },
);

t.test('a required row that a verification could not show takes from the score', async (t) => {
  const seen = verified(analysis(), [proof('pass')]);
  const unseen = verified(analysis(), [proof('unknown')]);
  t.equal(seen.score, 100);
  t.ok(unseen.score < 100);
  t.equal(unseen.verdict, 'not-ready');
  t.equal(analysed(analysis({ [ROW]: 'unknown' })).score, 100, 'an analysis has not looked');
});
