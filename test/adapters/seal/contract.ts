/** What every Sealer promises. `make` makes one with its own key each time. */
import fc from 'fast-check';
import type { Test } from 'tap';
import type { Sealer } from '../../../src/use-cases/ports.ts';

/** Runs the promises against one adapter. */
export async function sealerContract(t: Test, make: () => Sealer): Promise<void> {
  await t.test('what was sealed opens again, whatever it is, and never looks the same twice', async (t) => {
    const sealer = make();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const sealed = sealer.seal(text);
        return sealer.open(sealed) === text && !sealed.equals(sealer.seal(text));
      }),
    );
    t.equal(sealer.open(sealer.seal('')), '');
    const large = 'ü'.repeat(1_000_000);
    t.equal(sealer.open(sealer.seal(large)), large);
  });

  await t.test('the sealed text does not show the plain one', async (t) => {
    t.equal(make().seal('correct-horse-battery').includes('horse'), false);
  });

  await t.test('another key, one changed bit or a missing byte opens nothing', async (t) => {
    const sealer = make();
    const sealed = sealer.seal('secret');
    t.throws(() => make().open(sealed));
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      t.throws(() => sealer.open(changed), `byte ${at} changed`);
      t.throws(() => sealer.open(sealed.subarray(0, at)), `cut at ${at}`);
    }
    t.throws(() => sealer.open(Buffer.concat([sealed, Buffer.alloc(1)])), 'one byte more');
    t.equal(sealer.open(sealed), 'secret');
  });
}
