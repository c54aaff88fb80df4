import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sealer } from '../../core/sealer.ts';

const place = { tenant: 'acme', subscription: 'sub_1' };

/** What every sealer must do. `same` answers sealers of one deployment, as two environments would hold them. */
export function sealerContract(name: string, same: () => Sealer): void {
  test(`${name}: what one environment seals another opens`, async () => {
    for (const text of ['', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'é😀\0\n', 'x'.repeat(5_000)]) {
      const sealed = await same().seal(text, place);
      assert.equal(await same().open(sealed, place), text);
    }
  });

  test(`${name}: the sealed value does not show the text, and no two are alike`, async () => {
    const sealer = same();
    const sealed = await sealer.seal('whsec_secret', place);
    assert.doesNotMatch(sealed, /secret/);
    assert.match(sealed, /^[\x21-\x7e]+$/);
  });

  test(`${name}: a sealed value does not open for another tenant or subscription`, async () => {
    const sealer = same();
    const sealed = await sealer.seal('text', place);
    assert.equal(await sealer.open(sealed, { ...place, tenant: 'globex' }), null);
    assert.equal(await sealer.open(sealed, { ...place, subscription: 'sub_2' }), null);
    assert.equal(await sealer.open(sealed, { tenant: 'acmes', subscription: 'ub_1' }), null);
  });

  test(`${name}: text that was never sealed does not open`, async () => {
    for (const text of ['', '.', '0001.', '0001.AAAA', '9999.AAAA', 'x.AAAA', `0001.${'A'.repeat(60)}`]) {
      assert.equal(await same().open(text, place), null, text);
    }
  });

  test(`${name}: derived keys differ by purpose and are the same in every environment`, async () => {
    const cursors = await same().derive('cursors');
    assert.equal(cursors.length, 32);
    assert.deepEqual([...(await same().derive('cursors'))], [...cursors]);
    assert.notDeepEqual([...(await same().derive('portal'))], [...cursors]);
  });
}
