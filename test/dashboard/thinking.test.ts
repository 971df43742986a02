/** What the page thinks for itself: pages of builds put together, builds and checks searched, a chart laid out. */
import t from 'tap';
import { isSought } from '../../src/dashboard/views/overview/build-filter.ts';
import { withLatest, withOlder } from '../../src/dashboard/views/overview/build-pages.ts';
import { layOut } from '../../src/dashboard/views/projects/chart-geometry.ts';
import type { HistoryEntry } from '../../src/schemas/project.ts';
import { buildOf } from '../helpers/builds.ts';

const page = (from: number, to: number, next: string | null) => ({
  builds: Array.from({ length: from - to + 1 }, (_, index) => buildOf(from - index)),
  next,
});
const numbers = ({ builds }: ReturnType<typeof page>): readonly number[] =>
  builds.map(({ id }) => Number(id.slice(-6)));

t.test('pages of builds', async (t) => {
  const known = withOlder(page(10, 8, '/8'), page(7, 5, '/5'));
  t.same([numbers(known), known.next], [[10, 9, 8, 7, 6, 5], '/5']);
  const later = withLatest(known, page(12, 9, '/9'));
  t.same([numbers(later), later.next], [[12, 11, 10, 9, 8, 7, 6, 5], '/5'], 'what is older stays');
  const removed = withLatest(known, { builds: page(10, 8, null).builds.filter((_, index) => index !== 1), next: '/8' });
  t.same(numbers(removed), [10, 8, 7, 6, 5], 'what a refresh reaches and does not hold is gone');
  t.same(numbers(withLatest(known, page(40, 30, '/30'))), numbers(page(40, 30, null)), 'never a gap');
  t.same(numbers(withLatest(known, page(9, 8, null))), [9, 8], 'the last page is the whole truth');
  t.same(withLatest(known, { builds: [], next: null }), { builds: [], next: null });
  t.same(numbers(withLatest(undefined, page(3, 1, null))), [3, 2, 1]);
  t.same(numbers(withOlder(page(10, 8, '/8'), page(9, 7, null))), [10, 9, 8, 7], 'none twice');
});

t.test('a search wants every word', async (t) => {
  const build = buildOf(1, { project: 'shop/api', verdict: 'not-ready', state: 'failed' });
  t.ok(isSought(build, 'API  failed'));
  t.ok(isSought(build, 'not ready'));
  t.ok(isSought(build, ''));
  t.notOk(isSought(build, 'api passed'));
  t.ok(isSought(buildOf(1, { project: null }), 'without project'));
});

t.test('a chart', async (t) => {
  const report = (nth: number, more: Partial<HistoryEntry> = {}): HistoryEntry => ({
    id: `r${nth}`,
    kind: 'analysis',
    createdAt: `2026-11-0${nth}T10:00:00.000Z`,
    verdict: 'ready',
    score: 100,
    toolVersion: '1.0.0',
    ...more,
  });
  const chart = layOut(
    [report(3, { toolVersion: '1.1.0', score: 0 }), report(2, { kind: 'verification' }), report(1)],
    350,
    148,
  );
  t.same(
    chart.points.map(({ report: { id }, x, y }) => [id, x, y]),
    [
      ['r1', 34, 22],
      ['r2', 184, 22],
      ['r3', 334, 122],
    ],
    'the oldest first, from edge to edge, 100 above 0',
  );
  t.same(chart.versions, [{ version: '1.1.0', x: 259 }], 'between the two that differ');
  t.same(
    chart.lines.map(({ kind, points }) => [kind, points]),
    [
      ['verification', '184,22'],
      ['analysis', '34,22 334,122'],
    ],
  );
  t.same(
    chart.dates.map(({ x }) => x),
    [34, 334],
    'as many dates as there is room for',
  );
  t.equal(layOut([report(1)], 350, 148).points[0]?.x, 184, 'one alone stands in the middle');
  t.same(layOut([], 350, 148).points, []);
  t.same(layOut([report(1)], 0, 148).dates.length, 1, 'before its width is known');
});
