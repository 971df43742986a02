/** Two reports side by side. */
import t from 'tap';
import { compareReports } from '../../src/core/report/compare.ts';
import { analysed, analysis, finding } from './reports.ts';

t.test('what is new, what is fixed, and what has changed', async (t) => {
  const stays = finding('warning', { fingerprint: 'stays' });
  const base = analysed(analysis({}, [stays, finding('error', { fingerprint: 'gone' })]));
  const head = analysed(
    analysis({ 'signal-handling': 'warn' }, [{ ...stays, message: 'moved' }, finding('info', { fingerprint: 'new' })]),
  );
  const told = compareReports(base, head);
  t.match(told, {
    isSameVersion: true,
    scoreChange: head.score - base.score,
    new: [{ fingerprint: 'new' }],
    fixed: [{ fingerprint: 'gone' }],
    unchanged: 1,
    items: [{ id: 'signal-handling', base: 'fail', head: 'warn' }],
  });
  t.equal(told.new.length + told.fixed.length, 2);
  const same = compareReports(base, base);
  t.match(same, { new: [], fixed: [], unchanged: 2, scoreChange: 0, items: [] });
});

t.test('the same finding in several places counts as often as it is there; a waived one does not', async (t) => {
  const twice = [finding('warning', { fingerprint: 'a' }), finding('warning', { fingerprint: 'a' })];
  const [one] = twice;
  if (one === undefined) throw new Error('two were made');
  const told = compareReports(analysed(analysis({}, twice)), analysed(analysis({}, [one])));
  t.match(told, { new: [], fixed: [{ fingerprint: 'a' }], unchanged: 1 });
  const waived = { ...one, waived: { by: 'policy', reason: 'accepted' } };
  t.match(compareReports(analysed(analysis({}, [one])), analysed(analysis({}, [waived]))), {
    fixed: [{ fingerprint: 'a' }],
    unchanged: 0,
  });
  const newer = { ...analysed(analysis()), tool: { version: '9.9.9' } };
  t.equal(compareReports(analysed(analysis()), newer).isSameVersion, false);
});
