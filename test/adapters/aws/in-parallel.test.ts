import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inParallel } from '../../../adapters/aws/in-parallel.ts';

test('no more than the width run at once, all run, and results keep the order', async () => {
  let running = 0;
  let most = 0;
  const results = await inParallel([...Array(20).keys()], 3, async (n) => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    if (n === 7) throw new Error('seven');
    return n * 2;
  });
  assert.equal(most, 3);
  assert.equal(running, 0);
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value : 'failed')),
    [...Array(20).keys()].map((n) => (n === 7 ? 'failed' : n * 2)),
  );
});

test('nothing to do is done at once', async () => {
  assert.deepEqual(await inParallel([], 3, async () => assert.fail('called')), []);
});
