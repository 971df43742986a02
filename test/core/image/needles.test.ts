/** What is searched for in an image, in every form. */
import t from 'tap';
import { isWorthSearching, needlesOf } from '../../../src/core/image/needles.ts';

t.test('canaries: every place in base64, and what is not worth a search', async (t) => {
  const needles = needlesOf([{ name: 'A', value: 'Zk7/vB2+ü' }]);
  for (const before of ['', 'x', 'xy', 'xyz']) {
    for (const behind of ['', '1', '12', '123']) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const text = Buffer.from(`${before}Zk7/vB2+ü${behind}`).toString(encoding);
        t.ok(
          needles.some((needle) => needle.form === 'base64' && text.includes(needle.text)),
          `${before}_${behind} in ${encoding}`,
        );
      }
    }
  }
  t.ok(needles.some(({ text }) => text === 'Zk7%2FvB2%2B%C3%BC'));
  t.notOk(needles.some(({ text }) => Buffer.from('nothing of it').toString('base64').includes(text)));
  const values = ['abc12', 'true', '/run/secrets/a', 'changeme', 'password', 'h7Gt2xQz', 'correct horse'];
  t.same(
    values.map((value) => isWorthSearching({ value })),
    [false, false, false, false, false, true, true],
  );
  t.same(
    values.map((value) => isWorthSearching({ value, isGivenAsSecret: true })),
    [false, false, true, true, true, true, true],
    'what was given as a secret is one, unless it is too short',
  );
});
